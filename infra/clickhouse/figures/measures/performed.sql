-- Performances: before coercion or not, and those of insurers in traffic cases.
SELECT
    rootid, known_on, m.1 AS measure, owner AS court, day AS from_on, 0 AS to_on, '' AS kind, subject, concat(source, ' ', id) AS ref, m.3 AS amount
FROM
(
    SELECT
        *, JSONExtract(data, 'amount_fen', 'Nullable(Int64)') AS amount_told,
        ifNull(JSONExtract(data, 'before_coercion', 'Nullable(Bool)'), coerced = 0) AS freely,
        has(JSONExtract(filing, 'tags', 'Array(String)'), '交通') AND amount_told IS NOT NULL AS traffic,
        arrayJoin([
            ('performed', true, toInt64(1)),
            ('performed_freely', freely, 1),
            ('traffic_fen', traffic, ifNull(amount_told, 0)),
            ('insurer_fen', traffic AND JSONExtractString(data, 'by') = 'insurer', ifNull(amount_told, 0))
        ]) AS m
    FROM
    (
        SELECT
            *,
            countIf(type NOT IN ('case.obligation_performed', 'case.filed')) OVER so_far AS coerced,
            ifNull(anyLast(if(type = 'case.filed', toNullable(data), NULL)) OVER so_far, '') AS filing
        FROM {work}.events
        WHERE type IN (
            'case.obligation_performed', 'case.filed', 'asset.controlled', 'asset.paid_over', 'cons.ordered', 'list.included',
            'party.sanctioned'
        )
        WINDOW so_far AS (
            PARTITION BY rootid, known_on, subject ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        )
    )
    WHERE type = 'case.obligation_performed'
)
WHERE m.2
