-- What several rules ask: assets of auctions, states of assets, debtors, lists, and the money of a case after each of its events.

-- `event.ref`: the earliest event of the case with the value of the first id field of an event, if it stands before it; else of the
-- next id field. `ids` names the id fields of each type.
CREATE TABLE refs ENGINE = Memory AS
WITH
    told AS
    (
        SELECT subject, place, type, pair.1 AS name, pair.2 AS value
        FROM history ARRAY JOIN JSONExtractKeysAndValues(data, 'String') AS pair
        WHERE value != '' AND name IN (SELECT name FROM ids)
    ),
    earliest AS (SELECT subject, name, value, min(place) AS place FROM told GROUP BY subject, name, value)
SELECT t.place AS place, argMin(e.place, i.n) AS ref
FROM told AS t
INNER JOIN ids AS i ON i.type = t.type AND i.name = t.name
INNER JOIN earliest AS e ON e.subject = t.subject AND e.name = t.name AND e.value = t.value
WHERE e.place < t.place
GROUP BY t.place;
CREATE TABLE referred ENGINE = Memory AS
SELECT r.place AS place, r.ref AS ref, h.type AS type, h.data AS data FROM refs AS r INNER JOIN history AS h ON h.place = r.ref;

-- The asset, account and institution of an event: its own, else that of the event it refers to, and so on.
CREATE TABLE keyed ENGINE = Memory AS
SELECT
    h.place AS place,
    arrayFirst(v -> v != '', [JSONExtractString(h.data, 'asset_id'), JSONExtractString(one.data, 'asset_id'),
        JSONExtractString(two.data, 'asset_id'), JSONExtractString(three.data, 'asset_id')]) AS asset,
    arrayFirst(v -> v != '', [JSONExtractString(h.data, 'account_code'), JSONExtractString(one.data, 'account_code'),
        JSONExtractString(two.data, 'account_code'), JSONExtractString(three.data, 'account_code')]) AS account,
    arrayFirst(v -> v != '', [JSONExtractString(h.data, 'institution_code'), JSONExtractString(one.data, 'institution_code'),
        JSONExtractString(two.data, 'institution_code'), JSONExtractString(three.data, 'institution_code')]) AS institution
FROM history AS h
LEFT JOIN referred AS one ON one.place = h.place
LEFT JOIN referred AS two ON two.place = one.ref
LEFT JOIN referred AS three ON three.place = two.ref
WHERE h.type LIKE 'asset.%' OR h.type LIKE 'auction.%' OR h.type LIKE 'objection.%' OR h.type LIKE 'fund.%' OR h.type LIKE 'coord.%'
    OR h.type IN ('suit.filed', 'suit.closed', 'case.guarantee_accepted', 'case.restored', 'clue.verified');

CREATE TABLE auctions ENGINE = Memory AS
SELECT subject, JSONExtractString(data, 'auction_id') AS auction, argMin(JSONExtractString(data, 'asset_id'), place) AS asset
FROM history WHERE type = 'auction.announced' GROUP BY subject, auction;

-- A discovery makes nothing of an asset of which something else was told before.
CREATE TABLE asset_states ENGINE = Memory AS
SELECT subject, place, asset, state
FROM (SELECT *, minIf(place, state != 'discovered') OVER (PARTITION BY subject, asset) AS changed, countIf(state != 'discovered') OVER (PARTITION BY subject, asset) AS changes
FROM (
SELECT
    h.subject AS subject, h.place AS place,
    JSONExtractString(h.data, 'asset_id') != '' ? JSONExtractString(h.data, 'asset_id') : a.asset AS asset,
    multiIf(
        h.type = 'asset.discovered', 'discovered', h.type IN ('asset.controlled', 'auction.revoked'), 'controlled',
        h.type = 'asset.released', 'released', h.type = 'asset.paid_over', 'paid_over', h.type = 'asset.in_kind_settled', 'in_kind',
        h.type = 'asset.not_found', 'not_found', h.type = 'auction.sold', 'sold', 'unsold') AS state
FROM history AS h
LEFT JOIN auctions AS a ON a.subject = h.subject AND a.auction = JSONExtractString(h.data, 'auction_id')
WHERE h.type IN ('asset.discovered', 'asset.controlled', 'asset.paid_over', 'asset.in_kind_settled', 'asset.not_found',
                 'auction.sold', 'auction.revoked', 'auction.refused_in_kind')
    OR h.type = 'asset.released' AND JSONExtractString(h.data, 'scope') != '部分'
))
WHERE state != 'discovered' OR changes = 0 OR place < changed;

-- Who is registered as debtor, listed (with the ground) and limited, from each event on that says so.
CREATE TABLE debtor_states ENGINE = Memory AS
SELECT
    subject, place, time,
    type = 'party.registered' ? JSONExtractString(data, 'party_ref') : JSONExtractString(data, 'debtor_ref') AS debtor,
    multiIf(type = 'party.registered', 'debtor', type LIKE 'list.%', 'listed', 'limited') AS what,
    multiIf(type = 'party.registered', toInt64(JSONExtractString(data, 'role') = '被执行'), type = 'list.included', 1,
            type = 'cons.ordered', 1, 0) AS holds,
    toInt64OrZero(JSONExtractRaw(data, 'ground')) AS ground
FROM history
WHERE type IN ('party.registered', 'list.included', 'list.removed', 'cons.ordered', 'cons.lifted');

CREATE TABLE sums ENGINE = Memory AS
SELECT
    subject, place, time, type, ifNull(last_claim, 0) AS claim,
    ifNull(last_fee, multiIf(claim <= 0, 0, claim <= 1000000, 5000, intDiv(
        5000 * 1000 + 15 * (least(claim, 50000000) - 1000000) + 10 * greatest(0, least(claim, 500000000) - 50000000)
        + 5 * greatest(0, least(claim, 1000000000) - 500000000) + greatest(0, claim - 1000000000) + 500, 1000))) AS fee,
    performed, received, paid, escrowed, received - paid - escrowed AS balance
FROM
(
    SELECT
        subject, place, time, type,
        last_value(type IN ('case.application_received', 'case.filed') AND JSONHas(data, 'claim_fen') ? JSONExtractInt(data, 'claim_fen') : NULL)
            IGNORE NULLS OVER w AS last_claim,
        last_value(type = 'case.filed' AND JSONHas(data, 'fee_fen') ? JSONExtractInt(data, 'fee_fen') : NULL) IGNORE NULLS OVER w AS last_fee,
        sum(multiIf(
            type = 'case.obligation_performed' AND JSONExtractString(data, 'channel') != 'court', amount,
            type = 'fund.disbursed' AND JSONExtractString(data, 'kind') IN ('', '案款', '执行费'), amount,
            type = 'asset.in_kind_settled', JSONExtractInt(data, 'value_fen'), 0)) OVER w AS performed,
        sum(is_receipt ? amount - before : 0) OVER w AS received,
        sum(type = 'fund.disbursed' ? amount : 0) OVER w AS paid,
        sum(type = 'fund.escrowed' ? amount : 0) OVER w AS escrowed
    FROM
    (
        SELECT *, JSONExtractInt(data, 'amount_fen') AS amount, type IN ('fund.received', 'fund.matched') AND JSONHas(data, 'amount_fen') AS is_receipt,
               is_receipt ? lagInFrame(amount, 1, 0) OVER (
                   PARTITION BY subject, is_receipt, JSONExtractString(data, 'receipt_id') ORDER BY place
                   ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) : 0 AS before
        FROM history
    )
    WINDOW w AS (PARTITION BY subject ORDER BY place)
);

-- Interest through the day of each event that asks, day by day: of the debt of money what was unpaid the day before. It lessens by what the
-- debtor performs directly or in kind and by what the court receives, less what it gives back.
CREATE TABLE lessened ENGINE = Memory AS
SELECT subject, place, toInt32(day) AS day, multiIf(
    type = 'case.obligation_performed', JSONExtractString(data, 'channel') != 'court' ? amount : 0,
    type = 'asset.in_kind_settled', JSONExtractInt(data, 'value_fen'),
    type = 'fund.disbursed', JSONExtractString(data, 'kind') = '退款' ? -amount : 0,
    is_receipt, amount - before, 0) AS fen
FROM
(
    SELECT *, JSONExtractInt(data, 'amount_fen') AS amount, type IN ('fund.received', 'fund.matched') AND JSONHas(data, 'amount_fen') AS is_receipt,
           is_receipt ? lagInFrame(amount, 1, 0) OVER (PARTITION BY subject, is_receipt, JSONExtractString(data, 'receipt_id') ORDER BY place
               ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) : 0 AS before
    FROM history
)
WHERE fen != 0;
CREATE TABLE asking ENGINE = Memory AS
SELECT
    subject, place, toInt32(day) AS day, kind IN ('act', 'delivery') AS no_money,
    coalesce(toInt32(toDate32OrNull(judged)), toInt32(noticed)) AS late_after, toInt32(toDate32OrNull(from_on)) AS plain_after, rate
FROM
(
    SELECT
        subject, place, type, day,
        last_value(type IN ('case.application_received', 'case.filed') ? nullIf(JSONExtractString(data, 'claim_kind'), '') : NULL) IGNORE NULLS OVER w AS kind,
        last_value(type = 'case.filed' ? nullIf(JSONExtractString(data, 'perform_by_on'), '') : NULL) IGNORE NULLS OVER w AS judged,
        min(type = 'case.notice_issued' ? toDate32OrNull(JSONExtractString(data, 'perform_by_on')) : NULL) OVER w AS noticed,
        last_value(type = 'case.filed' ? nullIf(JSONExtractString(data, 'interest_from_on'), '') : NULL) IGNORE NULLS OVER w AS from_on,
        last_value(type = 'case.filed' AND JSONHas(data, 'interest_rate_bp') ? JSONExtractInt(data, 'interest_rate_bp') : NULL) IGNORE NULLS OVER w AS rate
    FROM history WINDOW w AS (PARTITION BY subject ORDER BY place)
)
WHERE type IN ('case.obligation_performed', 'asset.controlled', 'asset.released', 'asset.paid_over', 'list.included', 'fund.disbursed');
-- Stays for a review that the debtor didn't ask for, as known at each event that asks: until the first day on which one of its kind ended.
CREATE TABLE left_out ENGINE = Memory AS
SELECT q.place AS place, groupArray((begins, ends)) AS spans
FROM
(
    SELECT q.place AS place, s.begins AS begins,
           least(any(s.lapses), min(e.place > s.place AND e.place <= q.place AND (e.kind = '' OR e.kind = s.kind) ? e.day : 2000000000)) AS ends
    FROM asking AS q
    INNER JOIN
    (
        SELECT subject, place, type = 'case.deferred' ? '暂缓' : '中止' AS kind,
               toInt32(type = 'case.deferred' ? day : assumeNotNull(toDate32OrNull(JSONExtractString(data, 'on')))) AS begins,
               type = 'case.deferred' AND JSONExtractString(data, 'until_on') != '' ? toInt32(assumeNotNull(toDate32OrNull(JSONExtractString(data, 'until_on')))) + 1 : 2000000000 AS lapses
        FROM history
        WHERE JSONExtractString(data, 'requested_by') != '被执行人' AND (
            type = 'case.suspended' AND JSONExtractString(data, 'ground') IN ('再审', '破产')
            OR type = 'case.deferred' AND JSONExtractString(data, 'ground') = '上级监督')
    ) AS s ON s.subject = q.subject
    LEFT JOIN
    (
        SELECT subject, place, JSONExtractString(data, 'kind') AS kind, toInt32(assumeNotNull(toDate32OrNull(JSONExtractString(data, 'on')))) AS day
        FROM history WHERE type = 'case.stay_ended'
    ) AS e ON e.subject = q.subject
    WHERE s.place <= q.place
    GROUP BY q.place, s.place, s.begins
) AS q
GROUP BY q.place;
CREATE TABLE accrued ENGINE = Memory AS
SELECT place, intDiv(doubled * 175 + 500000, 1000000) + intDiv(plain * 2 + 3650000, 7300000) AS interest
FROM
(
    SELECT
        q.place AS place,
        q.late_after IS NULL ? 0 : arraySum(d -> arrayExists(s -> s.1 <= d AND d < s.2, o.spans) ? 0
            : greatest(0, least(m.claim, m.claim - arraySum(f -> f.1 < d ? f.2 : 0, l.flow))), range(toUInt32(assumeNotNull(q.late_after)) + 1, toUInt32(q.day) + 1)) AS doubled,
        q.plain_after IS NULL OR q.rate IS NULL ? 0 : assumeNotNull(q.rate) * arraySum(
            d -> greatest(0, least(m.claim, m.claim - arraySum(f -> f.1 < d ? f.2 : 0, l.flow))), range(toUInt32(assumeNotNull(q.plain_after)) + 1, toUInt32(q.day) + 1)) AS plain
    FROM asking AS q
    INNER JOIN sums AS m ON m.place = q.place
    LEFT JOIN
    (
        SELECT q.place AS place, groupArray((x.day, x.fen)) AS flow
        FROM asking AS q INNER JOIN lessened AS x ON x.subject = q.subject
        WHERE x.place <= q.place
        GROUP BY q.place
    ) AS l ON l.place = q.place
    LEFT JOIN left_out AS o ON o.place = q.place
    WHERE NOT ifNull(q.no_money, 0) AND m.claim > 0
);
CREATE TABLE money ENGINE = Memory AS
SELECT s.*, a.interest AS interest, s.claim + s.fee + interest - s.performed AS owed
FROM sums AS s LEFT JOIN accrued AS a ON a.place = s.place;
