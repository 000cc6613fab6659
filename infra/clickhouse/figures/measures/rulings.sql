-- Rulings of termination, and those that no alert of R-TERM-01 to 05 found fault with.
SELECT
    rootid, known_on, m.1 AS measure, owner AS court, day AS from_on, 0 AS to_on, kind, subject, concat(source, ' ', id) AS ref, 1 AS amount
FROM
(
    SELECT
        e.rootid AS rootid, e.known_on AS known_on, e.owner AS owner, e.day AS day, e.subject AS subject, e.source AS source, e.id AS id,
        arrayFirst(p -> p.1 <= e.n, arrayReverseSort(p.opened)).2 AS kind,
        arrayJoin([('rulings', true), ('rulings_sound', NOT has(a.armed, e.time))]) AS m
    FROM (SELECT * FROM {work}.events WHERE type = 'term.ruled') AS e
    LEFT JOIN
    (
        SELECT rootid, known_on, subject, groupArray((from_n, toString(kind))) AS opened FROM {work}.proceedings GROUP BY rootid, known_on, subject
    ) AS p ON p.rootid = e.rootid AND p.known_on = e.known_on AND p.subject = e.subject
    LEFT JOIN
    (
        SELECT rootid, known_on, subject, groupArray(assumeNotNull(armed_at)) AS armed
        FROM {work}.alerts
        WHERE rule IN ('R-TERM-01', 'R-TERM-02.a', 'R-TERM-02.b', 'R-TERM-03', 'R-TERM-04', 'R-TERM-05') AND armed_at IS NOT NULL
        GROUP BY rootid, known_on, subject
    ) AS a ON a.rootid = e.rootid AND a.known_on = e.known_on AND a.subject = e.subject
)
WHERE m.2
