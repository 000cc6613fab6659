-- What indicators are computed from and what they are read from (docs/warehouse.md, "Figures").

-- The events once more, by chain: to count a chain again, its events are read together. Identity is (rootid, source, id).
CREATE TABLE IF NOT EXISTS chain_events
(
    rootid        String,
    source        String,
    id            String,
    type          LowCardinality(String),
    subject       String,
    time          DateTime64(6, 'UTC')  CODEC(Delta, ZSTD),
    recordedtime  DateTime64(6, 'UTC')  CODEC(Delta, ZSTD),
    receivedtime  DateTime64(6, 'UTC')  CODEC(Delta, ZSTD),
    sequence      Int64                 CODEC(Delta, ZSTD),
    court         LowCardinality(String),
    correction_of String,
    data          String                CODEC(ZSTD(3)) COMMENT 'JSON without pii; empty = withdrawal',
    partition     UInt32,
    offset        UInt64                CODEC(Delta, ZSTD),
    rank          UInt256
)
ENGINE = ReplacingMergeTree(rank)
ORDER BY (rootid, source, id)
SETTINGS non_replicated_deduplication_window = 1000;

-- The transitions of alerts by chain, with the little that figures ask of them.
CREATE TABLE IF NOT EXISTS chain_alerts
(
    rootid        String,
    id            String,
    position      UInt64,
    transition_id String,
    known_from    DateTime64(6, 'UTC') CODEC(Delta, ZSTD),
    transition    LowCardinality(String),
    rule          LowCardinality(String),
    subject       String,
    court         LowCardinality(String),
    armed_at      Nullable(DateTime64(6, 'UTC')),
    raised_at     Nullable(DateTime64(6, 'UTC')),
    ended_at      Nullable(DateTime64(6, 'UTC')),
    end_reason    LowCardinality(String),
    log_partition UInt32,
    log_offset    UInt64               CODEC(Delta, ZSTD),
    rank          UInt64
)
ENGINE = ReplacingMergeTree(rank)
ORDER BY (rootid, id, position, transition_id)
SETTINGS non_replicated_deduplication_window = 1000;

-- The rows that measures count, as differences: what came to a day, or went from it, when that was known. A flow row is one
-- amount on its day; a stock row comes on its first day and goes on its end day with the opposite amount. So the value as of day D,
-- as known at the end of day K, is the sum of `amount` over day <= D and known_on <= K, and a drill-down reads the same rows.
CREATE TABLE IF NOT EXISTS counted
(
    measure  LowCardinality(String),
    court    LowCardinality(String)  COMMENT 'code; - = none',
    day      Date32                  CODEC(Delta, ZSTD),
    kind     LowCardinality(String),
    subject  String,
    ref      String                  COMMENT 'what of the subject is counted',
    rootid   String,
    known_on Date32                  CODEC(Delta, ZSTD) COMMENT 'civil day on whose end it was known, by receivedtime',
    amount   Int64                   CODEC(ZSTD) COMMENT '0 = taken back',
    version  UInt64                  CODEC(Delta, ZSTD) COMMENT 'microseconds since 1970 at which it was computed'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (measure, court, day, kind, subject, ref, rootid, known_on);

-- The same rows by chain: what a chain was counted as, to find what changed.
CREATE TABLE IF NOT EXISTS chain_counts
(
    rootid   String,
    known_on Date32                  CODEC(Delta, ZSTD),
    measure  LowCardinality(String),
    court    LowCardinality(String),
    day      Date32                  CODEC(Delta, ZSTD),
    kind     LowCardinality(String),
    subject  String,
    ref      String,
    amount   Int64                   CODEC(ZSTD),
    version  UInt64                  CODEC(Delta, ZSTD)
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (rootid, known_on, measure, court, day, kind, subject, ref);

-- A court's own sums of `counted`, each computed whole from its rows whenever one of them changed.
CREATE TABLE IF NOT EXISTS court_days
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
ORDER BY (measure, day, court, kind, known_on);

-- The same of a court and all below it: what wall, API and panels read. Sorted so that one court's line of days lies together.
CREATE TABLE IF NOT EXISTS subtree_days
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
ORDER BY (measure, court, day, kind, known_on);

-- How far the log is counted: up to and without this offset.
CREATE TABLE IF NOT EXISTS figured
(
    topic     LowCardinality(String),
    partition UInt32,
    offset    UInt64,
    at        DateTime64(6, 'UTC')
)
ENGINE = ReplacingMergeTree(offset)
ORDER BY (topic, partition);

-- The court tree, as the code has it; written at each start of whoever counts.
CREATE TABLE IF NOT EXISTS courts
(
    code     String,
    name     String,
    tier     LowCardinality(String),
    parent   String,
    province LowCardinality(String),
    above    Array(String) COMMENT 'the courts above it, nearest first',
    version  UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY code;
