-- The views of each chain in order: the first, and the next of each.
SELECT
    rootid, known_on,
    min(known_on) OVER (PARTITION BY rootid) AS first,
    leadInFrame(known_on) OVER (
        PARTITION BY rootid ORDER BY known_on ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
    ) AS next
FROM {work}.views
