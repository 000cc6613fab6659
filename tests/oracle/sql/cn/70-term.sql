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
