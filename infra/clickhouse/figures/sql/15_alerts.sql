-- The standing alerts of each view. `reached`: for each severity, the first day on which it or a higher one is reached, where it is.
SELECT
    rootid, known_on, id, rule, subject, if(court = '', '-', court) AS court, armed_at,
    toInt32(toDate32(assumeNotNull(raised_at), 'Asia/Shanghai')) AS raised_on,
    ifNull(toInt32(toDate32(due_at, 'Asia/Shanghai')), {endless}) AS due_on,
    if(ended_at IS NULL, {endless}, toInt32(toDate32(assumeNotNull(ended_at), 'Asia/Shanghai'))) AS ended_on,
    arrayMap(
        l -> (l.severity, ifNull(toInt32(toDate32(parseDateTime64BestEffortOrNull(ifNull(l.reached_at, ''), 6, 'UTC'), 'Asia/Shanghai')), {endless})),
        JSONExtract(levels, 'Array(Tuple(severity String, reached_at Nullable(String)))')
    ) AS days,
    arrayFilter(r -> r.2 < {endless}, arrayMap(
        (severity, lower) -> (severity, arrayMin(arrayPushBack(arrayMap(d -> d.2, arrayFilter(d -> NOT has(lower, d.1), days)), toInt32({endless})))),
        ['yellow', 'orange', 'red'], [[], ['yellow'], ['yellow', 'orange']]
    )) AS reached
FROM
(
    SELECT v.rootid AS rootid, v.known_on AS known_on, a.* EXCEPT (rootid, rule, court), CAST(a.rule, 'String') AS rule, CAST(a.court, 'String') AS court
    FROM (SELECT * FROM chain_alerts FINAL WHERE rootid IN (SELECT rootid FROM {work}.touched)) AS a
    INNER JOIN {work}.views AS v ON v.rootid = a.rootid
    WHERE toInt32(toDate32(a.known_from, 'Asia/Shanghai')) <= v.known_on
    ORDER BY rootid, known_on, id, position DESC, log_offset DESC
    LIMIT 1 BY rootid, known_on, id
)
WHERE transition != 'retracted' AND end_reason NOT IN ('retracted', 'superseded') AND raised_at IS NOT NULL
