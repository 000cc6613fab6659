-- The deferrals of each receipt, as spans of days.
SELECT rootid, known_on, subject, receipt_id, arraySort(groupArray((day, to_on))) AS spans
FROM
(
    SELECT
        p.rootid AS rootid, p.known_on AS known_on, p.subject AS subject, p.receipt_id AS receipt_id, p.day AS day,
        arrayPushBack(arrayMap(e -> e.2, arrayFilter(e -> e.1 > p.n, r.ends)), toInt32({endless}))[1] AS to_on
    FROM
    (
        SELECT rootid, known_on, subject, n, day, JSONExtractString(data, 'receipt_id') AS receipt_id
        FROM {work}.events
        WHERE type = 'fund.deferral_approved' AND JSONExtractString(data, 'approver_role') IN ('局长', '主管院长')
            AND JSONExtractString(data, 'reason') != ''
    ) AS p
    LEFT JOIN
    (
        SELECT
            rootid, known_on, subject, JSONExtractString(data, 'receipt_id') AS receipt_id, arraySort(groupArray((n, day))) AS ends
        FROM {work}.events
        WHERE type = 'fund.deferral_ended'
        GROUP BY rootid, known_on, subject, receipt_id
    ) AS r ON r.rootid = p.rootid AND r.known_on = p.known_on AND r.subject = p.subject AND r.receipt_id = p.receipt_id
)
GROUP BY rootid, known_on, subject, receipt_id
