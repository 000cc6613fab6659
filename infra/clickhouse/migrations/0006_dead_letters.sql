-- What was refused, and why. The body stays sealed in court.rejected.v1 and never comes here.
CREATE TABLE IF NOT EXISTS dead_letters
(
    partition        UInt32               COMMENT 'of court.rejected.v1',
    offset           UInt64,
    append_time      DateTime64(6, 'UTC'),
    source           String,
    event_id         String,
    reason           LowCardinality(String),
    detail           String,
    origin_topic     LowCardinality(String) COMMENT 'where it was refused, if it had come so far',
    origin_partition Int32                COMMENT '-1 = refused before it was in the log',
    origin_offset    Int64
)
ENGINE = ReplacingMergeTree
ORDER BY (partition, offset)
SETTINGS non_replicated_deduplication_window = 1000;
