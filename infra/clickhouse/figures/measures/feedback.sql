-- Feedback to inquiries.
SELECT
    rootid, known_on, m.1 AS measure, owner AS court, day AS from_on, 0 AS to_on, JSONExtractString(data, 'institution_kind') AS kind, subject,
    concat(source, ' ', id) AS ref, 1 AS amount
FROM
(
    SELECT
        *, JSONExtractString(data, 'status') IN ('ok', 'none') AS good,
        arrayJoin([('feedback', 1), ('feedback_good', good), ('feedback_hits', good AND JSONExtractInt(data, 'hits') > 0)]) AS m
    FROM {work}.events
    WHERE type = 'inquiry.feedback'
)
WHERE m.2
