-- The events as they hold, in order (`n`), each with its day and the court that owns its case after it.
SELECT
    * EXCEPT (changes),
    ifNull(anyLast(changes) OVER (
        PARTITION BY rootid, known_on, subject ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ), '-') AS owner
FROM
(
    SELECT
        *,
        multiIf(
            type IN ('case.filed', 'case.restored', 'case.application_received'), toNullable(if(court = '', '-', court)),
            type = 'case.transferred', if(JSONExtractString(data, 'to_court') != '', JSONExtractString(data, 'to_court'), if(court = '', '-', court)),
            row_number() OVER (PARTITION BY rootid, known_on, subject ORDER BY n) = 1, if(court = '', '-', court),
            NULL
        ) AS changes
    FROM
    (
        SELECT
            o.rootid AS rootid, o.known_on AS known_on, o.subject AS subject, o.source AS source, o.id AS id, o.type AS type,
            o.received_on AS received_on,
            if(c.corrections > 0, c.held.1, o.time) AS time,
            if(c.corrections > 0, c.held.2, o.court) AS court,
            if(c.corrections > 0, c.held.3, o.data) AS data,
            toInt32(toDate32(time, 'Asia/Shanghai')) AS day,
            row_number() OVER (PARTITION BY rootid, known_on ORDER BY time, o.recordedtime, source, o.sequence, id) AS n
        FROM (SELECT * FROM {work}.raw WHERE correction_of = '') AS o
        LEFT JOIN
        (
            SELECT
                rootid, known_on, source, correction_of AS target, type, subject, count() AS corrections,
                argMax((time, court, data), (recordedtime, id)) AS held
            FROM {work}.corrections_3
            GROUP BY rootid, known_on, source, target, type, subject
        ) AS c ON o.rootid = c.rootid AND o.known_on = c.known_on AND o.source = c.source AND o.id = c.target AND o.type = c.type
            AND o.subject = c.subject
        WHERE c.corrections = 0 OR c.held.3 != ''
    )
)
