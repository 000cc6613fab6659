-- What else proceedings are judged by, of each case: approved extensions, and the first event that shows property.
SELECT
    rootid, known_on, subject,
    groupArrayIf((toInt32(n), until_on), until_on > 0) AS extensions,
    minIf(toInt32(n), property) AS property_n,
    argMinIf(day, n, property) AS property_on,
    countIf(property) > 0 AS has_property
FROM
(
    SELECT
        *,
        if(
            type = 'case.extension_approved' AND JSONExtractString(data, 'approver_role') IN ('院长', '副院长'),
            ifNull(toInt32(toDate32OrNull(JSONExtractString(data, 'until_on'))), 0), 0
        ) AS until_on,
        multiIf(
            type = 'asset.controlled',
            JSONExtractString(data, 'measure') != '轮候' AND ifNull(JSONExtract(data, 'rank', 'Nullable(Int64)'), 1) = 1,
            type = 'fund.received', JSONExtractString(data, 'case_no') != '',
            type IN ('asset.paid_over', 'fund.matched')
        ) AS property
    FROM {work}.events
    WHERE type IN ('case.extension_approved', 'asset.controlled', 'asset.paid_over', 'fund.received', 'fund.matched')
)
GROUP BY rootid, known_on, subject
