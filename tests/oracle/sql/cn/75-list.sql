INSERT INTO limits VALUES
    ('R-LIST-02.b', 'every', 3, 'working_days', 1), ('R-LIST-03.a', 'first', 3, 'working_days', 1),
    ('R-LIST-03.d', 'every', 3, 'working_days', 1), ('R-CONS-01.d', 'every', 0, 'date', 1),
    ('R-LIST-03.b', 'last', 24, 'months, 3 working_days', 1), ('R-CONS-01.a', 'every', 3, 'working_days', 1), ('R-CONS-01.b', 'first', 3, 'working_days', 1);
INSERT INTO levels VALUES
    ('R-LIST-02.b', 1, 'red', 'limit', 0, ''),
    ('R-LIST-03.a', 1, 'orange', 'limit', 0, ''), ('R-LIST-03.a', 2, 'red', 'start', 7, 'working_days'),
    ('R-LIST-03.b', 1, 'orange', 'limit', 0, ''), ('R-LIST-03.b', 2, 'red', 'due', 4, 'working_days'),
    ('R-LIST-03.d', 1, 'orange', 'limit', 0, ''), ('R-LIST-03.d', 2, 'red', 'start', 7, 'working_days'), ('R-CONS-01.d', 1, 'orange', 'limit', 0, ''),
    ('R-CONS-01.a', 1, 'orange', 'limit', 0, ''), ('R-CONS-01.b', 1, 'orange', 'limit', 0, '');

-- R-LIST-02: listed although a minor, a student with a campus loan, a representative, guaranteed, covered, or not signed by the
-- president (.a); then the listing is revoked within 3 working days (.b).
INSERT INTO pointed VALUES ('R-LIST-02.a', 'every', 0, 1), ('R-LIST-03.c', 'every', 0, 1), ('R-LIST-03.e', 'every', 0, 1), ('R-CONS-01.c', 'every', 0, 1), ('R-OBJ-03', 'every', 0, 1);
INSERT INTO points
SELECT 'R-LIST-02.a', l.subject, [l.debtor], l.time, l.place,
       JSONExtractString(l.data, 'signed_by_role') != '院长' OR has(excluded, l.debtor) OR hasAny(guaranteed, ['', l.debtor]) OR arrayLast(t -> t.1 = l.debtor, turns).2
           OR m.owed > 0 AND s.worth >= m.owed ? 'red' : ''
FROM
(
    SELECT *, JSONExtractString(data, 'debtor_ref') AS debtor,
        groupArrayIf(JSONExtractString(data, 'party_ref'), type = 'party.registered' AND (JSONExtractBool(data, 'is_minor')
            OR JSONExtractBool(data, 'is_student') AND JSONExtractBool(data, 'is_campus_loan') OR JSONExtractBool(data, 'is_legal_rep'))) OVER w AS excluded,
        groupArrayIf((JSONExtractString(data, 'party_ref'), JSONExtractBool(data, 'order_not_due')), type = 'party.registered') OVER w AS turns,
        groupArrayIf(JSONExtractString(data, 'debtor_ref'), type = 'case.guarantee_accepted' AND JSONExtractString(data, 'by') IN ('被执行人', '第三人')) OVER w AS guaranteed
    FROM history WINDOW w AS (PARTITION BY subject ORDER BY place)
) AS l
LEFT JOIN money AS m ON m.place = l.place
LEFT JOIN seized AS s ON s.of = l.place
WHERE l.type = 'list.included';
INSERT INTO clears
SELECT rule, 'cured', subject, [JSONExtractString(data, 'debtor_ref')], time, place
FROM history ARRAY JOIN ['R-LIST-02.a', 'R-LIST-03.c'] AS rule WHERE type = 'list.removed';
INSERT INTO parts (rule, does, subject, at, place)
SELECT 'R-LIST-02.b', 'start', subject, at, place FROM points WHERE rule = 'R-LIST-02.a' AND severity != '';
INSERT INTO parts (rule, does, subject, at, place, of_start)
SELECT 'R-LIST-02.b', 'stop', h.subject, h.time, h.place, p.place
FROM points AS p INNER JOIN history AS h ON h.subject = p.subject AND JSONExtractString(h.data, 'debtor_ref') = p.key[1]
WHERE p.rule = 'R-LIST-02.a' AND p.severity != '' AND h.type = 'list.removed';

-- R-LIST-03.a: on the list for ground 1 when performed, settled, ended, twice searched in vain or suspended ⇒ removed in 3 working days.
-- R-CONS-01.b: limited when performed, ended or guaranteed ⇒ lifted in 3 working days.
CREATE TABLE occasions ENGINE = Memory AS
SELECT 'R-LIST-03.a' AS rule, subject, time AS at, place FROM settled
WHERE type != 'case.closed' OR mode IN ('执行完毕', '终结执行', '不予执行')
UNION ALL
SELECT 'R-CONS-01.b', subject, time, place FROM settled WHERE type != 'case.closed' OR mode IN ('执行完毕', '终结执行')
UNION ALL
SELECT 'R-CONS-01.b', subject, time, place FROM history
WHERE type = 'case.guarantee_accepted' AND JSONExtractString(data, 'by') IN ('被执行人', '第三人')
UNION ALL
SELECT 'R-LIST-03.a', subject, time, place FROM history
WHERE type = 'case.settlement_outcome' AND JSONExtractString(data, 'status') = 'performed'
UNION ALL
SELECT 'R-LIST-03.a', subject, toDateTime64(toDate32(JSONExtractString(data, 'on')), 6, 'Asia/Shanghai'), place FROM history
WHERE type = 'case.suspended' AND JSONExtractString(data, 'ground') IN ('再审', '破产') AND JSONExtractString(data, 'on') != ''
UNION ALL
SELECT 'R-LIST-03.a', subject, time, place
FROM
(
    SELECT *,
        countIf(type = 'term.requery_done' AND JSONExtractRaw(data, 'hits') = '0') OVER w AS clean,
        groupArrayIf(JSONExtractString(data, 'clue_id'), type = 'clue.received') OVER w AS came,
        groupArrayIf(JSONExtractString(data, 'clue_id'), type = 'clue.verified') OVER w AS verified
    FROM history WINDOW w AS (PARTITION BY subject ORDER BY place)
)
WHERE type = 'term.requery_done' AND JSONExtractRaw(data, 'hits') = '0' AND clean >= 2 AND hasAll(verified, came);
INSERT INTO parts (rule, does, subject, element, at, place)
SELECT rule, 'start', subject, toJSONString(debtor), at, place
FROM
(
    SELECT
        w.rule AS rule, w.subject AS subject, w.at AS at, w.place AS place, d.debtor AS debtor,
        argMaxIf(d.holds, d.place, d.what = 'debtor') AS is_debtor, argMaxIf(d.holds, d.place, d.what = 'listed') AS listed,
        argMaxIf(d.ground, d.place, d.what = 'listed' AND d.holds) AS ground, argMaxIf(d.holds, d.place, d.what = 'limited') AS limited
    FROM occasions AS w INNER JOIN debtor_states AS d ON d.subject = w.subject
    WHERE d.place <= w.place
    GROUP BY w.rule, w.subject, w.at, w.place, d.debtor
)
WHERE is_debtor AND (rule = 'R-CONS-01.b' AND limited OR rule = 'R-LIST-03.a' AND listed AND ground = 1);
INSERT INTO parts (rule, does, subject, element, at, place)
SELECT type = 'list.removed' ? 'R-LIST-03.a' : 'R-CONS-01.b', 'stop', subject, toJSONString(JSONExtractString(data, 'debtor_ref')), time, place
FROM history WHERE type IN ('list.removed', 'cons.lifted');

-- R-LIST-03.b: listed for grounds 2 to 6 ⇒ removed within 3 working days of the end of its term (24 months if none is told).
INSERT INTO parts (rule, does, subject, key, at, place, n)
SELECT 'R-LIST-03.b', type = 'list.included' ? 'start' : 'stop', subject, [JSONExtractString(data, 'debtor_ref')], time, place,
       (JSONExtractRaw(data, 'term_months') IN ('', 'null') ? 24 : JSONExtractInt(data, 'term_months')) + JSONExtractInt(data, 'extended_months')
FROM history
WHERE type = 'list.removed' OR type = 'list.included' AND JSONExtractInt(data, 'ground') BETWEEN 2 AND 6;

-- R-LIST-03.c: removed at the applicant's wish, then applied for and listed again within six months.
INSERT INTO points
SELECT 'R-LIST-03.c', subject, [debtor], time, place, removed > 0 AND addMonths(toDate32(removed_at, 'Asia/Shanghai'), 6) > day AND applied > 0 AND applied_at >= removed_at ? 'orange' : ''
FROM
(
    SELECT *,
        countIf(is_removed) OVER w AS removed, argMaxIf(time, place, is_removed) OVER w AS removed_at,
        countIf(type = 'list.applied') OVER w AS applied, argMaxIf(time, place, type = 'list.applied') OVER w AS applied_at
    FROM (SELECT *, JSONExtractString(data, 'debtor_ref') AS debtor, type = 'list.removed' AND JSONExtractString(data, 'reason') = '申请人申请' AS is_removed
          FROM history WHERE type LIKE 'list.%')
    WINDOW w AS (PARTITION BY subject, debtor ORDER BY place)
)
WHERE type = 'list.included';

-- R-LIST-03.d: removal of who is listed granted ⇒ removed in 3 working days. .e: removed before the term of grounds 2 to 6 is over, not as
-- an error, and not granted since the listing.
INSERT INTO parts (rule, does, subject, key, at, place)
SELECT 'R-LIST-03.d', type = 'list.removed' ? 'stop' : 'start', subject, [debtor], time, place
FROM
(
    SELECT *, argMaxIf(type, place, type IN ('list.included', 'list.removed')) OVER (PARTITION BY subject, debtor ORDER BY place) AS last
    FROM (SELECT *, JSONExtractString(data, 'debtor_ref') AS debtor FROM history WHERE type LIKE 'list.%')
)
WHERE type = 'list.removed' OR type = 'list.removal_decided' AND JSONExtractString(data, 'result') = '准许' AND last = 'list.included';
INSERT INTO points
SELECT 'R-LIST-03.e', subject, [debtor], time, place,
    listings > 0 AND JSONExtractInt(entry, 'ground') BETWEEN 2 AND 6 AND JSONExtractString(data, 'reason') != '撤销'
    AND day < addMonths(entered, (JSONExtractRaw(entry, 'term_months') IN ('', 'null') ? 24 : JSONExtractInt(entry, 'term_months')) + JSONExtractInt(entry, 'extended_months'))
    AND (grants = 0 OR granted_at < entered_at) ? 'orange' : ''
FROM
(
    SELECT *,
        countIf(type = 'list.included') OVER w AS listings, argMaxIf(data, place, type = 'list.included') OVER w AS entry,
        argMaxIf(day, place, type = 'list.included') OVER w AS entered, argMaxIf(time, place, type = 'list.included') OVER w AS entered_at,
        countIf(granted) OVER w AS grants, argMaxIf(time, place, granted) OVER w AS granted_at
    FROM (SELECT *, JSONExtractString(data, 'debtor_ref') AS debtor, type = 'list.removal_decided' AND JSONExtractString(data, 'result') = '准许' AS granted
          FROM history WHERE type LIKE 'list.%')
    WINDOW w AS (PARTITION BY subject, debtor ORDER BY place)
)
WHERE type = 'list.removed';

-- R-CONS-01.d: exempted once until a day ⇒ restricted again by the third working day after it, unless lifted.
INSERT INTO parts (rule, does, subject, key, at, place, day)
WITH (SELECT groupArray(day) FROM (SELECT day FROM days WHERE works ORDER BY day)) AS workdays
SELECT 'R-CONS-01.d', multiIf(h.type = 'cons.exempted_once', 'start', h.type = 'cons.lifted', 'cancel', 'stop'), h.subject,
       [JSONExtractString(h.data, 'debtor_ref')], h.time, h.place, h.type = 'cons.exempted_once' ? toDate32(workdays[d.before + 3]) : NULL
FROM (SELECT *, ifNull(toInt32(toDate32OrNull(JSONExtractString(data, 'until_on'))), 0) + 1 AS next FROM history WHERE type LIKE 'cons.%') AS h
LEFT JOIN days AS d ON d.day = h.next
WHERE h.type IN ('cons.restored', 'cons.ordered', 'cons.lifted') OR h.type = 'cons.exempted_once' AND h.next > 1;

-- R-CONS-01.a: listed and not limited ⇒ limited within 3 working days. .c: a single exemption for more than a month.
INSERT INTO parts (rule, does, subject, key, at, place)
SELECT 'R-CONS-01.a', multiIf(type = 'list.included', 'start', type = 'cons.ordered', 'stop', 'cancel'), subject, [debtor], time, place
FROM
(
    SELECT *, countIf(type = 'cons.ordered') OVER w AS ordered, countIf(type = 'cons.lifted') OVER w AS lifted
    FROM (SELECT *, JSONExtractString(data, 'debtor_ref') AS debtor FROM history WHERE type IN ('list.included', 'list.removed', 'cons.ordered', 'cons.lifted'))
    WINDOW w AS (PARTITION BY subject, debtor ORDER BY place)
)
WHERE type IN ('cons.ordered', 'list.removed') OR type = 'list.included' AND ordered <= lifted;
INSERT INTO points
SELECT 'R-CONS-01.c', subject, [JSONExtractString(data, 'debtor_ref')], time, place,
       ifNull(toDate32OrNull(JSONExtractString(data, 'until_on')) > addMonths(day, 1), 0) ? 'orange' : ''
FROM history WHERE type = 'cons.exempted_once';
INSERT INTO clears
SELECT 'R-CONS-01.c', 'cured', subject, [JSONExtractString(data, 'debtor_ref')], time, place FROM history WHERE type = 'cons.lifted';

-- R-OBJ-03: disposed of while a third party's claim to it is open, in the time to sue, or in suit; without the applicant's guarantee.
INSERT INTO points
WITH
    disposals AS
    (
        SELECT h.subject AS subject, h.time AS time, h.day AS day, h.place AS place, k.asset AS asset
        FROM history AS h INNER JOIN keyed AS k ON k.place = h.place
        WHERE h.type IN ('auction.sold', 'asset.paid_over', 'asset.in_kind_settled') AND k.asset != ''
    ),
    acts AS
    (
        SELECT h.subject AS subject, h.place AS place, h.type AS type, h.data AS data, k.asset AS asset,
               JSONExtractString(h.type = 'objection.decided' ? r.data : h.data, 'kind') AS kind
        FROM history AS h INNER JOIN keyed AS k ON k.place = h.place LEFT JOIN referred AS r ON r.place = h.place
        WHERE h.type IN ('objection.received', 'objection.decided', 'suit.filed', 'suit.closed', 'case.guarantee_accepted')
    )
SELECT 'R-OBJ-03', d.subject, [d.asset], d.time, d.place,
       countIf((x.place < d.place AND x.asset IN ('', d.asset)) AS counts AND x.type = 'case.guarantee_accepted' AND JSONExtractString(x.data, 'by') = '申请人') = 0
       AND (countIf(counts AND x.type = 'objection.received' AND x.kind = '案外人') > countIf(counts AND x.type = 'objection.decided' AND x.kind = '案外人' AS decided)
            OR countIf(counts AND x.type = 'suit.filed' AND x.kind = '案外人') > countIf(counts AND x.type = 'suit.closed' AND x.kind = '案外人')
            OR countIf(decided AND JSONExtractString(x.data, 'result') = '驳回' AS refused) > 0
                AND ifNull(dateDiff('day', toDate32OrNull(argMaxIf(JSONExtractString(x.data, 'served_on'), x.place, refused)), any(d.day)), 99) <= 15) ? 'red' : ''
FROM disposals AS d LEFT JOIN acts AS x ON x.subject = d.subject
GROUP BY d.subject, d.asset, d.time, d.place;
INSERT INTO clears
SELECT 'R-OBJ-03', 'cured', h.subject, k.asset = '' ? [] : [k.asset], h.time, h.place
FROM history AS h INNER JOIN keyed AS k ON k.place = h.place
WHERE h.type = 'auction.revoked';
