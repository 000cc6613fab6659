-- What became of directives: the first verdict on each.
SELECT
    c.rootid AS rootid, c.known_on AS known_on, arrayJoin(if(c.verdict = '合格', ['directives_closed', 'directives_sound'], ['directives_closed'])) AS measure,
    d.court AS court, c.day AS from_on, 0 AS to_on, d.kind AS kind, c.subject AS subject, c.thing AS ref, 1 AS amount
FROM
(
    SELECT
        rootid, known_on, subject, n, day, JSONExtractString(data, 'directive_id') AS thing, JSONExtractString(data, 'verdict') AS verdict
    FROM {work}.events
    WHERE type = 'sup.directive_closed'
    ORDER BY n
    LIMIT 1 BY rootid, known_on, subject, thing
) AS c
INNER JOIN
(
    SELECT
        rootid, known_on, subject, n, JSONExtractString(data, 'directive_id') AS thing, JSONExtractString(data, 'kind') AS kind,
        if(JSONExtractString(data, 'to_court') != '', JSONExtractString(data, 'to_court'), owner) AS court
    FROM {work}.events
    WHERE type = 'sup.directive_issued'
    ORDER BY n
    LIMIT 1 BY rootid, known_on, subject, thing
) AS d ON d.rootid = c.rootid AND d.known_on = c.known_on AND d.subject = c.subject AND d.thing = c.thing
WHERE d.n <= c.n AND d.kind NOT IN ('请示', '报请', '请求复议', '协调', '通报')
