-- The log as it stands in Kafka, one row for each offset of every truth and alert topic, whatever the record carries.
-- Nothing of data.pii reaches ClickHouse, not even sealed: it is taken out of `value`, and `digest` (of the sealed event)
-- keeps the link. A record that is no event of the contract leaves only its key, size, digest and the names of its errors
-- here; its bytes stay in Kafka.
CREATE TABLE IF NOT EXISTS log
(
    topic       LowCardinality(String),
    partition   UInt32,
    offset      UInt64,
    append_time DateTime64(6, 'UTC')   COMMENT 'by the broker',
    key         String,
    headers     String                 COMMENT 'JSON object',
    value       String                 COMMENT 'JSON without data.pii; empty = tombstone, withdrawal, or unreadable',
    kind        LowCardinality(String) COMMENT 'short event type, transition, or reason of a dead letter; empty = unreadable',
    id          String                 COMMENT 'what the record is named by: <source> <id> of an event, id of an output',
    digest      FixedString(32)        COMMENT 'of the sealed event (contract), else SHA-256 of the bytes of the value',
    size        UInt32                 COMMENT 'bytes of the value',
    error       String                 COMMENT 'what is wrong with it: field:code, space, …; never a value'
)
ENGINE = ReplacingMergeTree
ORDER BY (topic, partition, offset)
SETTINGS non_replicated_deduplication_window = 1000;

-- What was written: each batch ends with one block here, a row for each table that its topic feeds. Resume is the end of the
-- unbroken run. `generation` is the table's UUID: a rebuilt table starts with no runs.
CREATE TABLE IF NOT EXISTS ingested
(
    table      LowCardinality(String),
    generation UUID,
    topic      LowCardinality(String),
    partition  UInt32,
    first      UInt64 COMMENT 'offset from which the batch was read',
    last       UInt64 COMMENT 'offset of its last record',
    rows       UInt32 COMMENT 'rows written into the table',
    at         DateTime64(6, 'UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY (table, generation, topic, partition, first, last);
