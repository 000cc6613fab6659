-- What was controlled, and money that came without a case.
SELECT
    rootid, known_on, 'controlled_fen' AS measure, owner AS court, day AS from_on, 0 AS to_on, JSONExtractString(data, 'measure') AS kind, subject,
    concat(source, ' ', id) AS ref, JSONExtractInt(data, 'amount_fen') AS amount
FROM {work}.events
WHERE type = 'asset.controlled' AND JSONExtractInt(data, 'amount_fen') != 0
UNION ALL
SELECT
    rootid, known_on, 'unclaimed_fen' AS measure, owner AS court, day AS from_on, {endless} AS to_on, '' AS kind, subject,
    concat(type, ' ', receipt) AS ref, if(type = 'fund.matched', -amount_fen, amount_fen) AS amount
FROM
(
    SELECT *, JSONExtractString(data, 'receipt_id') AS receipt, JSONExtractInt(data, 'amount_fen') AS amount_fen
    FROM {work}.events
    WHERE (type = 'fund.received' AND JSONExtractString(data, 'case_no') = '' OR type = 'fund.matched')
        AND JSONExtract(data, 'amount_fen', 'Nullable(Int64)') IS NOT NULL
    ORDER BY n
    LIMIT 1 BY rootid, known_on, subject, type, receipt
)
