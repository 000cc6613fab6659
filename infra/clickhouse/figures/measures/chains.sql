-- The first proceeding of each chain.
SELECT
    rootid, known_on, 'disputes' AS measure, court, opened_on AS from_on, 0 AS to_on, kind, subject, toString(from_n) AS ref, 1 AS amount
FROM {work}.proceedings
ORDER BY rootid, known_on, from_n, subject
LIMIT 1 BY rootid, known_on
