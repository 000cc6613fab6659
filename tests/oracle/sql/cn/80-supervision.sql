INSERT INTO limits VALUES
    ('R-PET-01.a', 'first', 5, 'working_days', 1), ('R-PET-01.b', 'first', 30, 'calendar_days', 1), ('R-PET-01.c', 'first', 15, 'working_days', 1),
    ('R-DIR-01.a', 'first', 2, 'working_days', 1), ('R-DIR-01.b', 'first', 15, 'calendar_days', 1), ('R-DIR-01.c', 'last', 7, 'calendar_days', 1),
    ('R-DIR-02', 'every', 0, 'date', 1),
    ('R-GOV-01.a', 'first', 30, 'calendar_days', 0), ('R-GOV-01.b', 'first', 3, 'months', 0), ('R-GOV-01.c', 'first', 6, 'months', 0),
    ('R-LIVE-01.a', 'first', 7, 'calendar_days', 0), ('R-LIVE-01.b', 'first', 7, 'calendar_days', 0), ('R-LIVE-01.c', 'first', 3, 'months', 0);
INSERT INTO levels VALUES
    ('R-PET-01.a', 1, 'orange', 'limit', 0, ''),
    ('R-PET-01.b', 1, 'yellow', 'start', 25, 'calendar_days'), ('R-PET-01.b', 2, 'orange', 'limit', 0, ''), ('R-PET-01.b', 3, 'red', 'start', 30, 'working_days'),
    ('R-PET-01.c', 1, 'orange', 'limit', 0, ''),
    ('R-DIR-01.a', 1, 'orange', 'limit', 0, ''),
    ('R-DIR-01.b', 1, 'yellow', 'due', -3, 'calendar_days'), ('R-DIR-01.b', 2, 'orange', 'limit', 0, ''), ('R-DIR-01.b', 3, 'red', 'due', 7, 'calendar_days'),
    ('R-DIR-01.c', 1, 'orange', 'limit', 0, ''), ('R-DIR-02', 1, 'red', 'limit', 0, ''),
    ('R-GOV-01.a', 1, 'yellow', 'limit', 0, ''), ('R-GOV-01.b', 1, 'orange', 'limit', 0, ''), ('R-GOV-01.c', 1, 'red', 'limit', 0, ''),
    ('R-LIVE-01.a', 1, 'orange', 'limit', 0, ''), ('R-LIVE-01.b', 1, 'orange', 'limit', 0, ''), ('R-LIVE-01.c', 1, 'orange', 'limit', 0, '');

-- R-PET-01: a petition ⇒ registered in 5 working days (.a); not said to be of another court: petitioner told in 30 days of registration
-- (.b); of a court below: handed on in 15 working days (.c).
INSERT INTO parts (rule, does, subject, key, at, place)
SELECT part.1, part.2, h.subject, [JSONExtractString(h.data, 'pet_id')], part.3, h.place
FROM history AS h LEFT JOIN referred AS r ON r.place = h.place
ARRAY JOIN arrayFilter(part -> part.2 != '', [
    ('R-PET-01.a', multiIf(h.type = 'pet.received', 'start', h.type = 'pet.registered', 'stop', ''), h.time),
    ('R-PET-01.b', multiIf(h.type = 'pet.registered' AND JSONExtractString(r.data, 'about_court') IN ('', h.courtcode), 'start',
        h.type = 'pet.resolved' AND JSONExtractString(h.data, 'petitioner_told_on') != '', 'stop', ''),
        h.type = 'pet.resolved' ? toDateTime64(ifNull(toDate32OrNull(JSONExtractString(h.data, 'petitioner_told_on')), toDate32('1970-01-01')), 6, 'Asia/Shanghai') : h.time),
    ('R-PET-01.c', multiIf(h.type = 'pet.received' AND JSONExtractString(h.data, 'about_court') NOT IN ('', h.courtcode), 'start', h.type = 'pet.triaged', 'stop', ''), h.time)
]) AS part
WHERE h.type LIKE 'pet.%';

-- R-DIR-01: a directive down ⇒ received in 2 working days (.a); closed by the facts by its date, else in 15 days (.b), with no warning
-- once there was feedback but red a week after; sent back ⇒ again in 7 days (.c).
INSERT INTO parts (rule, does, subject, key, at, place, day, speaks_for_all)
SELECT part.1, part.2, subject, part.4 ? [] : [directive], time, place, part.3, part.4
FROM
(
    SELECT *, JSONExtractString(data, 'directive_id') AS directive, JSONExtractString(data, 'verdict') AS verdict,
           type = 'sup.directive_issued' AND JSONExtractString(data, 'kind') NOT IN ('', '请示', '报请', '请求复议') AS is_down,
           toDate32OrNull(JSONExtractString(data, 'due_on')) AS due_on
    FROM history
    WHERE type LIKE 'sup.directive%' OR type IN ('case.closed', 'case.transferred')
)
ARRAY JOIN arrayFilter(part -> part.2 != '', [
    ('R-DIR-01.a', multiIf(is_down, 'start', type = 'sup.directive_received', 'stop', type = 'sup.directive_closed', 'cancel', ''), NULL, 0),
    ('R-DIR-01.b', multiIf(is_down, 'start', verdict = '合格' OR type LIKE 'case.%', 'stop', verdict IN ('退回', '升级'), 'cancel', ''), due_on, type LIKE 'case.%'),
    ('R-DIR-01.c', multiIf(verdict = '退回', 'start', verdict = '合格' OR type LIKE 'case.%', 'stop', verdict = '升级', 'cancel', ''), NULL, type LIKE 'case.%')
]) AS part;
INSERT INTO unless
SELECT 'R-DIR-01.b', nth, subject, [JSONExtractString(data, 'directive_id')], time, 0
FROM history ARRAY JOIN [1, 2] AS nth WHERE type = 'sup.feedback_submitted';

-- R-DIR-02: the date of an order to finish ⇒ closed, transferred, or taken over or assigned by another directive.
INSERT INTO parts (rule, does, subject, at, place, day)
SELECT 'R-DIR-02', does, subject, time, place, due_on
FROM (SELECT *, JSONExtractString(data, 'kind') AS kind, toDate32OrNull(JSONExtractString(data, 'due_on')) AS due_on FROM history)
ARRAY JOIN arrayFilter(does -> does != '', [
    type = 'sup.directive_issued' AND kind = '督促执行令' AND due_on IS NOT NULL ? 'start' : '',
    type IN ('case.closed', 'case.transferred') OR type = 'sup.directive_issued' AND kind IN ('提级', '指令执行') ? 'stop' : '']) AS does;
INSERT INTO parts (rule, does, subject, at, place, of_start)
SELECT 'R-DIR-02', 'cancel', c.subject, c.time, c.place, s.place
FROM history AS c INNER JOIN history AS s ON s.subject = c.subject AND JSONExtractString(s.data, 'directive_id') = JSONExtractString(c.data, 'directive_id')
WHERE c.type = 'sup.directive_closed' AND JSONExtractString(c.data, 'verdict') = '合格' AND s.type = 'sup.directive_issued';
INSERT INTO unless
SELECT 'R-DIR-02', 1, f.subject, [], f.time, s.place
FROM history AS f INNER JOIN history AS s ON s.subject = f.subject AND JSONExtractString(s.data, 'directive_id') = JSONExtractString(f.data, 'directive_id')
WHERE f.type = 'sup.feedback_submitted' AND JSONExtractString(f.data, 'result') = '理由说明' AND s.type = 'sup.directive_issued';

-- R-GOV-01: an organ of state is debtor ⇒ talk in 30 days (.a), suggestion or word to its superior in 3 months (.b), report to the
-- party committee in 6 months (.c).
INSERT INTO parts (rule, does, subject, at, place)
SELECT part.1, part.2, subject, time, place
FROM (SELECT *, type = 'party.registered' AND JSONExtractString(data, 'role') = '被执行' AND JSONExtractString(data, 'kind') = 'gov' AS is_gov FROM history)
ARRAY JOIN arrayFilter(part -> part.2 != '', [
    ('R-GOV-01.a', multiIf(is_gov, 'start', type = 'pers.talk_held' AND JSONExtractString(data, 'target_kind') = '党政机关负责人', 'stop', '')),
    ('R-GOV-01.b', multiIf(is_gov, 'start', type = 'coord.suggestion_sent'
        OR type = 'list.institution_notified' AND JSONExtractString(data, 'institution_kind') = '上级', 'stop', '')),
    ('R-GOV-01.c', multiIf(is_gov, 'start', type = 'sup.bulletin_issued' AND has(JSONExtract(data, 'to_kinds', 'Array(String)'), '地方党委'), 'stop', ''))
]) AS part;

-- R-LIVE-01: a case of livelihood ⇒ first measure in 7 days (.a), money out in 7 days of notice (.b), closed in 3 months (.c).
CREATE TABLE tagged ENGINE = Memory AS
SELECT *, hasAny(tags, ['涉民生', '劳动报酬', '赡养抚养', '人损']) AS is_livelihood
FROM (SELECT subject, time, place, JSONExtract(data, 'tags', 'Array(String)') AS tags FROM history WHERE type = 'case.filed');
INSERT INTO parts (rule, does, subject, at, place)
SELECT rule, 'start', t.subject, t.time, t.place
FROM tagged AS t
LEFT JOIN (SELECT subject, min(place) AS first_measure FROM history WHERE type IN ('asset.controlled', 'asset.paid_over') GROUP BY subject) AS m
    ON m.subject = t.subject
ARRAY JOIN ['R-LIVE-01.a', 'R-LIVE-01.c'] AS rule
WHERE is_livelihood AND (rule = 'R-LIVE-01.c' OR first_measure = 0 OR first_measure > t.place);
INSERT INTO parts (rule, does, subject, at, place)
SELECT type = 'case.closed' ? 'R-LIVE-01.c' : 'R-LIVE-01.a', 'stop', subject, time, place
FROM history WHERE type IN ('asset.controlled', 'asset.paid_over', 'cons.ordered', 'party.sanctioned', 'case.closed');
INSERT INTO parts (rule, does, subject, key, at, place, entry)
SELECT 'R-LIVE-01.b', p.does, p.subject, p.key, p.at, p.place, p.entry
FROM parts AS p LEFT ANY JOIN
    (SELECT f.place AS of, argMax(t.is_livelihood, t.place) AS is_livelihood
     FROM parts AS f INNER JOIN tagged AS t ON t.subject = f.subject
     WHERE f.rule = 'R-FUND-01' AND f.does = 'start' AND t.place <= f.place GROUP BY of) AS k ON k.of = p.place
WHERE p.rule = 'R-FUND-01' AND (p.does != 'start' OR k.is_livelihood);

-- R-INTF-01: interference with a case ⇒ reported within 24 hours if it touches the case (.a), else within the quarter (.b).
INSERT INTO limits VALUES ('R-INTF-01.a', 'first', 24, 'hours', 0), ('R-INTF-01.b', 'first', 0, 'date', 0);
INSERT INTO levels VALUES ('R-INTF-01.a', 1, 'red', 'limit', 0, ''), ('R-INTF-01.b', 1, 'red', 'limit', 0, '');
INSERT INTO parts (rule, does, subject, key, at, place, day)
SELECT rule, type = 'pers.interference_recorded' ? 'start' : 'stop', subject, [JSONExtractString(data, 'rec_id')], time, place,
       rule = 'R-INTF-01.b' ? toDate32(addDays(toStartOfQuarter(addMonths(toStartOfQuarter(day), 3)), -1)) : NULL
FROM history ARRAY JOIN ['R-INTF-01.a', 'R-INTF-01.b'] AS rule
WHERE type = 'pers.interference_reported'
    OR type = 'pers.interference_recorded' AND JSONExtractBool(data, 'affects_case') = (rule = 'R-INTF-01.a');
