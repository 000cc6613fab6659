-- How many people there are, from each count up to the next.
SELECT
    rootid, known_on, m.1 AS measure, court, as_of AS from_on, if(next = 0, {endless}, next) AS to_on, '' AS kind, subject, concat(source, ' ', id) AS ref,
    m.2 AS amount
FROM
(
    SELECT
        *,
        leadInFrame(as_of) OVER (
            PARTITION BY rootid, known_on, subject, court ORDER BY as_of ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
        ) AS next
    FROM
    (
        SELECT
            *, JSONExtractString(data, 'court_code') AS court,
            ifNull(toInt32(toDate32OrNull(JSONExtractString(data, 'as_of_on'))), day) AS as_of
        FROM {work}.events
        WHERE type = 'pers.staff_snapshot'
        ORDER BY n DESC
        LIMIT 1 BY rootid, known_on, subject, court, as_of
    )
)
ARRAY JOIN [
    ('judges', JSONExtractInt(data, 'judges')),
    ('staff', JSONExtractInt(data, 'judges') + JSONExtractInt(data, 'officers') + JSONExtractInt(data, 'clerks') + JSONExtractInt(data, 'police'))
] AS m
WHERE m.2 != 0
