-- Assets between control and money, step by step.
SELECT
    rootid, known_on, 'assets_at' AS measure, m.1.3 AS court, m.1.2 AS from_on, m.2 AS to_on, m.1.4 AS kind, subject,
    concat(asset, ' ', toString(m.1.1)) AS ref, 1 AS amount
FROM
(
    SELECT
        rootid, known_on, subject, asset,
        arraySort(groupArray((toInt32(n), day, owner, step))) AS told,
        arrayFilter(
            (e, before) -> e.4 != '已控制' OR before = '', told, arrayPushFront(arrayPopBack(arrayMap(e -> e.4, told)), '')
        ) AS steps,
        arrayZip(steps, arrayPushBack(arrayPopFront(arrayMap(e -> e.2, steps)), toInt32({endless}))) AS found
    FROM
    (
        SELECT
            e.rootid AS rootid, e.known_on AS known_on, e.subject AS subject, e.n AS n, e.day AS day, e.owner AS owner,
            if(startsWith(e.type, 'auction.'), if(a.lot != '' AND a.n <= e.n, a.asset, ''), e.asset) AS asset,
            transform(
                e.type,
                [
                    'asset.controlled', 'asset.price_started', 'asset.price_determined', 'auction.revoked', 'auction.announced', 'auction.failed',
                    'auction.sold', 'auction.paid_in_full'
                ],
                ['已控制', '定价中', '已定价', '已定价', '已公告', '流拍', '已成交', '已付清'], ''
            ) AS step
        FROM
        (
            SELECT *, JSONExtractString(data, 'asset_id') AS asset, JSONExtractString(data, 'auction_id') AS lot
            FROM {work}.events
            WHERE type IN (
                'asset.controlled', 'asset.price_started', 'asset.price_determined', 'asset.in_kind_settled', 'asset.paid_over',
                'auction.announced', 'auction.failed', 'auction.sold', 'auction.paid_in_full', 'auction.ruling_served', 'auction.delivered',
                'auction.revoked'
            ) OR type = 'asset.released' AND JSONExtractString(data, 'scope') != '部分'
        ) AS e
        LEFT JOIN
        (
            SELECT rootid, known_on, subject, n, JSONExtractString(data, 'auction_id') AS lot, JSONExtractString(data, 'asset_id') AS asset
            FROM {work}.events
            WHERE type = 'auction.announced'
            ORDER BY n
            LIMIT 1 BY rootid, known_on, subject, lot
        ) AS a ON a.rootid = e.rootid AND a.known_on = e.known_on AND a.subject = e.subject AND a.lot = e.lot
    )
    WHERE asset != ''
    GROUP BY rootid, known_on, subject, asset
)
ARRAY JOIN found AS m
WHERE m.1.4 != ''
