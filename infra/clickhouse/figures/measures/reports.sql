-- What courts and institutions report of themselves: interceptions, interference by quarters.
SELECT
    rootid, known_on, 'intercepted' AS measure, owner AS court, day AS from_on, 0 AS to_on, JSONExtractString(data, 'kind') AS kind, subject,
    concat(source, ' ', id) AS ref, JSONExtractInt(data, 'count') AS amount
FROM {work}.events
WHERE type = 'list.interception_reported' AND JSONExtractInt(data, 'count') != 0
UNION ALL
SELECT
    rootid, known_on, m.1 AS measure, court, greatest(day, over_on) AS from_on, 0 AS to_on, quarter AS kind, subject, quarter AS ref, m.2 AS amount
FROM
(
    SELECT
        rootid, known_on, subject, day, JSONExtractString(data, 'court_code') AS court, JSONExtractString(data, 'quarter') AS quarter,
        toInt32(addMonths(makeDate32(toUInt16(substring(quarter, 1, 4)), toUInt8(substring(quarter, 6, 1)) * 3, 1), 1)) AS over_on,
        arrayJoin([('quarter_reports', toInt64(1)), ('interference', JSONExtractInt(data, 'count'))]) AS m
    FROM {work}.events
    WHERE type = 'pers.quarterly_report' AND match(JSONExtractString(data, 'quarter'), '^[0-9]{{4}}Q[1-4]$')
    ORDER BY n
    LIMIT 1 BY rootid, known_on, subject, court, quarter, m.1
)
WHERE m.2 != 0
