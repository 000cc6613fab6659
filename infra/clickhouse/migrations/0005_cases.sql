-- Cases as versions, never overwritten: a row for each change that the engine tells in supervision.facts.v1.
CREATE TABLE IF NOT EXISTS cases
(
    subject       String,
    position      UInt64               COMMENT 'offset in court.events.v1 of what caused the change',
    id            String               COMMENT 'of the fact',
    partition     UInt32               COMMENT 'of court.events.v1',
    known_from    DateTime64(6, 'UTC'),
    rootid        String,
    court         LowCardinality(String) COMMENT 'owner; - = none',
    case_no       String,
    case_type     LowCardinality(String),
    stage         LowCardinality(String),
    mode          LowCardinality(String),
    filed_on      Nullable(Date32),
    closed_on     Nullable(Date32),
    claim_fen     Nullable(Int64),
    paid_fen      Nullable(Int64),
    cause         LowCardinality(String),
    tags          Array(String),
    opened        Bool,
    open          Bool,
    last_event_at Nullable(DateTime64(6, 'UTC')),
    last_type     LowCardinality(String),
    log_partition UInt32               COMMENT 'where the row comes from in supervision.facts.v1',
    log_offset    UInt64,
    rank          UInt64
)
ENGINE = ReplacingMergeTree(rank)
ORDER BY (subject, position, id)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE VIEW IF NOT EXISTS cases_now AS
SELECT * FROM cases FINAL ORDER BY subject, position DESC, log_offset DESC LIMIT 1 BY subject;

-- How far each partition of the engine is: it has said everything up to `tick`. Written to every partition of the facts.
CREATE TABLE IF NOT EXISTS watermarks
(
    partition     UInt32               COMMENT 'of court.events.v1',
    position      UInt64               COMMENT 'offset of the tick there',
    id            String               COMMENT 'of the fact',
    tick          DateTime64(6, 'UTC'),
    control       UInt64,
    log_partition UInt32,
    log_offset    UInt64
)
ENGINE = ReplacingMergeTree
ORDER BY (partition, position, id)
SETTINGS non_replicated_deduplication_window = 1000;
