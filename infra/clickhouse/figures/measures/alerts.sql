-- Alerts: raised; as long as each severity is the highest; and those without an end, by their first day and by their due day.
SELECT
    rootid, known_on, m.1 AS measure, court, m.3 AS from_on, m.4 AS to_on, concat(rule, ':', m.2) AS kind, subject, id AS ref, 1 AS amount
FROM
(
    SELECT
        *,
        arrayFilter(r -> r.2 <= raised_on, reached)[-1].1 AS at_first,
        reached[-1].1 AS highest,
        arrayPushBack(arrayPopFront(arrayMap(r -> r.2, reached)), toInt32({endless})) AS next,
        arrayConcat(
            [('alerts_raised', at_first, raised_on, toInt32(0))],
            arrayMap((r, n) -> ('alerts_open', r.1, r.2, least(n, ended_on)), reached, next),
            if(ended_on = {endless}, [('alerts_unended', highest, raised_on, toInt32(0))], []),
            if(ended_on = {endless} AND due_on >= raised_on, [('alerts_due', highest, due_on, toInt32(0))], [])
        ) AS found
    FROM {work}.alerts
)
ARRAY JOIN found AS m
