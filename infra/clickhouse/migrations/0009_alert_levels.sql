-- What figures ask of alerts besides: when which severity was reached, and by when the limit ends. What is there already is read
-- off `alerts`, and everything is counted again: the worker that counts stands still while tables are migrated.
ALTER TABLE chain_alerts
    ADD COLUMN IF NOT EXISTS due_at Nullable(DateTime64(6, 'UTC')) AFTER armed_at,
    ADD COLUMN IF NOT EXISTS levels String COMMENT 'JSON' CODEC(ZSTD(3)) AFTER end_reason;

INSERT INTO chain_alerts
    (rootid, id, position, transition_id, known_from, transition, rule, subject, court, armed_at, due_at, raised_at, ended_at,
    end_reason, levels, log_partition, log_offset, rank)
SELECT
    rootid, id, position, transition_id, known_from, transition, rule, subject, court, armed_at, due_at, raised_at, ended_at,
    end_reason, levels, log_partition, log_offset, rank
FROM alerts;

TRUNCATE TABLE figured;
