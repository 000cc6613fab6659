-- Each proceeding as its events have it. Days are numbers since 1970; end and `to_n` of one that is on are endless.
SELECT
    rootid, known_on, subject, n AS from_n, day AS opened_on, if(court = '', '-', court) AS court, kind,
    type = 'case.restored' AS by_restoring, data AS opening,
    JSONExtract(filing, 'tags', 'Array(String)') AS tags,
    toInt32(addMonths(toDate32(day), if(JSONExtractBool(filing, 'is_nonlitigation'), 3, 6))) AS raw_due,
    if(end_type = '', {endless}, end_n) AS to_n,
    if(end_type = '', {endless}, end_day) AS end_on,
    end_type IN ('case.closed', 'case.transferred') AS closed,
    multiIf(end_type = 'case.closed', JSONExtractString(end_data, 'mode'), end_type = 'case.transferred', '销案', '') AS mode,
    end_claim AS claim,
    if(end_type = 'case.closed', JSONExtract(end_data, 'paid_fen', 'Nullable(Int64)'), NULL) AS paid,
    end_number AS number
FROM
(
    SELECT
        *,
        leadInFrame(toString(type)) OVER next_step AS end_type,
        leadInFrame(toInt32(n)) OVER next_step AS end_n,
        leadInFrame(day) OVER next_step AS end_day,
        leadInFrame(data) OVER next_step AS end_data,
        leadInFrame(claim_so_far) OVER next_step AS end_claim,
        leadInFrame(number_so_far) OVER next_step AS end_number
    FROM {work}.steps
    WHERE begins OR ends
    WINDOW next_step AS (
        PARTITION BY rootid, known_on, subject ORDER BY n ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
    )
)
WHERE begins
