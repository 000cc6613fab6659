-- Each proceeding with its due day, paused days and property.
SELECT
    p.rootid AS rootid, p.known_on AS known_on, p.subject AS subject, p.from_n AS from_n, p.opened_on AS opened_on,
    p.court AS court, p.kind AS kind, p.by_restoring AS by_restoring, p.opening AS opening, p.tags AS tags,
    p.to_n AS to_n, p.end_on AS end_on, p.closed AS closed, p.mode AS mode, p.claim AS claim, p.paid AS paid,
    p.number AS number, p.paused AS paused, p.with_property AS with_property, p.property_on AS property_on,
    if(r.next = 0, due_by_count, r.next) AS due_on
FROM
(
    SELECT
        o.rootid AS rootid, o.known_on AS known_on, o.subject AS subject, o.from_n AS from_n, o.opened_on AS opened_on,
        o.court AS court, o.kind AS kind, o.by_restoring AS by_restoring, o.opening AS opening, o.tags AS tags,
        o.to_n AS to_n, o.end_on AS end_on, o.closed AS closed, o.mode AS mode, o.claim AS claim, o.paid AS paid,
        o.number AS number,
        greatest(
            arrayFold((a, s) -> if(
                greatest(s.1, a.2) <= a.1 AND s.2 > greatest(s.1, a.2),
                (toInt64(least({endless}, a.1 + s.2 - greatest(s.1, a.2))), toInt64(greatest(a.2, s.2))),
                (a.1, toInt64(greatest(a.2, s.2)))
            ), s.spans, (toInt64(o.raw_due), toInt64(o.opened_on + 1))).1,
            arrayMax(arrayPushBack(
                arrayMap(e -> e.2, arrayFilter(e -> e.1 > o.from_n AND e.1 < o.to_n, c.extensions)), toInt32(0)
            ))
        ) AS due_by_count,
        if(o.closed, arrayFold(
            (a, s) -> (toInt64(a.1 + greatest(0, least(s.2, o.end_on + 1) - greatest(s.1, a.2))), toInt64(greatest(a.2, s.2))),
            s.spans, (toInt64(0), toInt64(o.opened_on + 1))
        ).1, 0) AS paused,
        c.has_property AND c.property_n < o.to_n AS with_property,
        c.property_on AS property_on
    FROM {work}.opened AS o
    LEFT JOIN {work}.spans AS s ON s.rootid = o.rootid AND s.known_on = o.known_on AND s.subject = o.subject
    LEFT JOIN {work}.cases AS c ON c.rootid = o.rootid AND c.known_on = o.known_on AND c.subject = o.subject
) AS p
LEFT JOIN {work}.rest AS r ON r.day = p.due_by_count
