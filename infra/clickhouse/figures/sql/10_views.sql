-- Each touched chain as known at the end of each civil day from the first touched one on, on which it got to know something.
SELECT DISTINCT rootid, known_on
FROM
(
    SELECT e.rootid AS rootid, toInt32(toDate32(e.receivedtime, 'Asia/Shanghai')) AS known_on
    FROM chain_events AS e
    WHERE e.rootid IN (SELECT rootid FROM {work}.touched)
    UNION ALL
    SELECT a.rootid AS rootid, toInt32(toDate32(a.known_from, 'Asia/Shanghai')) AS known_on
    FROM chain_alerts AS a
    WHERE a.rootid IN (SELECT rootid FROM {work}.touched)
) AS known
INNER JOIN {work}.touched AS t ON t.rootid = known.rootid
WHERE known.known_on >= t.since
