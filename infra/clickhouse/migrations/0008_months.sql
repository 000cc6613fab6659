-- Sums of whole months: what a panel reads of a stretch of years, one row where `subtree_days` has some sixty. Only as known now:
-- what was known on a day is in the days.
CREATE TABLE IF NOT EXISTS subtree_months
(
    measure  LowCardinality(String),
    court    LowCardinality(String),
    month    Date32 CODEC(Delta, ZSTD) COMMENT 'its first day',
    kind     LowCardinality(String),
    value    Int64  CODEC(ZSTD),
    version  UInt64 CODEC(Delta, ZSTD)
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (measure, court, month, kind)
SETTINGS index_granularity = 512;

-- The days again, in smaller granules: a panel reads one or two months of a court's line, which of 8,192 rows each were nearly all
-- of it. What was cut off begins anew, from whichever table is in place.
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
ORDER BY (measure, court, day, kind, known_on)
SETTINGS index_granularity = 512;

INSERT INTO subtree_days_next SELECT * FROM subtree_days;

EXCHANGE TABLES subtree_days AND subtree_days_next;

DROP TABLE subtree_days_next;

INSERT INTO subtree_months (measure, court, month, kind, value, version)
SELECT measure, court, toDate32(toStartOfMonth(day)) AS month, kind, sum(value), max(version)
FROM subtree_days FINAL
GROUP BY measure, court, month, kind
SETTINGS optimize_aggregation_in_order = 1;
