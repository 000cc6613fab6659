-- What each view of a chain counts: a flow row on its day; a stock row comes on its first day and goes on its end day.
SELECT rootid, known_on, measure, court, day, kind, subject, ref, sum(change) AS amount
FROM
(
    SELECT
        rootid, known_on, measure, court, kind, subject, ref,
        arrayJoin(if(
            to_on = 0 OR to_on >= {endless}, [(from_on, amount)], [(from_on, amount), (to_on, -amount)]
        )) AS edge,
        edge.1 AS day, edge.2 AS change
    FROM {work}.found
    WHERE from_on > -25000 AND from_on < {endless} AND (to_on = 0 OR to_on > from_on)
)
GROUP BY rootid, known_on, measure, court, day, kind, subject, ref
HAVING amount != 0
