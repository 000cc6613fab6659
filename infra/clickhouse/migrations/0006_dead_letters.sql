-- What was refused, and why. The body stays sealed in court.rejected.v1 and never comes here. A repeat after a crash has the
-- same id; the first delivery counts (`rank`).
CREATE TABLE IF NOT EXISTS dead_letters
(
    id               String                 COMMENT 'hash of the place where the refused record stands',
    append_time      DateTime64(6, 'UTC')   COMMENT 'of the dead letter',
    reason           LowCardinality(String),
    error            LowCardinality(String) COMMENT 'class of the error',
    detail           String,
    source           String                 COMMENT '- = unreadable, so below',
    event_id         String,
    rootid           String,
    attempts         UInt32,
    origin_topic     LowCardinality(String),
    origin_partition Int32,
    origin_offset    Int64,
    log_partition    UInt32                 COMMENT 'where the row comes from in court.rejected.v1',
    log_offset       UInt64,
    rank             UInt64
)
ENGINE = ReplacingMergeTree(rank)
ORDER BY id
SETTINGS non_replicated_deduplication_window = 1000;
