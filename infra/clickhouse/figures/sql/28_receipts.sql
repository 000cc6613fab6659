-- Each receipt with its due day and what is left of it: `left` = (day, amount from that day on), the first on its received day.
SELECT
    q.rootid AS rootid, q.known_on AS known_on, q.subject AS subject, q.receipt_id AS receipt_id, q.court AS court,
    q.amount AS amount, q.received_on AS received_on, if(w.next = 0, q.due_by_count, w.next) AS due_on, q.left AS left
FROM
(
    SELECT
        r.rootid AS rootid, r.known_on AS known_on, r.subject AS subject, r.receipt_id AS receipt_id, r.court AS court,
        r.amount AS amount, r.day AS received_on,
        arrayFold((a, s) -> if(
            greatest(s.1, a.2) <= a.1 AND s.2 > greatest(s.1, a.2),
            (toInt64(least({endless}, a.1 + s.2 - greatest(s.1, a.2))), toInt64(greatest(a.2, s.2))),
            (a.1, toInt64(greatest(a.2, s.2)))
        ), d.spans, (toInt64(r.notified_on + 30), toInt64(r.notified_on + 1))).1 AS due_by_count,
        arrayMap(t -> (greatest(t.1, r.day), toInt64(t.2)), p.taken) AS taken,
        arrayDistinct(arraySort(arrayPushFront(arrayMap(t -> t.1, taken), r.day))) AS days,
        arrayMap(at -> (at, greatest(0, r.amount - arraySum(arrayMap(t -> t.2, arrayFilter(t -> t.1 <= at, taken))))), days) AS left
    FROM
    (
        SELECT
            rootid, known_on, subject, n, day, owner AS court, JSONExtractString(data, 'receipt_id') AS receipt_id,
            assumeNotNull(JSONExtract(data, 'amount_fen', 'Nullable(Int64)')) AS amount,
            ifNull(toInt32(toDate32OrNull(JSONExtractString(data, 'finance_notified_on'))), day) AS notified_on
        FROM {work}.events
        WHERE (type = 'fund.received' AND JSONExtractString(data, 'case_no') != '' OR type = 'fund.matched')
            AND JSONExtract(data, 'amount_fen', 'Nullable(Int64)') IS NOT NULL
        ORDER BY n
        LIMIT 1 BY rootid, known_on, subject, receipt_id
    ) AS r
    LEFT JOIN {work}.deferrals AS d ON d.rootid = r.rootid AND d.known_on = r.known_on AND d.subject = r.subject AND d.receipt_id = r.receipt_id
    LEFT JOIN {work}.taken AS p ON p.rootid = r.rootid AND p.known_on = r.known_on AND p.subject = r.subject AND p.receipt_id = r.receipt_id
) AS q
LEFT JOIN {work}.rest AS w ON w.day = q.due_by_count
