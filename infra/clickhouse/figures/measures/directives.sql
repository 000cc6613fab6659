-- Directives step by step, from their issue to their end.
SELECT
    rootid, known_on, 'directives_at' AS measure, court, m.1.2 AS from_on, m.2 AS to_on, concat(kind, ' ', m.1.3) AS kind, subject,
    concat(thing, ' ', toString(m.1.1)) AS ref, 1 AS amount
FROM
(
    SELECT
        d.rootid AS rootid, d.known_on AS known_on, d.court AS court, d.kind AS kind, d.subject AS subject, d.thing AS thing,
        arrayFilter(e -> e.1 > d.n, s.told) AS after,
        arrayFirst(e -> e.3 = '', arrayPushBack(after, (toInt32({endless}), toInt32({endless}), ''))) AS over,
        arrayPushFront(arrayFilter(e -> e.1 < over.1, after), (toInt32(d.n), d.day, '已发出')) AS steps,
        arrayZip(steps, arrayPushBack(arrayPopFront(arrayMap(e -> e.2, steps)), over.2)) AS found
    FROM
    (
        SELECT
            rootid, known_on, subject, n, day, JSONExtractString(data, 'directive_id') AS thing, JSONExtractString(data, 'kind') AS kind,
            if(JSONExtractString(data, 'to_court') != '', JSONExtractString(data, 'to_court'), owner) AS court
        FROM {work}.events
        WHERE type = 'sup.directive_issued' AND JSONExtractString(data, 'kind') NOT IN ('请示', '报请', '请求复议', '协调', '通报')
        ORDER BY n
        LIMIT 1 BY rootid, known_on, subject, thing
    ) AS d
    LEFT JOIN
    (
        SELECT
            rootid, known_on, subject, JSONExtractString(data, 'directive_id') AS thing,
            arraySort(groupArray((toInt32(n), day, multiIf(
                type = 'sup.directive_received', '已签收', type = 'sup.feedback_submitted', '已反馈', JSONExtractString(data, 'verdict') = '退回', '已退回', ''
            )))) AS told
        FROM {work}.events
        WHERE type IN ('sup.directive_received', 'sup.feedback_submitted', 'sup.directive_closed')
        GROUP BY rootid, known_on, subject, thing
    ) AS s ON s.rootid = d.rootid AND s.known_on = d.known_on AND s.subject = d.subject AND s.thing = d.thing
)
ARRAY JOIN found AS m
