-- Where open proceedings stand: each stage from the event that reaches it up to the next; and those with nothing for ninety days.
SELECT
    rootid, known_on, m.1 AS measure, court, m.2 AS from_on, m.3 AS to_on, concat(kind, ' ', m.4) AS kind, subject,
    concat(toString(from_n), ' ', toString(m.5)) AS ref, 1 AS amount
FROM
(
    SELECT
        p.rootid AS rootid, p.known_on AS known_on, p.court AS court, p.kind AS kind, p.subject AS subject, p.from_n AS from_n,
        p.end_on AS end_on,
        ['RECEIVED', 'FILED', 'ASSIGNED', 'NOTIFIED', 'INVESTIGATING', 'CONTROLLED', 'DISPOSING', 'DISTRIBUTING'] AS stages,
        arrayFilter(e -> e.1 >= p.from_n AND e.1 < p.to_n, c.told) AS mine,
        arrayFilter((e, before) -> e.3 != before, mine, arrayPushFront(arrayPopBack(arrayMap(e -> e.3, mine)), toUInt8(0))) AS runs,
        arrayConcat(
            arrayMap(
                (e, next) -> ('open_at', e.2, next, stages[e.3 + 1], e.1), runs, arrayPushBack(arrayPopFront(arrayMap(e -> e.2, runs)), end_on)
            ),
            arrayMap(
                e -> ('idle_at', e.2 + 90, least(e.4, end_on), stages[e.3 + 1], e.1), arrayFilter(e -> least(e.4, end_on) > e.2 + 90, mine)
            )
        ) AS found
    FROM {work}.proceedings AS p
    INNER JOIN
    (
        SELECT rootid, known_on, subject, arraySort(groupArray((toInt32(n), day, reached, next_on))) AS told
        FROM
        (
            SELECT
                rootid, known_on, subject, n, day, place,
                max(place) OVER (
                    PARTITION BY rootid, known_on, subject, life ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                ) AS reached,
                leadInFrame(day, 1, toInt32({endless})) OVER (
                    PARTITION BY rootid, known_on, subject ORDER BY n ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
                ) AS next_on
            FROM
            (
                SELECT
                    rootid, known_on, subject, n, day,
                    toUInt8(transform(
                        type,
                        [
                            'case.filed', 'case.restored', 'case.officer_assigned', 'case.notice_issued', 'inquiry.requested', 'asset.controlled',
                            'asset.price_started', 'auction.announced', 'fund.received', 'fund.matched'
                        ],
                        [1, 1, 2, 3, 4, 5, 6, 6, 7, 7], 0
                    )) AS place,
                    countIf(type = 'case.restored') OVER (
                        PARTITION BY rootid, known_on, subject ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                    ) AS life
                FROM {work}.events
            )
        )
        WHERE place > 0 OR next_on > day + 90
        GROUP BY rootid, known_on, subject
    ) AS c ON c.rootid = p.rootid AND c.known_on = p.known_on AND c.subject = p.subject
)
ARRAY JOIN found AS m
