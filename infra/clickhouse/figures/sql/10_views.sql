-- Each touched chain as known at the end of each civil day from the first touched one on, on which it got to know something.
-- Of a chain of very many events only the latest of these days: the differences of those before go to the first of them.
SELECT rootid, known_on
FROM
(
    SELECT
        rootid, known_on,
        row_number() OVER (PARTITION BY rootid ORDER BY known_on DESC) AS place,
        sum(events) OVER (PARTITION BY rootid) AS weight
    FROM
    (
        SELECT rootid, known_on, count() AS events
        FROM
        (
            SELECT rootid, toInt32(toDate32(receivedtime, 'Asia/Shanghai')) AS known_on
            FROM chain_events
            WHERE rootid IN (SELECT rootid FROM {work}.touched)
            UNION ALL
            SELECT rootid, toInt32(toDate32(known_from, 'Asia/Shanghai')) AS known_on
            FROM chain_alerts
            WHERE rootid IN (SELECT rootid FROM {work}.touched)
        )
        GROUP BY rootid, known_on
    )
) AS known
INNER JOIN {work}.touched AS t ON t.rootid = known.rootid
WHERE known.known_on >= t.since AND known.place <= greatest(1, intDiv({most}, known.weight))
