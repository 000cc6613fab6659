-- The events and corrections of each view, before corrections are applied.
SELECT
    v.rootid AS rootid, v.known_on AS known_on, e.source AS source, e.id AS id, CAST(e.type, 'String') AS type, e.subject AS subject,
    e.time AS time, e.recordedtime AS recordedtime, e.received_on AS received_on, e.sequence AS sequence, CAST(e.court, 'String') AS court,
    e.correction_of AS correction_of, e.data AS data
FROM
(
    SELECT *, toInt32(toDate32(receivedtime, 'Asia/Shanghai')) AS received_on
    FROM chain_events FINAL
    WHERE rootid IN (SELECT rootid FROM {work}.touched)
) AS e
INNER JOIN {work}.views AS v ON v.rootid = e.rootid
WHERE e.received_on <= v.known_on
