-- What each payment or escrow takes from which receipt: by the parts named, or the whole.
CREATE TABLE paid ENGINE = Memory AS
SELECT subject, place, part.1 AS receipt, part.2 AS amount
FROM history
ARRAY JOIN JSONLength(data, 'parts') > 0
    ? arrayMap(p -> (JSONExtractString(p, 'receipt_id'), JSONExtractInt(p, 'amount_fen')), JSONExtractArrayRaw(data, 'parts'))
    : [(JSONHas(data, 'receipt_id') ? JSONExtractString(data, 'receipt_id') : JSONExtractString(data, 'receipt_ids', 1), JSONExtractInt(data, 'amount_fen'))] AS part
WHERE type IN ('fund.disbursed', 'fund.escrowed');

-- What each receipt of a case had brought, and what of it was still with the court, just after each event that asks: the amount told
-- last, less all that was paid of it by then, be it before the receipt was told.
CREATE TABLE remains ENGINE = Memory AS
WITH told AS
(
    SELECT
        e.subject AS subject, e.place AS place, e.type AS type, e.time AS at, JSONExtractString(e.data, 'receipt_id') AS own,
        JSONExtractString(r.data, 'receipt_id') AS receipt, argMaxIf(JSONExtractInt(r.data, 'amount_fen'), r.place, JSONHas(r.data, 'amount_fen')) AS brought
    FROM history AS e INNER JOIN history AS r ON r.subject = e.subject
    WHERE e.type IN ('fund.received', 'fund.matched', 'fund.disbursed', 'fund.escrowed', 'fund.deferral_ended')
        AND r.type IN ('fund.received', 'fund.matched') AND r.place <= e.place
    GROUP BY ALL
)
SELECT t.subject AS subject, t.place AS place, t.type AS type, t.at AS at, t.own AS own, t.receipt AS receipt, t.brought AS brought,
       brought - sumIf(p.amount, p.place <= t.place) AS left_fen
FROM told AS t LEFT JOIN paid AS p ON p.subject = t.subject AND p.receipt = t.receipt
GROUP BY ALL;

-- R-FUND-01: told of money that is matched to the case, not all of it paid by then ⇒ all of it disbursed or escrowed within 30 days, net of
-- approved deferrals.
INSERT INTO limits VALUES ('R-FUND-01', 'first', 30, 'calendar_days', 1);
INSERT INTO levels VALUES
    ('R-FUND-01', 1, 'yellow', 'start', 20, 'calendar_days'),
    ('R-FUND-01', 2, 'orange', 'limit', 0, ''),
    ('R-FUND-01', 3, 'red', 'start', 60, 'calendar_days');
INSERT INTO parts (rule, does, subject, key, at, place)
SELECT 'R-FUND-01', 'start', h.subject, [JSONExtractString(data, 'receipt_id')],
       toDateTime64(toDate32(JSONExtractString(data, 'finance_notified_on')), 6, 'Asia/Shanghai'), h.place
FROM history AS h INNER JOIN remains AS r ON r.place = h.place AND r.receipt = JSONExtractString(h.data, 'receipt_id')
WHERE r.left_fen > 0 AND (h.type = 'fund.received' AND JSONExtractString(data, 'case_no') != '' OR h.type = 'fund.matched')
    AND JSONExtractString(data, 'finance_notified_on') != '';
INSERT INTO parts (rule, does, subject, key, at, place)
SELECT 'R-FUND-01', 'stop', subject, [receipt], at, place
FROM remains WHERE left_fen <= 0 AND type IN ('fund.disbursed', 'fund.escrowed') AND own IN ('', receipt);
INSERT INTO parts (rule, does, subject, key, at, place, entry)
SELECT 'R-FUND-01', type = 'fund.deferral_ended' ? 'resume' : 'pause', subject, [JSONExtractString(data, 'receipt_id')],
       toDateTime64(toDate32(JSONExtractString(data, 'on')), 6, 'Asia/Shanghai'), place, 1
FROM history
WHERE JSONExtractString(data, 'on') != '' AND (type = 'fund.deferral_ended'
    OR type = 'fund.deferral_approved' AND JSONExtractString(data, 'approver_role') IN ('局长', '主管院长')
        AND JSONExtractString(data, 'reason') != '');

-- R-FUND-02.a: a deferral is over and money is left ⇒ all of it out within 10 days, unless deferred again.
INSERT INTO limits VALUES ('R-FUND-02.a', 'every', 10, 'calendar_days', 1), ('R-FUND-03', 'first', 3, 'working_days', 1);
INSERT INTO levels VALUES
    ('R-FUND-02.a', 1, 'orange', 'limit', 0, ''),
    ('R-FUND-03', 1, 'yellow', 'limit', 0, ''), ('R-FUND-03', 2, 'orange', 'start', 10, 'working_days');
INSERT INTO parts (rule, does, subject, key, at, place)
SELECT 'R-FUND-02.a', 'start', p.subject, p.key, p.at, p.place
FROM parts AS p
INNER JOIN remains AS r ON r.place = p.place AND r.receipt = p.key[1]
WHERE p.rule = 'R-FUND-01' AND p.does = 'resume' AND r.left_fen > 0;
INSERT INTO parts (rule, does, subject, key, at, place)
SELECT 'R-FUND-02.a', does = 'pause' ? 'cancel' : 'stop', subject, key, at, place
FROM parts WHERE rule = 'R-FUND-01' AND does IN ('stop', 'pause');

-- R-FUND-02.b: a deferral without a lawful approver or one of five reasons.
INSERT INTO pointed VALUES ('R-FUND-02.b', 'first', 1, 1);
INSERT INTO points
SELECT 'R-FUND-02.b', subject, [JSONExtractString(data, 'receipt_id')], toDateTime64(toDate32(JSONExtractString(data, 'on')), 6, 'Asia/Shanghai'), place,
       JSONExtractString(data, 'approver_role') NOT IN ('局长', '主管院长')
           OR JSONExtractString(data, 'reason') NOT IN ('分配', '另案冻结', '通知未领', '中止暂缓', '其他正当') ? 'orange' : ''
FROM history WHERE type = 'fund.deferral_approved' AND JSONExtractString(data, 'on') != '';
INSERT INTO clears
SELECT 'R-FUND-02.b', 'cured', subject, [JSONExtractString(data, 'receipt_id')], toDateTime64(toDate32(JSONExtractString(data, 'on')), 6, 'Asia/Shanghai'), place
FROM history WHERE type = 'fund.deferral_ended' AND JSONExtractString(data, 'on') != '';

-- R-FUND-03: money that belongs to no case yet ⇒ matched to one within 3 working days; the receipt is the subject.
INSERT INTO parts (rule, does, subject, at, place)
SELECT 'R-FUND-03', type = 'fund.matched' ? 'stop' : 'start', JSONExtractString(data, 'receipt_id'), time, place
FROM history WHERE type = 'fund.matched' OR type = 'fund.received' AND JSONExtractString(data, 'case_no') = '';

-- R-LEDG-01.a: what came less what went is never below 0 for a case.
INSERT INTO pointed VALUES
    ('R-LEDG-01.a', 'first', 1, 1), ('R-LEDG-01.b', 'first', 1, 1), ('R-LEDG-01.c', 'first', 1, 1),
    ('R-LEDG-01.d', 'every', 0, 1), ('R-LEDG-01.e', 'every', 0, 1);
INSERT INTO points
SELECT 'R-LEDG-01.a', subject, [], time, place, balance < 0 ? 'red' : ''
FROM money WHERE type IN ('fund.received', 'fund.matched', 'fund.disbursed', 'fund.escrowed');

-- R-LEDG-01.b: the applicant gets no more than claim, fee and interest; without a claim nothing is said.
INSERT INTO points
SELECT 'R-LEDG-01.b', h.subject, [], h.time, h.place, m.claim > 0 AND m.claim + m.fee + m.interest < h.out ? 'red' : ''
FROM
(
    SELECT *, sumIf(JSONExtractInt(data, 'amount_fen'), type = 'fund.disbursed' AND JSONExtractString(data, 'kind') = '案款') OVER w AS out
    FROM history WINDOW w AS (PARTITION BY subject ORDER BY place)
) AS h INNER JOIN money AS m ON m.place = h.place
WHERE h.type = 'fund.disbursed' AND JSONExtractString(h.data, 'kind') = '案款';

-- R-LEDG-01.c: the bank's balance is the account's ledger; the account is the subject.
INSERT INTO points
WITH
    flow AS
    (
        SELECT k.account AS account, h.time AS time,
               (h.type = 'fund.received' ? 1 : -1) * JSONExtractInt(h.data, 'amount_fen') AS amount
        FROM history AS h INNER JOIN keyed AS k ON k.place = h.place
        WHERE h.type IN ('fund.received', 'fund.disbursed', 'fund.escrowed')
    )
SELECT 'R-LEDG-01.c', b.account, [], b.at, b.place, b.balance != sum(f.time <= b.at ? f.amount : 0) ? 'red' : ''
FROM
(
    SELECT JSONExtractString(data, 'account_code') AS account, toDateTime64(parseDateTime64BestEffort(JSONExtractString(data, 'as_of_at'), 6, 'UTC'), 6, 'UTC') AS at, place,
           JSONExtractInt(data, 'balance_fen') AS balance
    FROM history WHERE type = 'fund.balance_reported' AND JSONExtractString(data, 'as_of_at') != ''
) AS b LEFT JOIN flow AS f ON f.account = b.account
GROUP BY b.account, b.at, b.place, b.balance;

-- R-LEDG-01.d: a payee is a party or a creditor of a plan. .e: one receipt is not paid out twice.
INSERT INTO points
SELECT 'R-LEDG-01.d', subject, [], time, place, payee != '' AND NOT has(known, payee) ? 'red' : ''
FROM
(
    SELECT *, JSONExtractString(data, 'payee_ref') AS payee, arrayFlatten(groupArray(multiIf(
        type = 'party.registered', [JSONExtractString(data, 'party_ref')],
        type = 'fund.plan_served', arrayMap(c -> JSONExtractString(c, 'creditor_ref'), JSONExtractArrayRaw(data, 'creditors')), [])) OVER w) AS known
    FROM history WINDOW w AS (PARTITION BY subject ORDER BY place)
)
WHERE type = 'fund.disbursed' AND JSONExtractString(data, 'kind') IN ('案款', '退款');
INSERT INTO points
SELECT 'R-LEDG-01.e', p.subject, [], p.time, p.place, r.receipt != '' AND p.out > r.brought ? 'red' : ''
FROM
(
    SELECT *, JSONExtractString(data, 'receipt_ids', 1) AS receipt, sum(JSONExtractInt(data, 'amount_fen')) OVER (PARTITION BY subject, receipt ORDER BY place) AS out
    FROM history WHERE type = 'fund.disbursed' AND JSONLength(data, 'receipt_ids') = 1
) AS p LEFT JOIN remains AS r ON r.place = p.place AND r.receipt = p.receipt;
