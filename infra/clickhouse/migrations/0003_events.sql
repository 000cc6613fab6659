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
    INDEX by_rootid rootid TYPE bloom_filter GRANULARITY 4
)
ENGINE = ReplacingMergeTree(rank)
ORDER BY (source, id)
SETTINGS non_replicated_deduplication_window = 1000;

-- The events as they hold now. A correction lends its original time, subject, data, type, chain and court; source, id,
-- sequence, recordedtime and receivedtime stay the original's. Of several the last by (recordedtime, id) holds; one without
-- data withdraws; one whose original has not come waits.
CREATE VIEW IF NOT EXISTS events_now AS
SELECT
    o.source AS source,
    o.id AS id,
    if(corrections > 0, c.held.1, o.type) AS type,
    if(corrections > 0, c.held.2, o.subject) AS subject,
    o.rootid AS rootid,
    if(corrections > 0, c.held.3, o.time) AS time,
    o.recordedtime AS recordedtime,
    o.receivedtime AS receivedtime,
    o.sequence AS sequence,
    if(corrections > 0, c.held.4, o.court) AS court,
    if(corrections > 0, c.held.5, o.data) AS data,
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
        count() AS corrections,
        argMax(id, (recordedtime, id)) AS correction,
        argMax((type, subject, time, court, data), (recordedtime, id)) AS held
    FROM events FINAL
    WHERE correction_of != ''
    GROUP BY source, correction_of, rootid
) AS c ON o.source = c.source AND o.id = c.target AND o.rootid = c.rootid
WHERE corrections = 0 OR c.held.5 != '';
