-- Auctions: how lots ended, and what sold ones brought against their appraisal.
SELECT
    rootid, known_on, m.1 AS measure, owner AS court, day AS from_on, 0 AS to_on, '' AS kind, subject, lot AS ref, m.3 AS amount
FROM
(
    SELECT
        *,
        arrayJoin([
            ('lots_ended', true, toInt64(1)),
            ('lots_sold', sold, 1),
            ('sold_fen', sold AND told, ifNull(price, 0)),
            ('appraised_fen', sold AND told, ifNull(appraisal, 0))
        ]) AS m
    FROM
    (
        SELECT
            e.rootid AS rootid, e.known_on AS known_on, e.owner AS owner, e.day AS day, e.subject AS subject, e.lot AS lot,
            e.type = 'auction.sold' AS sold, JSONExtract(e.data, 'price_fen', 'Nullable(Int64)') AS price,
            if(a.n < e.n AND a.lot != '', a.appraisal, NULL) AS appraisal, price IS NOT NULL AND ifNull(appraisal, 0) > 0 AS told
        FROM
        (
            SELECT *, JSONExtractString(data, 'auction_id') AS lot
            FROM {work}.events
            WHERE type IN ('auction.sold', 'auction.failed')
            ORDER BY n
            LIMIT 1 BY rootid, known_on, subject, lot
        ) AS e
        LEFT JOIN
        (
            SELECT
                rootid, known_on, subject, n, JSONExtractString(data, 'auction_id') AS lot,
                JSONExtract(data, 'appraisal_fen', 'Nullable(Int64)') AS appraisal
            FROM {work}.events
            WHERE type = 'auction.announced'
            ORDER BY n
            LIMIT 1 BY rootid, known_on, subject, lot
        ) AS a ON a.rootid = e.rootid AND a.known_on = e.known_on AND a.subject = e.subject AND a.lot = e.lot
    )
)
WHERE m.2
