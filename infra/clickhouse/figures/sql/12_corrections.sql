-- Corrections with those of corrections applied, one deeper than in {corrections} (infra/clickhouse/migrations/0003_events.sql).
SELECT
    o.rootid AS rootid, o.known_on AS known_on, o.source AS source, o.id AS id, o.correction_of AS correction_of, o.type AS type,
    o.subject AS subject, o.recordedtime AS recordedtime,
    if(c.corrections > 0, c.held.1, o.time) AS time,
    if(c.corrections > 0, c.held.2, o.court) AS court,
    if(c.corrections > 0, c.held.3, o.data) AS data
FROM (SELECT * FROM {work}.raw WHERE correction_of != '') AS o
LEFT JOIN
(
    SELECT
        rootid, known_on, source, correction_of AS target, type, subject, count() AS corrections,
        argMax((time, court, data), (recordedtime, id)) AS held
    FROM {corrections}
    WHERE correction_of != ''
    GROUP BY rootid, known_on, source, target, type, subject
) AS c ON o.rootid = c.rootid AND o.known_on = c.known_on AND o.source = c.source AND o.id = c.target AND o.type = c.type
    AND o.subject = c.subject
WHERE c.corrections = 0 OR c.held.3 != ''
