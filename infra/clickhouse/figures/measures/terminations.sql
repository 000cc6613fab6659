-- Terminations for as long as they stand, those over five years, and the companies in them.
SELECT
    rootid, known_on, m.1 AS measure, court, m.3 AS from_on, m.4 AS to_on, kind, subject, toString(from_n) AS ref, 1 AS amount
FROM
(
    SELECT
        *,
        arrayJoin([
            ('terminated', true, terminated_on, over_on),
            ('terminated_over_5y', true, toInt32(addMonths(toDate32(terminated_on), 60)), over_on),
            ('terminated_left', over_on = {endless}, terminated_on, 0),
            ('masked', masked AND over_on < {endless}, over_on, 0)
        ]) AS m
    FROM {work}.terminations
)
WHERE m.2
UNION ALL
SELECT
    t.rootid AS rootid, t.known_on AS known_on, 'terminated_companies' AS measure, t.court AS court, t.terminated_on AS from_on,
    t.over_on AS to_on, t.kind AS kind, t.subject AS subject, concat(toString(t.from_n), ' ', e.party) AS ref, 1 AS amount
FROM {work}.terminations AS t
INNER JOIN
(
    SELECT rootid, known_on, subject, JSONExtractString(data, 'party_ref') AS party, min(n) AS n
    FROM {work}.events
    WHERE type = 'party.registered' AND JSONExtractString(data, 'role') = '被执行' AND JSONExtractString(data, 'kind') IN ('legal', 'soe')
    GROUP BY rootid, known_on, subject, party
) AS e ON e.rootid = t.rootid AND e.known_on = t.known_on AND e.subject = t.subject
WHERE e.n <= t.to_n
