-- What opens and ends proceedings, with what the case had told by then: its number, type, claim, and last filing.
SELECT
    *,
    ifNull(anyLast(if(begins, if(type = 'case.filed', toNullable(code), nullIf(code, '')), NULL)) OVER (
        PARTITION BY rootid, known_on, subject ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ), '') AS kind
FROM
(
    SELECT
        *,
        type IN ('case.filed', 'case.restored') AS opens,
        lagInFrame(opens) OVER (
            PARTITION BY rootid, known_on, subject ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS was_open,
        opens AND NOT was_open AS begins,
        NOT opens AND was_open AS ends
    FROM
    (
        SELECT
            rootid, known_on, subject, n, id, type, day, court, data,
            if(type = 'case.filed', JSONExtractString(data, 'case_no'), JSONExtractString(data, 'new_case_no')) AS number,
            extract(number, '(司救执|司惩复|司惩|执恢|执保|执异|执复|执监|执协|执他|财保|行保|证保|破申|清申|强清|破|执)[1-9][0-9]{{0,7}}号') AS number_code,
            if(type = 'case.filed' AND JSONExtractString(data, 'case_type') != '', JSONExtractString(data, 'case_type'), number_code) AS code,
            ifNull(anyLast(nullIf(if(type IN ('case.filed', 'case.restored'), number, ''), '')) OVER so_far, '') AS number_so_far,
            anyLast(if(
                type IN ('case.filed', 'case.application_received'), JSONExtract(data, 'claim_fen', 'Nullable(Int64)'), NULL
            )) OVER so_far AS claim_so_far,
            ifNull(anyLast(if(type = 'case.filed', toNullable(data), NULL)) OVER so_far, '') AS filing
        FROM {work}.events
        WHERE type IN (
            'case.filed', 'case.restored', 'case.closed', 'case.transferred', 'case.refused', 'case.application_received'
        )
        WINDOW so_far AS (
            PARTITION BY rootid, known_on, subject ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        )
    )
    WHERE type != 'case.application_received'
)
