-- Written by `npm run ddl` from packages/warehouse.

CREATE SETTINGS PROFILE IF NOT EXISTS cairn_reader SETTINGS readonly = 2, max_memory_usage = 2000000000, max_execution_time = 60 MAX 300, max_result_rows = 5000000, max_threads = 4, SQL_cairn_authorities = '';

CREATE USER IF NOT EXISTS cairn_reader IDENTIFIED WITH no_authentication HOST NONE SETTINGS PROFILE 'cairn_reader';

CREATE USER IF NOT EXISTS cairn_writer IDENTIFIED WITH no_authentication HOST NONE;

GRANT SELECT ON cairn.* TO cairn_reader;

GRANT SELECT, INSERT, CREATE TABLE, ALTER ADD COLUMN ON cairn.* TO cairn_writer;

GRANT SELECT ON system.columns TO cairn_writer;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON cairn.receipts USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON cairn.receipts USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON cairn.cells USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON cairn.cells USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON cairn.quarantine USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON cairn.quarantine USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON cairn.erasures USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON cairn.erasures USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON cairn.calendar USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON cairn.calendar USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON cairn.evidence USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON cairn.evidence USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON cairn.dated_ahead USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON cairn.dated_ahead USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON cairn.recommendation USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON cairn.recommendation USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON cairn.dirty USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON cairn.dirty USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON cairn.release USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON cairn.release USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON cairn.released_figure USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON cairn.released_figure USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON cairn.fact_attendance USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON cairn.fact_attendance USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON cairn.fact_checkin USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON cairn.fact_checkin USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON cairn.fact_exclusion USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON cairn.fact_exclusion USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON cairn.fact_goal_rating USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON cairn.fact_goal_rating USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON cairn.fact_incident_reopening USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON cairn.fact_incident_reopening USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON cairn.fact_incident USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON cairn.fact_incident USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON cairn.fact_incident_resolution USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON cairn.fact_incident_resolution USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON cairn.fact_intervention_end USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON cairn.fact_intervention_end USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON cairn.fact_intervention_session USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON cairn.fact_intervention_session USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON cairn.fact_intervention USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON cairn.fact_intervention USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON cairn.fact_plan_closure USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON cairn.fact_plan_closure USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON cairn.fact_plan USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON cairn.fact_plan USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON cairn.fact_plan_review USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON cairn.fact_plan_review USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON cairn.fact_pupil_context USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON cairn.fact_pupil_context USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON cairn.fact_roll USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON cairn.fact_roll USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON cairn.fact_tier_assignment USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON cairn.fact_tier_assignment USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON cairn.fact_tier_exit USING has(splitByChar(',', getSetting('SQL_cairn_authorities')), toString(authority)) TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON cairn.fact_tier_exit USING 1 TO ALL EXCEPT cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_scope ON cairn.release_basis USING 0 TO cairn_reader;

CREATE ROW POLICY IF NOT EXISTS cairn_all ON cairn.release_basis USING 1 TO ALL EXCEPT cairn_reader;
