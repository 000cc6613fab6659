-- Alerts of rules judged at events. With `first` one alert a key: raised by the first point that fails, judged by the last one.
INSERT INTO stated SELECT rule FROM pointed;
CREATE TABLE raised_at_points ENGINE = Memory AS
WITH (SELECT assumeNotNull(at) FROM clock) AS now
SELECT
    p.rule AS rule, p.subject AS subject, p.key AS key, any(r.holds) AS holds, any(r.outlives) AS outlives,
    min((p.at, p.place)) AS first, max((p.at, p.place)) AS last, max(indexOf(['yellow', 'orange', 'red'], p.severity)) AS rank
FROM points AS p INNER JOIN pointed AS r ON r.rule = p.rule
WHERE p.severity != '' AND p.at <= now
GROUP BY p.rule, p.subject, p.key, r.arms = 'every' ? p.place : 0;

CREATE TABLE ended_points ENGINE = Memory AS
WITH (SELECT assumeNotNull(at) FROM clock) AS now
SELECT * FROM
(
    SELECT a.rule AS rule, a.subject AS subject, a.key AS key, a.first AS first, c.at AS at, c.place AS place, c.reason AS reason, 1 AS rank
    FROM raised_at_points AS a INNER JOIN clears AS c ON c.rule = a.rule AND c.subject = a.subject
    WHERE c.key IN ([], a.key) AND c.at >= a.last.1 AND c.place != a.last.2 AND c.at <= now
    UNION ALL
    SELECT a.rule, a.subject, a.key, a.first, p.at, p.place, 'cured', 1
    FROM raised_at_points AS a INNER JOIN points AS p ON p.rule = a.rule AND p.subject = a.subject AND p.key = a.key
    WHERE a.holds AND p.severity = '' AND (p.at, p.place) > a.last AND p.at <= now
    UNION ALL
    SELECT a.rule, a.subject, a.key, a.first, h.time, h.place, 'closed', 2
    FROM raised_at_points AS a INNER JOIN history AS h ON h.subject = a.subject
    WHERE NOT a.outlives AND h.type IN ('case.closed', 'case.refused', 'case.transferred') AND (h.time, h.place) > a.last AND h.time <= now
)
ORDER BY at, place, rank LIMIT 1 BY rule, subject, key, first;

INSERT INTO found
SELECT
    a.rule, a.subject, a.key, '', ['yellow', 'orange', 'red'][a.rank], a.first.1, a.first.1, nullIf(e.reason, ''),
    e.reason = 'cured' ? dateDiff('day', toDate32(a.first.1, 'Asia/Shanghai'), toDate32(e.at, 'Asia/Shanghai')) : NULL
FROM raised_at_points AS a
LEFT JOIN ended_points AS e ON e.rule = a.rule AND e.subject = a.subject AND e.key = a.key AND e.first = a.first;
