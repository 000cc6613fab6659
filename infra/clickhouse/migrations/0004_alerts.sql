-- Alerts as versions, never overwritten: a row for each transition, with the whole record after it. A repeat after a crash has
-- the same id; the first delivery counts (`rank`).
CREATE TABLE IF NOT EXISTS alerts
(
    id            String                 COMMENT 'of the alert',
    position      UInt64                 COMMENT 'offset in court.events.v1 of what caused the transition',
    transition_id String,
    partition     UInt32                 COMMENT 'of court.events.v1',
    known_from    DateTime64(6, 'UTC')   COMMENT 'clock of the chain at that position',
    transition    LowCardinality(String) COMMENT 'raised, severity, redated, ended, reopened, retracted',
    changed_from  String                 COMMENT 'JSON',
    changed_to    String                 COMMENT 'JSON',
    cause_source  String,
    cause_id      String,
    reason        String,
    rootid        String,
    rule          LowCardinality(String),
    version       LowCardinality(String),
    scope         LowCardinality(String),
    subject       String,
    key           Array(String),
    element       String                 COMMENT 'JSON; null = none',
    court         LowCardinality(String),
    severity      LowCardinality(String) COMMENT 'the highest reached',
    basis         LowCardinality(String) COMMENT 'statutory, management',
    checks        String                 COMMENT 'JSON',
    armed_at      Nullable(DateTime64(6, 'UTC')),
    due_at        Nullable(DateTime64(6, 'UTC')),
    raised_at     Nullable(DateTime64(6, 'UTC')),
    ended_at      Nullable(DateTime64(6, 'UTC')),
    end_reason    LowCardinality(String) COMMENT 'cured, closed, retracted, superseded; empty = open',
    breach_days   Nullable(Int32),
    levels        String                 COMMENT 'JSON',
    evidence      String                 COMMENT 'JSON',
    citation      String                 COMMENT 'JSON',
    arithmetic    String                 COMMENT 'JSON',
    incomplete    Bool,
    record        String                 COMMENT 'the alert record as JSON, as the engine wrote it',
    log_partition UInt32                 COMMENT 'where the row comes from in supervision.alerts.v1',
    log_offset    UInt64,
    rank          UInt64,
    INDEX by_subject subject TYPE bloom_filter GRANULARITY 4,
    INDEX by_rootid rootid TYPE bloom_filter GRANULARITY 4
)
ENGINE = ReplacingMergeTree(rank)
ORDER BY (id, position, transition_id)
SETTINGS non_replicated_deduplication_window = 1000;

-- The standing alerts: the latest version of each, unless it was retracted or superseded.
CREATE VIEW IF NOT EXISTS alerts_now AS
SELECT *
FROM (SELECT * FROM alerts FINAL ORDER BY id, position DESC, log_offset DESC LIMIT 1 BY id)
WHERE transition != 'retracted' AND end_reason NOT IN ('retracted', 'superseded');
