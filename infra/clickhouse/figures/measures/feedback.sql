-- Feedback to inquiries, and after how many days it came.
SELECT
    rootid, known_on, m.1 AS measure, owner AS court, day AS from_on, 0 AS to_on, JSONExtractString(data, 'institution_kind') AS kind, subject,
    concat(source, ' ', id) AS ref, 1 AS amount
FROM
(
    SELECT
        *, JSONExtractString(data, 'status') IN ('ok', 'none') AS good,
        arrayJoin([('feedback', 1), ('feedback_good', good), ('feedback_failed', NOT good),
            ('feedback_hits', good AND JSONExtractInt(data, 'hits') > 0)]) AS m
    FROM {work}.events
    WHERE type = 'inquiry.feedback'
)
WHERE m.2
UNION ALL
SELECT
    f.rootid AS rootid, f.known_on AS known_on, 'feedback_by_days' AS measure, f.owner AS court, f.day AS from_on, 0 AS to_on,
    concat(JSONExtractString(f.data, 'institution_kind'), ' ', toString(f.day - r.day)) AS kind, f.subject AS subject,
    concat(f.source, ' ', f.id) AS ref, 1 AS amount
FROM (SELECT *, JSONExtractString(data, 'inquiry_id') AS inquiry FROM {work}.events WHERE type = 'inquiry.feedback') AS f
INNER JOIN
(
    SELECT rootid, known_on, subject, n, day, JSONExtractString(data, 'inquiry_id') AS inquiry
    FROM {work}.events
    WHERE type = 'inquiry.requested'
    ORDER BY n
    LIMIT 1 BY rootid, known_on, subject, inquiry
) AS r ON r.rootid = f.rootid AND r.known_on = f.known_on AND r.subject = f.subject AND r.inquiry = f.inquiry
WHERE r.n < f.n
