-- What of each receipt is still with the court after each payment or escrow: amounts by the parts named, or the whole.
CREATE TABLE paid ENGINE = Memory AS
SELECT subject, receipt, at, place, type, sum(amount) OVER (PARTITION BY subject, receipt ORDER BY place) AS paid_fen
FROM
(
    SELECT subject, time AS at, place, type, part.1 AS receipt, part.2 AS amount
    FROM history
    ARRAY JOIN JSONLength(data, 'parts') > 0
        ? arrayMap(p -> (JSONExtractString(p, 'receipt_id'), JSONExtractInt(p, 'amount_fen')), JSONExtractArrayRaw(data, 'parts'))
        : [(JSONHas(data, 'receipt_id') ? JSONExtractString(data, 'receipt_id') : JSONExtractString(data, 'receipt_ids', 1), JSONExtractInt(data, 'amount_fen'))] AS part
    WHERE type IN ('fund.disbursed', 'fund.escrowed')
);

-- The receipts that a case has, with what they brought.
CREATE TABLE receipts ENGINE = Memory AS
SELECT subject, JSONExtractString(data, 'receipt_id') AS receipt, argMax(JSONExtractInt(data, 'amount_fen'), place) AS amount_fen
FROM history
WHERE type = 'fund.received' AND JSONExtractString(data, 'case_no') != '' OR type = 'fund.matched'
GROUP BY subject, receipt;

-- R-FUND-01: told of money that is matched to the case ⇒ all of it disbursed or escrowed within 30 days, net of approved deferrals.
INSERT INTO limits VALUES ('R-FUND-01', 'first', 30, 'calendar_days', 1);
INSERT INTO levels VALUES
    ('R-FUND-01', 1, 'yellow', 'start', 20, 'calendar_days'),
    ('R-FUND-01', 2, 'orange', 'limit', 0, ''),
    ('R-FUND-01', 3, 'red', 'start', 60, 'calendar_days');
INSERT INTO parts (rule, does, subject, key, at, place)
SELECT 'R-FUND-01', 'start', subject, [JSONExtractString(data, 'receipt_id')],
       toDateTime64(toDate32(JSONExtractString(data, 'finance_notified_on')), 6, 'Asia/Shanghai'), place
FROM history
WHERE (type = 'fund.received' AND JSONExtractString(data, 'case_no') != '' OR type = 'fund.matched')
    AND JSONExtractString(data, 'finance_notified_on') != '';
INSERT INTO parts (rule, does, subject, key, at, place)
SELECT 'R-FUND-01', 'stop', p.subject, [p.receipt], p.at, p.place
FROM paid AS p INNER JOIN receipts AS r ON r.subject = p.subject AND r.receipt = p.receipt
WHERE p.paid_fen >= r.amount_fen;
INSERT INTO parts (rule, does, subject, key, at, place, entry)
SELECT 'R-FUND-01', type = 'fund.deferral_ended' ? 'resume' : 'pause', subject, [JSONExtractString(data, 'receipt_id')],
       toDateTime64(toDate32(JSONExtractString(data, 'on')), 6, 'Asia/Shanghai'), place, 1
FROM history
WHERE JSONExtractString(data, 'on') != '' AND (type = 'fund.deferral_ended'
    OR type = 'fund.deferral_approved' AND JSONExtractString(data, 'approver_role') IN ('局长', '主管院长')
        AND JSONExtractString(data, 'reason') != '');
