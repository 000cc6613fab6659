-- Assets priced forty days ago, and those of which a first auction was announced by then.
SELECT
    rootid, known_on, m.1 AS measure, court, day + 40 AS from_on, 0 AS to_on, '' AS kind, subject, asset AS ref, 1 AS amount
FROM
(
    SELECT
        p.rootid AS rootid, p.known_on AS known_on, p.court AS court, p.day AS day, p.subject AS subject, p.asset AS asset,
        arrayJoin([('price_due', true), ('price_announced', a.asset != '' AND a.day <= p.day + 40)]) AS m
    FROM
    (
        SELECT rootid, known_on, subject, n, day, owner AS court, JSONExtractString(data, 'asset_id') AS asset
        FROM {work}.events
        WHERE type = 'asset.price_determined'
        ORDER BY n
        LIMIT 1 BY rootid, known_on, subject, asset
    ) AS p
    LEFT JOIN
    (
        SELECT rootid, known_on, subject, JSONExtractString(data, 'asset_id') AS asset, min(day) AS day
        FROM {work}.events
        WHERE type = 'auction.announced' AND JSONExtractString(data, 'round') = '一拍' AND asset != ''
        GROUP BY rootid, known_on, subject, asset
    ) AS a ON a.rootid = p.rootid AND a.known_on = p.known_on AND a.subject = p.subject AND a.asset = p.asset
)
WHERE m.2
