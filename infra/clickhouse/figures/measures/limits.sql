-- What other courts, institutions and receiving courts had to do by a day, whether they did it by then, and what is left to do.
SELECT
    rootid, known_on, m.1 AS measure, court, m.2 AS from_on, 0 AS to_on, m.3 AS kind, subject, thing AS ref, 1 AS amount
FROM
(
    SELECT
        q.rootid AS rootid, q.known_on AS known_on, q.court AS court, q.subject AS subject, q.thing AS thing,
        arrayFilter(e -> e.1 > q.n, r.returns) AS returned,
        r.ended_n > q.n AS ended,
        arrayJoin(arrayConcat(
            [(q.names.1, q.due_on, q.kind)],
            if(r.answers > 0 AND r.answered_on <= q.due_on, [(q.names.2, q.due_on, q.kind)], []),
            if(ended, [], [(q.names.3, q.due_on, if(q.type = 'entr.sent', p.province, q.kind))]),
            if(q.type = 'entr.sent', [('entrusted', q.day, p.province)], []),
            if(q.type = 'entr.sent' AND notEmpty(returned), [('entrusted_returned', returned[1].2, p.province)], [])
        )) AS m
    FROM
    (
        SELECT
            rootid, known_on, subject, thing, type, n, day,
            multiIf(
                type = 'coord.assist_requested', ('assist_due', 'assist_in_time', 'assist_left'),
                type = 'entr.sent', ('entrusted_due', 'entrusted_in_time', 'entrusted_left'),
                ('directives_due', 'directives_answered', 'directives_left')
            ) AS names,
            if(type != 'coord.assist_requested' AND JSONExtractString(data, 'to_court') != '', JSONExtractString(data, 'to_court'), owner) AS court,
            if(JSONExtractString(data, 'from_court') != '', JSONExtractString(data, 'from_court'), owner) AS sender,
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
            rootid, known_on, subject,
            multiIf(type = 'coord.assist_replied', 'coord.assist_requested', startsWith(type, 'entr.'), 'entr.sent', 'sup.directive_issued') AS asked,
            JSONExtractString(data, multiIf(
                type = 'coord.assist_replied', 'assist_id', startsWith(type, 'entr.'), 'entr_id', 'directive_id'
            )) AS thing,
            countIf(type NOT IN ('entr.returned', 'sup.directive_closed')) AS answers,
            minIf(day, type NOT IN ('entr.returned', 'sup.directive_closed')) AS answered_on,
            maxIf(n, type IN ('coord.assist_replied', 'entr.replied', 'entr.returned')
                OR type = 'sup.directive_closed' AND JSONExtractString(data, 'verdict') != '退回') AS ended_n,
            arraySort(groupArrayIf((n, day), type = 'entr.returned')) AS returns
        FROM {work}.events
        WHERE type IN ('coord.assist_replied', 'entr.replied', 'entr.returned', 'sup.feedback_submitted', 'sup.directive_closed')
        GROUP BY rootid, known_on, subject, asked, thing
    ) AS r ON r.rootid = q.rootid AND r.known_on = q.known_on AND r.subject = q.subject AND r.asked = q.type AND r.thing = q.thing
    LEFT JOIN (SELECT code, CAST(province, 'String') AS province FROM courts FINAL) AS p ON p.code = q.sender
)
