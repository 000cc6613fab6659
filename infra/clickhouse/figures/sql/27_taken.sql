-- What payments and escrows took from each receipt, on which day.
SELECT rootid, known_on, subject, part.1 AS receipt_id, groupArray((day, part.2)) AS taken
FROM
(
    SELECT
        rootid, known_on, subject, day,
        arrayJoin(if(
            notEmpty(parts), parts,
            [(if(type = 'fund.escrowed', JSONExtractString(data, 'receipt_id'), JSONExtract(data, 'receipt_ids', 'Array(String)')[1]), JSONExtractInt(data, 'amount_fen'))]
        )) AS part
    FROM
    (
        SELECT
            *, JSONExtractString(data, 'payment_id') AS payment_id,
            JSONExtract(data, 'parts', 'Array(Tuple(receipt_id String, amount_fen Int64))') AS parts
        FROM {work}.events
        WHERE type IN ('fund.disbursed', 'fund.escrowed')
        ORDER BY n
        LIMIT 1 BY rootid, known_on, subject, type, if(type = 'fund.disbursed', payment_id, toString(n))
    )
)
GROUP BY rootid, known_on, subject, receipt_id
