-- Events by the day on which they came, and how many of them came late.
SELECT
    rootid, known_on, m.1 AS measure, court, received_on AS from_on, 0 AS to_on, '' AS kind, subject, '' AS ref, toInt64(m.2) AS amount
FROM
(
    SELECT
        rootid, known_on, subject, owner AS court, received_on,
        arrayJoin([('events', count()), ('events_late', countIf(day < received_on - 7))]) AS m
    FROM {work}.events
    GROUP BY rootid, known_on, subject, court, received_on
)
WHERE m.2 > 0
