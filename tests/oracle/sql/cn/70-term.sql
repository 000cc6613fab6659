INSERT INTO limits VALUES
    ('R-TERM-06.a', 'first', 7, 'calendar_days', 1), ('R-TERM-06.b', 'first', 3, 'calendar_days', 1),
    ('R-TERM-07', 'every', 0, 'months', 1), ('R-TERM-08', 'every', 15, 'calendar_days', 1);
INSERT INTO levels VALUES
    ('R-TERM-06.a', 1, 'orange', 'limit', 0, ''), ('R-TERM-06.b', 1, 'orange', 'limit', 0, ''),
    ('R-TERM-07', 1, 'yellow', 'due', -15, 'calendar_days'), ('R-TERM-07', 2, 'orange', 'limit', 0, ''), ('R-TERM-07', 3, 'red', 'due', 30, 'calendar_days'),
    ('R-TERM-08', 1, 'orange', 'limit', 0, ''), ('R-TERM-08', 2, 'red', 'start', 30, 'calendar_days');

-- R-TERM-06: served ⇒ registered within 7 days (.a); performed or ended in the chain ⇒ masked within 3 days (.b).
INSERT INTO parts (rule, does, subject, at, place)
SELECT 'R-TERM-06.a', type = 'term.ruled' ? 'start' : 'stop', subject,
       type = 'term.ruled' ? toDateTime64(assumeNotNull(toDate32OrNull(JSONExtractString(data, 'served_on'))), 6, 'Asia/Shanghai') : time, place
FROM history WHERE type = 'term.registered' OR type = 'term.ruled' AND JSONExtractString(data, 'served_on') != '';
INSERT INTO parts (rule, does, subject, at, place)
SELECT 'R-TERM-06.b', does, rootid, time, place
FROM
(
    SELECT h.rootid AS rootid, h.time AS time, h.place AS place, h.type = 'term.masked' ? 'stop' : 'start' AS does,
           countIf(h.type = 'term.ruled') OVER w AS ruled, countIf(h.type = 'term.masked') OVER w AS masked,
           h.type = 'term.masked' OR s.place != 0 AND (s.type != 'case.closed' OR s.mode IN ('执行完毕', '终结执行')) AS matters
    FROM history AS h LEFT JOIN settled AS s ON s.place = h.place
    WINDOW w AS (PARTITION BY h.rootid ORDER BY h.place)
)
WHERE matters AND (does = 'stop' OR ruled > 0 AND masked = 0);

-- R-TERM-07: the k-th query of ten within 6 k months of the ruling, until restored or masked.
INSERT INTO parts (rule, does, subject, element, at, place, n)
SELECT 'R-TERM-07', 'start', rootid, toString(k), time, place, 6 * k
FROM history ARRAY JOIN range(1, 11) AS k WHERE type = 'term.ruled';
INSERT INTO parts (rule, does, subject, element, at, place)
SELECT 'R-TERM-07', type = 'term.requery_done' ? 'stop' : 'cancel', rootid,
       type = 'term.requery_done' ? toString(JSONExtractInt(data, 'seq_no')) : '', time, place
FROM history WHERE type IN ('term.requery_done', 'case.restored', 'term.masked');

-- R-TERM-08: property found after the termination ⇒ restored within 15 days.
INSERT INTO parts (rule, does, subject, at, place)
SELECT 'R-TERM-08', type = 'case.restored' ? 'stop' : 'start', rootid, time, place
FROM
(
    SELECT *, last_value(multiIf(type = 'term.ruled', '终结本次执行程序', type = 'case.closed', JSONExtractString(data, 'mode'), NULL))
        IGNORE NULLS OVER (PARTITION BY subject ORDER BY place) AS mode
    FROM history
)
WHERE type = 'case.restored' OR ifNull(mode, '') = '终结本次执行程序' AND (
    type = 'term.requery_done' AND JSONExtractInt(data, 'hits') > 0 AND JSONExtractInt(data, 'est_value_fen') >= 50000
    OR type = 'clue.verified' AND JSONExtractString(data, 'result') = '属实');

-- R-TERM-01 to 05: what must have been done when the termination is ruled; only the restoration clears.
INSERT INTO pointed VALUES
    ('R-TERM-01', 'every', 0, 1), ('R-TERM-02.a', 'every', 0, 1), ('R-TERM-02.b', 'every', 0, 1), ('R-TERM-03', 'every', 0, 1),
    ('R-TERM-04', 'every', 0, 1), ('R-TERM-05', 'every', 0, 1);
INSERT INTO clears
SELECT rule, 'cured', subject, [], time, place
FROM history ARRAY JOIN ['R-TERM-01', 'R-TERM-02.a', 'R-TERM-02.b', 'R-TERM-03', 'R-TERM-04', 'R-TERM-05'] AS rule
WHERE type = 'case.restored';
CREATE TABLE before_rulings ENGINE = Memory AS
SELECT
    r.place AS place, any(r.subject) AS subject, any(r.time) AS time, any(r.day) AS day, any(r.data) AS data,
    countIf(h.type = 'case.notice_issued' AND toDate32OrNull(JSONExtractString(h.data, 'served_on')) <= r.day) AS served,
    countIf(h.type = 'party.report_ordered') AS ordered, countIf(h.type = 'party.report_checked') AS checked,
    countIf(h.type IN ('party.evasion_recorded', 'party.obstruction_recorded', 'cons.violated')) AS evaded,
    countIf(h.type IN ('list.included', 'list.grace_granted')) AS listed,
    countIf(h.type = 'party.missing_declared') AS missing, countIf(h.type = 'party.search_done') AS searched,
    countIf(h.type = 'party.obstruction_recorded') AS obstructed, countIf(h.type = 'party.sanctioned') AS sanctioned,
    countIf(h.type = 'inquiry.completed' AND JSONExtractBool(h.data, 'onsite_done')) AS onsite,
    countIf(h.type = 'inquiry.special_requested' AND JSONExtractString(h.data, 'kind') IN ('审计', '悬赏')) AS special_asked,
    countIf(h.type = 'inquiry.special_decided' AND JSONExtractString(h.data, 'kind') IN ('审计', '悬赏')) AS special_decided,
    countIf(h.type = 'term.consultation_held') AS consulted,
    countIf(h.type = 'term.consultation_held' AND JSONExtractString(h.data, 'consent') = '书面同意') AS agreed,
    countIf(h.type = 'term.panel_approved' AND JSONExtractBool(h.data, 'president_approved')) AS approved,
    argMaxIf(ifNull(toDate32OrNull(JSONExtractString(h.data, 'filed_on')), h.day), h.place, h.type = 'case.filed') AS filed_on,
    countIf(h.type = 'case.filed') AS filed
FROM history AS r INNER JOIN history AS h ON h.subject = r.subject
WHERE r.type = 'term.ruled' AND h.place <= r.place
GROUP BY r.place;
-- What was done for each debtor by each ruling.
CREATE TABLE readiness ENGINE = Memory AS
SELECT place, debtor,
    countIf((named OR who = '') AND type = 'case.notice_issued' AND toDate32OrNull(JSONExtractString(data, 'served_on')) <= day) = 0
    OR countIf(named AND type = 'party.report_ordered') = 0 OR countIf(named AND type = 'party.report_checked') = 0
    OR countIf(named AND type IN ('party.evasion_recorded', 'party.obstruction_recorded', 'cons.violated')) > 0 AND countIf(named AND type IN ('list.included', 'list.grace_granted')) = 0
    OR countIf(named AND type = 'party.missing_declared') > 0 AND countIf(named AND type = 'party.search_done') = 0
    OR countIf(named AND type = 'party.obstruction_recorded') > 0 AND countIf(named AND type = 'party.sanctioned') = 0 AS unready
FROM
(
    SELECT r.place AS place, r.day AS day, r.debtor AS debtor, h.type AS type, h.data AS data, JSONExtractString(h.data, 'debtor_ref') AS who, who = r.debtor AS named
    FROM
    (
        SELECT r.place AS place, any(r.subject) AS subject, any(r.day) AS day, d.debtor AS debtor
        FROM before_rulings AS r INNER JOIN debtor_states AS d ON d.subject = r.subject
        WHERE d.place <= r.place AND d.what = 'debtor'
        GROUP BY r.place, d.debtor
        HAVING argMax(d.holds, d.place) = 1
    ) AS r INNER JOIN history AS h ON h.subject = r.subject
    WHERE h.place <= r.place
)
GROUP BY place, debtor;
-- Debtors not limited, clues not verified, classes without an answer or with an old one, assets held, at each ruling.
CREATE TABLE lacking ENGINE = Memory AS
SELECT place, what, count() AS n
FROM
(
    SELECT r.place AS place, 'debtor' AS what, d.debtor AS which
    FROM before_rulings AS r INNER JOIN debtor_states AS d ON d.subject = r.subject
    WHERE d.place <= r.place
    GROUP BY ALL
    HAVING argMaxIf(d.holds, d.place, d.what = 'debtor') = 1 AND argMaxIf(d.holds, d.place, d.what = 'limited') = 0
    UNION ALL
    SELECT r.place, 'clue', JSONExtractString(h.data, 'clue_id')
    FROM before_rulings AS r INNER JOIN history AS h ON h.subject = r.subject
    WHERE h.type LIKE 'clue.%' AND h.place <= r.place
    GROUP BY ALL
    HAVING argMax(h.type, h.place) = 'clue.received'
    UNION ALL
    SELECT place, answer.1, class
    FROM
    (
        SELECT r.place AS place, any(r.day) AS day, k AS class, argMaxIf(JSONExtractString(h.data, 'status'), h.place, matches) AS status,
               argMaxIf(ifNull(toDate32(parseDateTime64BestEffortOrNull(JSONExtractString(h.data, 'at'), 6, 'UTC'), 'Asia/Shanghai'), h.day), h.place, matches) AS on,
               countIf(h.type = 'inquiry.feedback' AND JSONExtractString(h.data, 'class') = k AND h.place <= r.place AS matches) AS answers
        FROM before_rulings AS r INNER JOIN history AS h ON h.subject = r.subject
        ARRAY JOIN ['deposit', 'vehicle', 'real_estate', 'security'] AS k
        GROUP BY r.place, k
    )
    ARRAY JOIN [('class', status NOT IN ('ok', 'none')), ('old', answers > 0 AND addMonths(on, 3) < day)] AS answer
    WHERE answer.2
    UNION ALL
    SELECT r.place, 'asset', s.asset
    FROM before_rulings AS r INNER JOIN asset_states AS s ON s.subject = r.subject
    WHERE s.place <= r.place
    GROUP BY ALL
    HAVING argMax(s.state, s.place) IN ('discovered', 'controlled')
)
GROUP BY place, what;
INSERT INTO points
SELECT part.1, r.subject, [], r.time, r.place, part.2 ? (part.1 = 'R-TERM-05' ? 'orange' : 'red') : ''
FROM before_rulings AS r
LEFT JOIN (SELECT place, groupArray(what) AS whats FROM lacking GROUP BY place) AS l ON l.place = r.place
LEFT JOIN money AS m ON m.place = r.place
LEFT JOIN (SELECT place, count() AS known, max(unready) AS unready FROM readiness GROUP BY place) AS n ON n.place = r.place
ARRAY JOIN [
    ('R-TERM-01', if(n.known = 0, served = 0 OR ordered = 0 OR checked = 0, has(whats, 'debtor') OR n.unready)),
    ('R-TERM-02.a', has(whats, 'clue') OR has(whats, 'class') OR NOT JSONExtractBool(r.data, 'onsite_done') AND onsite = 0 OR special_asked > special_decided),
    ('R-TERM-02.b', has(whats, 'old')),
    ('R-TERM-03', has(whats, 'asset') OR m.balance > 0),
    ('R-TERM-04', filed > 0 AND addMonths(filed_on, 3) > r.day),
    ('R-TERM-05', consulted = 0 OR agreed = 0 AND approved = 0)
] AS part;
