-- Written by `npm run ddl` from packages/warehouse.

CREATE SETTINGS PROFILE IF NOT EXISTS cairn_reader ON CLUSTER cairn SETTINGS readonly = 2, max_memory_usage = 2000000000, max_execution_time = 60 MAX 300, max_result_rows = 5000000, max_threads = 4, SQL_cairn_authorities = '';

CREATE USER IF NOT EXISTS cairn_reader ON CLUSTER cairn IDENTIFIED WITH no_authentication HOST NONE SETTINGS PROFILE 'cairn_reader';

CREATE USER IF NOT EXISTS cairn_writer ON CLUSTER cairn IDENTIFIED WITH no_authentication HOST NONE;

GRANT ON CLUSTER cairn SELECT ON cairn.* TO cairn_reader;

GRANT ON CLUSTER cairn SELECT, INSERT, CREATE TABLE, ALTER ADD COLUMN ON cairn.* TO cairn_writer;

GRANT ON CLUSTER cairn SELECT ON system.columns TO cairn_writer;

GRANT ON CLUSTER cairn CLUSTER, REMOTE ON *.* TO cairn_writer;

GRANT ON CLUSTER cairn REMOTE ON *.* TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.receipts_local USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.receipts_local USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.receipts USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.receipts USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.cells_local USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.cells_local USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.cells USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.cells USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.quarantine_local USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.quarantine_local USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.quarantine USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.quarantine USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.erasures_local USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.erasures_local USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.erasures USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.erasures USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.calendar_local USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.calendar_local USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.calendar USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.calendar USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.evidence_local USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.evidence_local USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.evidence USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.evidence USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.dated_ahead_local USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.dated_ahead_local USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.dated_ahead USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.dated_ahead USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.recommendation_local USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.recommendation_local USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.recommendation USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.recommendation USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.dirty_local USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.dirty_local USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.dirty USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.dirty USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.release_local USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.release_local USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.release USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.release USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.released_figure_local USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.released_figure_local USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.released_figure USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.released_figure USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_attendance_local USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_attendance_local USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_attendance USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_attendance USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_checkin_local USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_checkin_local USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_checkin USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_checkin USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_exclusion_local USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_exclusion_local USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_exclusion USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_exclusion USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_goal_rating_local USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_goal_rating_local USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_goal_rating USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_goal_rating USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_incident_reopening_local USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_incident_reopening_local USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_incident_reopening USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_incident_reopening USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_incident_local USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_incident_local USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_incident USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_incident USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_incident_resolution_local USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_incident_resolution_local USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_incident_resolution USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_incident_resolution USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_intervention_end_local USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_intervention_end_local USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_intervention_end USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_intervention_end USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_intervention_session_local USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_intervention_session_local USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_intervention_session USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_intervention_session USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_intervention_local USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_intervention_local USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_intervention USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_intervention USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_plan_closure_local USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_plan_closure_local USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_plan_closure USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_plan_closure USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_plan_local USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_plan_local USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_plan USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_plan USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_plan_review_local USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_plan_review_local USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_plan_review USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_plan_review USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_pupil_context_local USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_pupil_context_local USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_pupil_context USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_pupil_context USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_roll_local USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_roll_local USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_roll USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_roll USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_tier_assignment_local USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_tier_assignment_local USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_tier_assignment USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_tier_assignment USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_tier_exit_local USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_tier_exit_local USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.fact_tier_exit USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.fact_tier_exit USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.release_basis_local USING 0 TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.release_basis_local USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON CLUSTER cairn ON cairn.release_basis USING 0 TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON CLUSTER cairn ON cairn.release_basis USING 1 TO ALL EXCEPT cairn_reader;
