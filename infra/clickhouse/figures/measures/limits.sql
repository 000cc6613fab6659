-- What other courts, institutions and receiving courts had to do by a day, and whether they did it by then.
SELECT
    rootid, known_on, m.1 AS measure, court, due_on AS from_on, 0 AS to_on, kind, subject, thing AS ref, 1 AS amount
FROM
(
    SELECT
        q.rootid AS rootid, q.known_on AS known_on, q.court AS court, q.due_on AS due_on, q.kind AS kind, q.subject AS subject, q.thing AS thing,
        arrayJoin([(q.names.1, true), (q.names.2, r.thing != '' AND r.day <= q.due_on)]) AS m
    FROM
    (
        SELECT
            rootid, known_on, subject, thing, answer,
            multiIf(
                type = 'coord.assist_requested', ('assist_due', 'assist_in_time'),
                type = 'entr.sent', ('entrusted_due', 'entrusted_in_time'),
                ('directives_due', 'directives_answered')
            ) AS names,
            if(type != 'coord.assist_requested' AND JSONExtractString(data, 'to_court') != '', JSONExtractString(data, 'to_court'), owner) AS court,
            multiIf(
                type = 'coord.assist_requested', JSONExtractString(data, 'institution_kind'),
                type = 'entr.sent', JSONExtractString(data, 'matter'),
                JSONExtractString(data, 'kind')
            ) AS kind,
            ifNull(toInt32(toDate32OrNull(JSONExtractString(data, 'due_on'))), day + multiIf(
                type = 'coord.assist_requested', 14,
                type = 'sup.directive_issued', 15,
                kind IN ('冻结', '续封', '查封'), 7,
                kind IN ('送达', '查询', '调查'), 15,
                30
            )) AS due_on
        FROM
        (
            SELECT
                *,
                multiIf(type = 'coord.assist_requested', 'coord.assist_replied', type = 'entr.sent', 'entr.replied', 'sup.feedback_submitted') AS answer,
                JSONExtractString(data, multiIf(
                    type = 'coord.assist_requested', 'assist_id', type = 'entr.sent', 'entr_id', 'directive_id'
                )) AS thing
            FROM {work}.events
            WHERE type = 'coord.assist_requested'
                OR type = 'entr.sent' AND JSONExtractString(data, 'kind') = '事项'
                OR type = 'sup.directive_issued' AND JSONExtractString(data, 'kind') NOT IN ('请示', '报请', '请求复议', '协调', '通报')
            ORDER BY n
            LIMIT 1 BY rootid, known_on, subject, type, thing
        )
    ) AS q
    LEFT JOIN
    (
        SELECT
            rootid, known_on, subject, toString(type) AS answer,
            JSONExtractString(data, multiIf(
                type = 'coord.assist_replied', 'assist_id', type = 'entr.replied', 'entr_id', 'directive_id'
            )) AS thing,
            min(day) AS day
        FROM {work}.events
        WHERE type IN ('coord.assist_replied', 'entr.replied', 'sup.feedback_submitted')
        GROUP BY rootid, known_on, subject, answer, thing
    ) AS r ON r.rootid = q.rootid AND r.known_on = q.known_on AND r.subject = q.subject AND r.answer = q.answer AND r.thing = q.thing
)
WHERE m.2
