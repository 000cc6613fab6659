-- Proceedings ten days old with an inquiry by then.
SELECT
    p.rootid AS rootid, p.known_on AS known_on, 'inquiry_made' AS measure, p.court AS court, p.opened_on + 10 AS from_on, 0 AS to_on,
    p.kind AS kind, p.subject AS subject, toString(p.from_n) AS ref, 1 AS amount
FROM {work}.proceedings AS p
INNER JOIN
(
    SELECT rootid, known_on, subject, min(day) AS day FROM {work}.events WHERE type = 'inquiry.requested' GROUP BY rootid, known_on, subject
) AS e ON e.rootid = p.rootid AND e.known_on = p.known_on AND e.subject = p.subject
WHERE p.kind = '执' AND p.end_on > p.opened_on + 10 AND e.day <= p.opened_on + 10
