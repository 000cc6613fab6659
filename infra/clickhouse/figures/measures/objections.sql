-- Objections and reviews: proceedings that travel under the enforced case, and how they were decided.
SELECT
    rootid, known_on, m AS measure, owner AS court, day AS from_on, 0 AS to_on, if(startsWith(type, 'review'), '执复', '执异') AS kind,
    subject, concat(type, ' ', about) AS ref, 1 AS amount
FROM
(
    SELECT
        *, JSONExtractString(data, 'objection_id') AS about, JSONExtractString(data, 'result') AS result,
        arrayJoin(multiIf(
            type IN ('objection.filed', 'review.received'), ['pieces'],
            result IN ('支持', '部分', '撤销', '变更', '发回'), ['objections', 'objections_changed'],
            ['objections']
        )) AS m
    FROM
    (
        SELECT *
        FROM {work}.events
        WHERE type IN ('objection.filed', 'review.received')
            OR type = 'objection.decided' AND JSONExtractString(data, 'result') NOT IN ('', '撤回')
            OR type = 'review.decided' AND JSONExtractString(data, 'result') != ''
        ORDER BY n
        LIMIT 1 BY rootid, known_on, subject, type, JSONExtractString(data, 'objection_id')
    )
)
