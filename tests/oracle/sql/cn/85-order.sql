-- R-SEQ-01.a, b, c, e: no earlier event of the kind that has to come first, for the case or for the asset.
INSERT INTO pointed VALUES
    ('R-SEQ-01.a', 'first', 0, 0), ('R-SEQ-01.b', 'first', 0, 0), ('R-SEQ-01.c', 'first', 0, 0), ('R-SEQ-01.d', 'every', 0, 0),
    ('R-SEQ-01.e', 'first', 0, 0), ('R-SEQ-01.f', 'first', 0, 0), ('R-SEQ-01.g', 'first', 0, 0),
    ('R-DATA-02.a', 'every', 0, 1);
INSERT INTO points
SELECT rule, subject, rule IN ('R-SEQ-01.b', 'R-SEQ-01.c') ? [asset] : [], time, place,
       multiIf(rule = 'R-SEQ-01.a', filed = 0 AND asked = 0, rule = 'R-SEQ-01.b', controlled = 0, rule = 'R-SEQ-01.c', priced = 0, told = 0) ? 'orange' : ''
FROM
(
    SELECT *,
        countIf(type = 'case.filed') OVER c AS filed, countIf(type = 'pres.applied') OVER c AS asked, countIf(type = 'case.notice_issued') OVER c AS told,
        countIf(type = 'asset.controlled') OVER a AS controlled, countIf(type = 'asset.price_determined') OVER a AS priced
    FROM (SELECT h.subject AS subject, h.time AS time, h.place AS place, h.type AS type, k.asset AS asset FROM history AS h LEFT JOIN keyed AS k ON k.place = h.place)
    WINDOW c AS (PARTITION BY subject ORDER BY place), a AS (PARTITION BY subject, asset ORDER BY place)
)
ARRAY JOIN multiIf(type = 'asset.controlled', ['R-SEQ-01.a'], type = 'auction.announced' AND asset != '', ['R-SEQ-01.b', 'R-SEQ-01.c'], type = 'term.ruled', ['R-SEQ-01.e'], []) AS rule;

-- R-SEQ-01.d: paid out before any of the receipts named had come.
INSERT INTO points
SELECT 'R-SEQ-01.d', subject, [], time, place, NOT hasAny(came, JSONExtract(data, 'receipt_ids', 'Array(String)')) ? 'orange' : ''
FROM
(
    SELECT *, groupArrayIf(JSONExtractString(data, 'receipt_id'), type IN ('fund.received', 'fund.matched')) OVER (PARTITION BY subject ORDER BY place) AS came
    FROM history
)
WHERE type = 'fund.disbursed';

-- R-SEQ-01.f: closed as performed, but less than the claim was, and no settlement was performed. .g: acts after the closing.
INSERT INTO points
SELECT 'R-SEQ-01.f', h.subject, [], h.time, h.place, m.claim > 0 AND m.performed < m.claim AND h.settled = 0 ? 'orange' : ''
FROM
(
    SELECT *, countIf(type = 'case.settlement_outcome' AND JSONExtractString(data, 'status') = 'performed') OVER (PARTITION BY subject ORDER BY place) AS settled
    FROM history
) AS h INNER JOIN money AS m ON m.place = h.place
WHERE h.type = 'case.closed' AND JSONExtractString(h.data, 'mode') = '执行完毕';
INSERT INTO points
SELECT 'R-SEQ-01.g', subject, [], time, place, closed != 'open' AND closed != '' AND (closed != '终结本次执行程序' OR masked > 0) ? 'orange' : ''
FROM
(
    SELECT *,
        argMaxIf(type = 'case.closed' ? JSONExtractString(data, 'mode') : 'open', place, type IN ('case.filed', 'case.closed', 'case.restored')) OVER w AS closed,
        countIf(type = 'term.masked' AND JSONExtractString(data, 'reason') IN ('履行完毕', '终结')) OVER w AS masked
    FROM history WINDOW w AS (PARTITION BY subject ORDER BY place)
)
WHERE type IN ('case.notice_issued', 'inquiry.requested', 'asset.controlled', 'asset.price_started', 'auction.announced', 'auction.sold', 'party.sanctioned');

-- R-DATA-02.a: an event, no heartbeat, received more than 5, or 15, working days after it happened.
INSERT INTO points
SELECT 'R-DATA-02.a', h.subject, [], h.time, h.place, multiIf(late > 15, 'orange', late > 5, 'yellow', '')
FROM
(
    SELECT h.subject AS subject, h.time AS time, h.place AS place, toInt64(b.before + b.works) - toInt64(a.before + a.works) AS late
    FROM history AS h
    INNER JOIN days AS a ON a.day = toInt32(h.day) INNER JOIN days AS b ON b.day = toInt32(toDate32(h.receivedtime, 'Asia/Shanghai'))
    WHERE h.subject NOT LIKE '%/%' AND h.type NOT LIKE 'pers.interference%' AND h.type != 'sys.feed_heartbeat'
) AS h;
