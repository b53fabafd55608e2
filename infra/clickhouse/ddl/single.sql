-- Written by `npm run ddl` from packages/warehouse.

CREATE TABLE IF NOT EXISTS schema_migrations (number UInt32, name String, at DateTime DEFAULT now()) ENGINE = ReplacingMergeTree ORDER BY number;

CREATE TABLE IF NOT EXISTS receipts ( authority UInt16, id UUID, version UInt64 EPHEMERAL 0, ver UInt128 DEFAULT toUInt128(version) * toUInt128('18446744073709551616') + (toUInt64('18446744073709551615') - off), kind Enum8('upsert' = 1, 'retraction' = 2, 'erasure' = 3, 'quarantined' = 4, 'erased' = 5), hash UInt64, fact LowCardinality(String), school UInt32, week Date, ref UUID, pupils Array(UUID), off UInt64 ) ENGINE = ReplacingMergeTree ORDER BY (authority, id, ver);

CREATE TABLE IF NOT EXISTS cells ( authority UInt16, metric LowCardinality(String), grain UInt8, school UInt32, period UInt32, gen UInt64, d Array(LowCardinality(String)), n Array(UInt64), sx Array(Float64), sxx Array(Float64) ) ENGINE = ReplacingMergeTree(gen) ORDER BY (authority, metric, grain, school, period);

CREATE TABLE IF NOT EXISTS quarantine ( authority UInt16, part UInt32, off UInt64, id UUID, type String, reason LowCardinality(String), field String, rule String, hash UInt64, at DateTime64(3, 'UTC') ) ENGINE = ReplacingMergeTree ORDER BY (authority, part, off);

CREATE TABLE IF NOT EXISTS erasures ( authority UInt16, pupil UUID, off UInt64 ) ENGINE = ReplacingMergeTree ORDER BY (authority, pupil);

CREATE TABLE IF NOT EXISTS calendar ( authority UInt16, school UInt32, week Date, year UInt16, half_term UInt8, term UInt8, rev UInt64 ) ENGINE = ReplacingMergeTree(rev) ORDER BY (authority, school, week);

CREATE TABLE IF NOT EXISTS release ( authority UInt16, year UInt16, number UInt32, digest String, profile String, closed_at DateTime64(3, 'UTC'), off UInt64, schools UInt32, figures UInt32, shape String, metrics Array(String), definitions Array(String) ) ENGINE = ReplacingMergeTree ORDER BY (authority, year, number, digest, closed_at);

CREATE TABLE IF NOT EXISTS released_figure ( authority UInt16, year UInt16, number UInt32, digest String, metric LowCardinality(String), outcome LowCardinality(String), school UInt32, grain UInt8, period UInt32, d LowCardinality(String), status Enum8('published' = 1, 'hidden' = 2, 'unavailable' = 3), value Nullable(UInt64) ) ENGINE = ReplacingMergeTree ORDER BY (authority, year, number, digest, metric, outcome, school, grain, period, d);

CREATE TABLE IF NOT EXISTS release_basis ( authority UInt16, year UInt16, number UInt32, digest String, cube String ) ENGINE = ReplacingMergeTree ORDER BY (authority, year, number, digest);

CREATE TABLE IF NOT EXISTS evidence ( authority UInt16, pupil UUID, id UUID, version UInt64 EPHEMERAL 0, ver UInt128 DEFAULT toUInt128(version) * toUInt128('18446744073709551616') + (toUInt64('18446744073709551615') - off), deleted UInt8, off UInt64, day Date, school UInt32, kind UInt8, domains UInt8, source UInt8, form LowCardinality(String), scores Array(Int32), bands Array(Int8), severity UInt8, tier UInt8, context String, INDEX by_off off TYPE minmax GRANULARITY 1 ) ENGINE = ReplacingMergeTree(ver, deleted) ORDER BY (authority, pupil, id) SETTINGS index_granularity = 256;

CREATE TABLE IF NOT EXISTS recommendation ( authority UInt16, domain LowCardinality(String), pupil UUID, gen UInt64, up_to UInt16, policy UInt64, ep_from Array(UInt16), ep_tier Array(UInt8), ep_rule Array(Int16), ep_recommended Array(UInt8), ep_assigned Array(UInt8), ep_observed Array(Array(Float64)), ep_policy Array(UInt16), cx_from Array(UInt16), cx_school Array(UInt32), cx_nc_year Array(LowCardinality(String)), cx_sex Array(LowCardinality(String)), cx_sen Array(LowCardinality(String)), cx_ethnicity Array(LowCardinality(String)), cx_fsm Array(LowCardinality(String)) ) ENGINE = ReplacingMergeTree(gen) ORDER BY (authority, domain, pupil);

ALTER TABLE release ADD COLUMN IF NOT EXISTS through UInt8 DEFAULT 6;

ALTER TABLE release ADD COLUMN IF NOT EXISTS complete Bool DEFAULT true;

ALTER TABLE release_basis ADD COLUMN IF NOT EXISTS carried String DEFAULT '';

CREATE TABLE IF NOT EXISTS dirty ( authority UInt16, token UUID, school UInt32, week Date, at DateTime DEFAULT now() ) ENGINE = ReplacingMergeTree ORDER BY (authority, token, school, week) TTL at + INTERVAL 1 HOUR SETTINGS index_granularity = 1024;

ALTER TABLE released_figure ADD COLUMN IF NOT EXISTS sx Nullable(Float64);

ALTER TABLE released_figure ADD COLUMN IF NOT EXISTS sxx Nullable(Float64);

ALTER TABLE released_figure ADD COLUMN IF NOT EXISTS median Nullable(Float64);

CREATE TABLE IF NOT EXISTS dated_ahead ( authority UInt16, id UUID, version UInt64 EPHEMERAL 0, ver UInt128 DEFAULT toUInt128(version) * toUInt128('18446744073709551616') + (toUInt64('18446744073709551615') - off), off UInt64, week Date, received UInt16 ) ENGINE = ReplacingMergeTree ORDER BY (authority, id, ver);

ALTER TABLE evidence ADD COLUMN IF NOT EXISTS attended UInt8;

ALTER TABLE evidence ADD COLUMN IF NOT EXISTS possible UInt8;

CREATE TABLE IF NOT EXISTS fact_attendance ( authority UInt16, week Date, school UInt32, id UUID, version UInt64 EPHEMERAL 0, ver UInt128 DEFAULT toUInt128(version) * toUInt128('18446744073709551616') + (toUInt64('18446744073709551615') - off), deleted UInt8, off UInt64, day Date, ref UUID, pupils Array(UUID), starts_on Date, possible UInt8, attended UInt8, authorised UInt8, unauthorised UInt8, INDEX by_off off TYPE minmax GRANULARITY 1 ) ENGINE = ReplacingMergeTree(ver, deleted) ORDER BY (authority, week, school, id) SETTINGS index_granularity = 1024;

CREATE TABLE IF NOT EXISTS fact_checkin ( authority UInt16, week Date, school UInt32, id UUID, version UInt64 EPHEMERAL 0, ver UInt128 DEFAULT toUInt128(version) * toUInt128('18446744073709551616') + (toUInt64('18446744073709551615') - off), deleted UInt8, off UInt64, day Date, ref UUID, pupils Array(UUID), instrument LowCardinality(String), informant LowCardinality(String), subscales Array(LowCardinality(String)), scores Array(Float64), answered UInt16, definition LowCardinality(String), missing UInt16, prorated Array(UInt8), severity Array(Int8), factors Array(LowCardinality(String)), factor_scores Array(Float64), INDEX by_off off TYPE minmax GRANULARITY 1 ) ENGINE = ReplacingMergeTree(ver, deleted) ORDER BY (authority, week, school, id) SETTINGS index_granularity = 1024;

CREATE TABLE IF NOT EXISTS fact_exclusion ( authority UInt16, week Date, school UInt32, id UUID, version UInt64 EPHEMERAL 0, ver UInt128 DEFAULT toUInt128(version) * toUInt128('18446744073709551616') + (toUInt64('18446744073709551615') - off), deleted UInt8, off UInt64, day Date, ref UUID, pupils Array(UUID), exclusion_type LowCardinality(String), reasons Array(LowCardinality(String)), sessions UInt8, INDEX by_off off TYPE minmax GRANULARITY 1 ) ENGINE = ReplacingMergeTree(ver, deleted) ORDER BY (authority, week, school, id) SETTINGS index_granularity = 1024;

CREATE TABLE IF NOT EXISTS fact_goal_rating ( authority UInt16, week Date, school UInt32, id UUID, version UInt64 EPHEMERAL 0, ver UInt128 DEFAULT toUInt128(version) * toUInt128('18446744073709551616') + (toUInt64('18446744073709551615') - off), deleted UInt8, off UInt64, day Date, ref UUID, pupils Array(UUID), goal LowCardinality(String), rated_on Date, rating UInt8, informant LowCardinality(String), INDEX by_off off TYPE minmax GRANULARITY 1 ) ENGINE = ReplacingMergeTree(ver, deleted) ORDER BY (authority, week, school, id) SETTINGS index_granularity = 1024;

CREATE TABLE IF NOT EXISTS fact_incident_reopening ( authority UInt16, week Date, school UInt32, id UUID, version UInt64 EPHEMERAL 0, ver UInt128 DEFAULT toUInt128(version) * toUInt128('18446744073709551616') + (toUInt64('18446744073709551615') - off), deleted UInt8, off UInt64, day Date, ref UUID, pupils Array(UUID), reopened_on Date, reason LowCardinality(String), INDEX by_off off TYPE minmax GRANULARITY 1 ) ENGINE = ReplacingMergeTree(ver, deleted) ORDER BY (authority, week, school, id) SETTINGS index_granularity = 1024;

CREATE TABLE IF NOT EXISTS fact_incident ( authority UInt16, week Date, school UInt32, id UUID, version UInt64 EPHEMERAL 0, ver UInt128 DEFAULT toUInt128(version) * toUInt128('18446744073709551616') + (toUInt64('18446744073709551615') - off), deleted UInt8, off UInt64, day Date, ref UUID, pupils Array(UUID), behaviours Array(LowCardinality(String)), mode LowCardinality(String), location LowCardinality(String), severity UInt8, motivations Array(LowCardinality(String)), roles Array(LowCardinality(String)), INDEX by_off off TYPE minmax GRANULARITY 1 ) ENGINE = ReplacingMergeTree(ver, deleted) ORDER BY (authority, week, school, id) SETTINGS index_granularity = 1024;

CREATE TABLE IF NOT EXISTS fact_incident_resolution ( authority UInt16, week Date, school UInt32, id UUID, version UInt64 EPHEMERAL 0, ver UInt128 DEFAULT toUInt128(version) * toUInt128('18446744073709551616') + (toUInt64('18446744073709551615') - off), deleted UInt8, off UInt64, day Date, ref UUID, pupils Array(UUID), resolved_on Date, outcome LowCardinality(String), INDEX by_off off TYPE minmax GRANULARITY 1 ) ENGINE = ReplacingMergeTree(ver, deleted) ORDER BY (authority, week, school, id) SETTINGS index_granularity = 1024;

CREATE TABLE IF NOT EXISTS fact_intervention_end ( authority UInt16, week Date, school UInt32, id UUID, version UInt64 EPHEMERAL 0, ver UInt128 DEFAULT toUInt128(version) * toUInt128('18446744073709551616') + (toUInt64('18446744073709551615') - off), deleted UInt8, off UInt64, day Date, ref UUID, pupils Array(UUID), ended_on Date, reason LowCardinality(String), INDEX by_off off TYPE minmax GRANULARITY 1 ) ENGINE = ReplacingMergeTree(ver, deleted) ORDER BY (authority, week, school, id) SETTINGS index_granularity = 1024;

CREATE TABLE IF NOT EXISTS fact_intervention_session ( authority UInt16, week Date, school UInt32, id UUID, version UInt64 EPHEMERAL 0, ver UInt128 DEFAULT toUInt128(version) * toUInt128('18446744073709551616') + (toUInt64('18446744073709551615') - off), deleted UInt8, off UInt64, day Date, ref UUID, pupils Array(UUID), delivered_on Date, minutes UInt16, technique LowCardinality(String), INDEX by_off off TYPE minmax GRANULARITY 1 ) ENGINE = ReplacingMergeTree(ver, deleted) ORDER BY (authority, week, school, id) SETTINGS index_granularity = 1024;

CREATE TABLE IF NOT EXISTS fact_intervention ( authority UInt16, week Date, school UInt32, id UUID, version UInt64 EPHEMERAL 0, ver UInt128 DEFAULT toUInt128(version) * toUInt128('18446744073709551616') + (toUInt64('18446744073709551615') - off), deleted UInt8, off UInt64, day Date, ref UUID, pupils Array(UUID), type LowCardinality(String), approach LowCardinality(String), technique LowCardinality(String), target_domain LowCardinality(String), level LowCardinality(String), planned_sessions UInt16, planned_minutes UInt32, plan UUID, INDEX by_off off TYPE minmax GRANULARITY 1 ) ENGINE = ReplacingMergeTree(ver, deleted) ORDER BY (authority, week, school, id) SETTINGS index_granularity = 1024;

CREATE TABLE IF NOT EXISTS fact_plan_closure ( authority UInt16, week Date, school UInt32, id UUID, version UInt64 EPHEMERAL 0, ver UInt128 DEFAULT toUInt128(version) * toUInt128('18446744073709551616') + (toUInt64('18446744073709551615') - off), deleted UInt8, off UInt64, day Date, ref UUID, pupils Array(UUID), closed_on Date, reason LowCardinality(String), INDEX by_off off TYPE minmax GRANULARITY 1 ) ENGINE = ReplacingMergeTree(ver, deleted) ORDER BY (authority, week, school, id) SETTINGS index_granularity = 1024;

CREATE TABLE IF NOT EXISTS fact_plan ( authority UInt16, week Date, school UInt32, id UUID, version UInt64 EPHEMERAL 0, ver UInt128 DEFAULT toUInt128(version) * toUInt128('18446744073709551616') + (toUInt64('18446744073709551615') - off), deleted UInt8, off UInt64, day Date, ref UUID, pupils Array(UUID), domain LowCardinality(String), review_due Date, goals Array(LowCardinality(String)), goal_areas Array(LowCardinality(String)), INDEX by_off off TYPE minmax GRANULARITY 1 ) ENGINE = ReplacingMergeTree(ver, deleted) ORDER BY (authority, week, school, id) SETTINGS index_granularity = 1024;

CREATE TABLE IF NOT EXISTS fact_plan_review ( authority UInt16, week Date, school UInt32, id UUID, version UInt64 EPHEMERAL 0, ver UInt128 DEFAULT toUInt128(version) * toUInt128('18446744073709551616') + (toUInt64('18446744073709551615') - off), deleted UInt8, off UInt64, day Date, ref UUID, pupils Array(UUID), reviewed_on Date, outcome LowCardinality(String), next_due Date, INDEX by_off off TYPE minmax GRANULARITY 1 ) ENGINE = ReplacingMergeTree(ver, deleted) ORDER BY (authority, week, school, id) SETTINGS index_granularity = 1024;

CREATE TABLE IF NOT EXISTS fact_pupil_context ( authority UInt16, week Date, school UInt32, id UUID, version UInt64 EPHEMERAL 0, ver UInt128 DEFAULT toUInt128(version) * toUInt128('18446744073709551616') + (toUInt64('18446744073709551615') - off), deleted UInt8, off UInt64, day Date, ref UUID, pupils Array(UUID), nc_year LowCardinality(String), sex LowCardinality(String), sen_provision LowCardinality(String), sen_need LowCardinality(String), fsm_types Array(LowCardinality(String)), fsm_from Array(Date), ethnicity LowCardinality(String), young_carer LowCardinality(String), looked_after LowCardinality(String), INDEX by_off off TYPE minmax GRANULARITY 1 ) ENGINE = ReplacingMergeTree(ver, deleted) ORDER BY (authority, week, school, id) SETTINGS index_granularity = 1024;

CREATE TABLE IF NOT EXISTS fact_roll ( authority UInt16, week Date, school UInt32, id UUID, version UInt64 EPHEMERAL 0, ver UInt128 DEFAULT toUInt128(version) * toUInt128('18446744073709551616') + (toUInt64('18446744073709551615') - off), deleted UInt8, off UInt64, day Date, ref UUID, pupils Array(UUID), census LowCardinality(String), nc_years Array(LowCardinality(String)), sexes Array(LowCardinality(String)), sens Array(LowCardinality(String)), fsms Array(LowCardinality(String)), headcounts Array(UInt32), INDEX by_off off TYPE minmax GRANULARITY 1 ) ENGINE = ReplacingMergeTree(ver, deleted) ORDER BY (authority, week, school, id) SETTINGS index_granularity = 1024;

CREATE TABLE IF NOT EXISTS fact_tier_assignment ( authority UInt16, week Date, school UInt32, id UUID, version UInt64 EPHEMERAL 0, ver UInt128 DEFAULT toUInt128(version) * toUInt128('18446744073709551616') + (toUInt64('18446744073709551615') - off), deleted UInt8, off UInt64, day Date, ref UUID, pupils Array(UUID), domain LowCardinality(String), tier UInt8, reason LowCardinality(String), decided_by LowCardinality(String), rule LowCardinality(String), policy_version UInt32, observed Array(LowCardinality(String)), observed_values Array(Float64), INDEX by_off off TYPE minmax GRANULARITY 1 ) ENGINE = ReplacingMergeTree(ver, deleted) ORDER BY (authority, week, school, id) SETTINGS index_granularity = 1024;

CREATE TABLE IF NOT EXISTS fact_tier_exit ( authority UInt16, week Date, school UInt32, id UUID, version UInt64 EPHEMERAL 0, ver UInt128 DEFAULT toUInt128(version) * toUInt128('18446744073709551616') + (toUInt64('18446744073709551615') - off), deleted UInt8, off UInt64, day Date, ref UUID, pupils Array(UUID), domain LowCardinality(String), reason LowCardinality(String), decided_by LowCardinality(String), INDEX by_off off TYPE minmax GRANULARITY 1 ) ENGINE = ReplacingMergeTree(ver, deleted) ORDER BY (authority, week, school, id) SETTINGS index_granularity = 1024;
