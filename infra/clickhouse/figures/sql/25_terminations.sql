-- Each termination with the first day after its ending on which it stands no more, and whether masking it is what ends it.
SELECT
    rootid, known_on, subject, from_n, to_n, court, kind, terminated_on,
    min(if(ends_it, day, {endless})) AS over_on,
    minIf(day, ends_it AND masks) = over_on AND countIf(ends_it AND masks) > 0 AS masked
FROM
(
    SELECT
        t.rootid AS rootid, t.known_on AS known_on, t.subject AS subject, t.from_n AS from_n, t.to_n AS to_n, t.court AS court,
        t.kind AS kind, t.end_on AS terminated_on, e.day AS day, e.type = 'term.masked' AS masks,
        e.n > t.to_n AND if(
            e.subject = t.subject, e.type IN ('term.masked', 'case.restored'),
            e.type IN ('case.filed', 'case.restored') AND t.number != '' AND e.prior = t.number
        ) AS ends_it
    FROM
    (
        SELECT rootid, known_on, subject, from_n, to_n, court, kind, end_on, number
        FROM {work}.proceedings
        WHERE closed AND mode = '终结本次执行程序'
    ) AS t
    LEFT JOIN
    (
        SELECT rootid, known_on, subject, n, day, type, JSONExtractString(data, 'prior_case_no') AS prior
        FROM {work}.events
        WHERE type IN ('term.masked', 'case.restored', 'case.filed')
    ) AS e ON e.rootid = t.rootid AND e.known_on = t.known_on
)
GROUP BY rootid, known_on, subject, from_n, to_n, court, kind, terminated_on
