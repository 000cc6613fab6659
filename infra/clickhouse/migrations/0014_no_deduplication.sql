-- ClickHouse notes an insert as seen before its part is there: of one that a crash ends in between, the repetition is taken for a
-- duplicate, and its rows are lost. Rows of equal identity replace each other in every table, so nothing is to be remembered of inserts.
ALTER TABLE log MODIFY SETTING non_replicated_deduplication_window = 0;

ALTER TABLE events MODIFY SETTING non_replicated_deduplication_window = 0;

ALTER TABLE alerts MODIFY SETTING non_replicated_deduplication_window = 0;

ALTER TABLE cases MODIFY SETTING non_replicated_deduplication_window = 0;

ALTER TABLE watermarks MODIFY SETTING non_replicated_deduplication_window = 0;

ALTER TABLE dead_letters MODIFY SETTING non_replicated_deduplication_window = 0;

ALTER TABLE chain_events MODIFY SETTING non_replicated_deduplication_window = 0;

ALTER TABLE chain_alerts MODIFY SETTING non_replicated_deduplication_window = 0;
