-- The sums by court first: a board asks for many measures of one court, or of the courts below it, and reads them where they lie
-- beside each other (docs/adr/0020). What was cut off begins anew, from whichever tables are in place.
DROP TABLE IF EXISTS subtree_days_next;

CREATE TABLE subtree_days_next
(
    measure  LowCardinality(String),
    court    LowCardinality(String),
    day      Date32 CODEC(Delta, ZSTD),
    kind     LowCardinality(String),
    known_on Date32 CODEC(Delta, ZSTD),
    value    Int64  CODEC(ZSTD),
    version  UInt64 CODEC(Delta, ZSTD)
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (court, measure, day, kind, known_on)
SETTINGS index_granularity = 512;

INSERT INTO subtree_days_next SELECT * FROM subtree_days
SETTINGS max_insert_threads = 1, min_insert_block_size_rows = 8000000, min_insert_block_size_bytes = 0;

EXCHANGE TABLES subtree_days AND subtree_days_next;

DROP TABLE subtree_days_next;

DROP TABLE IF EXISTS subtree_months_next;

CREATE TABLE subtree_months_next
(
    measure  LowCardinality(String),
    court    LowCardinality(String),
    month    Date32 CODEC(Delta, ZSTD) COMMENT 'its first day',
    kind     LowCardinality(String),
    value    Int64  CODEC(ZSTD),
    version  UInt64 CODEC(Delta, ZSTD)
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (court, measure, month, kind)
SETTINGS index_granularity = 512;

INSERT INTO subtree_months_next SELECT * FROM subtree_months
SETTINGS max_insert_threads = 1, min_insert_block_size_rows = 8000000, min_insert_block_size_bytes = 0;

EXCHANGE TABLES subtree_months AND subtree_months_next;

DROP TABLE subtree_months_next;
