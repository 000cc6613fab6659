-- The pauses of each case: spans [from, to) of days; one without an end is endless.
SELECT rootid, known_on, subject, arraySort(groupArray((from_on, to_on))) AS spans
FROM
(
    SELECT
        p.rootid AS rootid, p.known_on AS known_on, p.subject AS subject, p.from_on AS from_on,
        least(
            p.until_on,
            arrayPushBack(
                arrayMap(e -> e.4, arrayFilter(e -> e.1 > p.n AND e.2 = p.what AND e.3 = p.clock, r.ends)), toInt32({endless})
            )[1]
        ) AS to_on
    FROM
    (
        SELECT
            rootid, known_on, subject, n,
            multiIf(type = 'case.clock_paused', 'clock', type = 'case.suspended', '中止', '暂缓') AS what,
            if(type = 'case.clock_paused', JSONExtractString(data, 'clock'), '') AS clock,
            if(type = 'case.clock_paused', toInt32(toDate32OrNull(JSONExtractString(data, 'from_on'))), toNullable(day)) AS told,
            assumeNotNull(told) AS from_on,
            if(
                type = 'case.deferred',
                ifNull(toInt32(toDate32OrNull(JSONExtractString(data, 'until_on'))), toInt32({endless})), toInt32({endless})
            ) AS until_on
        FROM {work}.events
        WHERE told IS NOT NULL AND (
            type IN ('case.suspended', 'case.deferred')
            OR type = 'case.clock_paused' AND clock IN ('6mo', 'all')
            AND JSONExtractString(data, 'ground') IN ('公告', '暂缓', '中止', '请示', '执行争议协调')
        )
    ) AS p
    LEFT JOIN
    (
        SELECT rootid, known_on, subject, arraySort(groupArray((n, what, clock, ended_on))) AS ends
        FROM
        (
            SELECT
                rootid, known_on, subject, n,
                arrayJoin(multiIf(
                    type = 'case.clock_resumed', ['clock'],
                    JSONExtractString(data, 'kind') IN ('中止', '暂缓'), [JSONExtractString(data, 'kind')],
                    ['中止', '暂缓']
                )) AS what,
                if(type = 'case.clock_resumed', JSONExtractString(data, 'clock'), '') AS clock,
                if(
                    type = 'case.clock_resumed', toInt32(toDate32OrNull(JSONExtractString(data, 'to_on'))), toNullable(day)
                ) AS told,
                assumeNotNull(told) AS ended_on
            FROM {work}.events
            WHERE type IN ('case.clock_resumed', 'case.stay_ended') AND told IS NOT NULL
        )
        GROUP BY rootid, known_on, subject
    ) AS r ON r.rootid = p.rootid AND r.known_on = p.known_on AND r.subject = p.subject
)
GROUP BY rootid, known_on, subject
