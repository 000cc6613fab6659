-- What is to be written: each view's difference to what was counted before it, where it isn't what is written already.
SELECT rootid, known_on, measure, court, day, kind, subject, ref, sum(difference) AS amount, sum(written) AS was
FROM
(
    SELECT rootid, known_on, measure, court, day, kind, subject, ref, amount AS difference, 0 AS written
    FROM {work}.rows
    UNION ALL
    SELECT r.rootid, o.next, r.measure, r.court, r.day, r.kind, r.subject, r.ref, -r.amount, 0
    FROM {work}.rows AS r
    INNER JOIN {work}.order AS o ON o.rootid = r.rootid AND o.known_on = r.known_on
    WHERE o.next != 0
    UNION ALL
    SELECT
        c.rootid, if(toInt32(c.known_on) < o.first, o.first, toInt32(c.known_on)), c.measure, c.court, toInt32(c.day), c.kind, c.subject, c.ref,
        if(toInt32(c.known_on) < o.first, -c.amount, 0), if(toInt32(c.known_on) < o.first, 0, c.amount)
    FROM (SELECT * FROM chain_counts FINAL WHERE rootid IN (SELECT rootid FROM {work}.touched) AND amount != 0) AS c
    INNER JOIN (SELECT DISTINCT rootid, first FROM {work}.order) AS o ON o.rootid = c.rootid
)
GROUP BY rootid, known_on, measure, court, day, kind, subject, ref
HAVING amount != was
