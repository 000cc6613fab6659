-- One event for each (source, id). Of two bodies the lesser by (recordedtime, digest) counts, of equal bodies the one with
-- the earliest receivedtime: `rank` is greatest for it, whatever the order of arrival. Control events lie in every partition
-- of the log and once here. Read it with FINAL, or through events_now. Nothing of data.pii is here, not even sealed.
CREATE TABLE IF NOT EXISTS events
(
    source        String,
    id            String,
    type          LowCardinality(String) COMMENT 'short type, or x.<name>',
    subject       String,
    rootid        String,
    time          DateTime64(6, 'UTC'),
    recordedtime  DateTime64(6, 'UTC'),
    receivedtime  DateTime64(6, 'UTC'),
    sequence      Int64                  COMMENT '-1 = not watched',
    court         LowCardinality(String) COMMENT 'acting court; empty = none',
    correction_of String                 COMMENT 'id of the corrected event, of the same source; empty = no correction',
    data          String                 COMMENT 'JSON without pii; empty = withdrawal',
    digest        FixedString(32)        COMMENT 'of the sealed event',
    partition     UInt32,
    offset        UInt64                 COMMENT 'of the record that counts, in court.events.v1',
    rank          UInt256,
    INDEX by_subject subject TYPE bloom_filter GRANULARITY 4,
    INDEX by_rootid rootid TYPE bloom_filter GRANULARITY 4,
    INDEX corrections correction_of TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(rank)
ORDER BY (source, id)
SETTINGS non_replicated_deduplication_window = 1000;

-- The corrections as they hold. A correction may itself be corrected or withdrawn: each view applies the one before to all
-- corrections, so that three of them resolve a correction of a correction of a correction. Of several the last by
-- (recordedtime, id) holds; one of another type, case or chain than its original is void.
CREATE VIEW IF NOT EXISTS corrections_1 AS
SELECT source, id, correction_of, rootid, type, subject, recordedtime, time, court, data
FROM events FINAL
WHERE correction_of != '';

CREATE VIEW IF NOT EXISTS corrections_2 AS
SELECT
    o.source AS source,
    o.id AS id,
    o.correction_of AS correction_of,
    o.rootid AS rootid,
    o.type AS type,
    o.subject AS subject,
    o.recordedtime AS recordedtime,
    if(c.corrections > 0, c.held.1, o.time) AS time,
    if(c.corrections > 0, c.held.2, o.court) AS court,
    if(c.corrections > 0, c.held.3, o.data) AS data
FROM corrections_1 AS o
LEFT JOIN
(
    SELECT
        source,
        correction_of AS target,
        rootid,
        type,
        subject,
        count() AS corrections,
        argMax(id, (recordedtime, id)) AS correction,
        argMax((time, court, data), (recordedtime, id)) AS held
    FROM corrections_1
    GROUP BY source, target, rootid, type, subject
) AS c ON o.source = c.source AND o.id = c.target AND o.rootid = c.rootid AND o.type = c.type AND o.subject = c.subject
WHERE c.corrections = 0 OR c.held.3 != '';

CREATE VIEW IF NOT EXISTS corrections_3 AS
SELECT
    o.source AS source,
    o.id AS id,
    o.correction_of AS correction_of,
    o.rootid AS rootid,
    o.type AS type,
    o.subject AS subject,
    o.recordedtime AS recordedtime,
    if(c.corrections > 0, c.held.1, o.time) AS time,
    if(c.corrections > 0, c.held.2, o.court) AS court,
    if(c.corrections > 0, c.held.3, o.data) AS data
FROM corrections_1 AS o
LEFT JOIN
(
    SELECT
        source,
        correction_of AS target,
        rootid,
        type,
        subject,
        count() AS corrections,
        argMax(id, (recordedtime, id)) AS correction,
        argMax((time, court, data), (recordedtime, id)) AS held
    FROM corrections_2
    GROUP BY source, target, rootid, type, subject
) AS c ON o.source = c.source AND o.id = c.target AND o.rootid = c.rootid AND o.type = c.type AND o.subject = c.subject
WHERE c.corrections = 0 OR c.held.3 != '';

-- The events as they hold now. A correction lends its original time, data and court; source, id, sequence, recordedtime and
-- receivedtime stay the original's. One without data withdraws it; one whose original has not come waits.
CREATE VIEW IF NOT EXISTS events_now AS
SELECT
    o.source AS source,
    o.id AS id,
    o.type AS type,
    o.subject AS subject,
    o.rootid AS rootid,
    if(c.corrections > 0, c.held.1, o.time) AS time,
    o.recordedtime AS recordedtime,
    o.receivedtime AS receivedtime,
    o.sequence AS sequence,
    if(c.corrections > 0, c.held.2, o.court) AS court,
    if(c.corrections > 0, c.held.3, o.data) AS data,
    c.correction AS corrected_by,
    o.partition AS partition,
    o.offset AS offset
FROM (SELECT * FROM events FINAL WHERE correction_of = '') AS o
LEFT JOIN
(
    SELECT
        source,
        correction_of AS target,
        rootid,
        type,
        subject,
        count() AS corrections,
        argMax(id, (recordedtime, id)) AS correction,
        argMax((time, court, data), (recordedtime, id)) AS held
    FROM corrections_3
    GROUP BY source, target, rootid, type, subject
) AS c ON o.source = c.source AND o.id = c.target AND o.rootid = c.rootid AND o.type = c.type AND o.subject = c.subject
WHERE c.corrections = 0 OR c.held.3 != '';
