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
    OR h.type IN ('suit.filed', 'case.guarantee_accepted', 'case.restored', 'clue.verified');

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

CREATE TABLE money ENGINE = Memory AS
SELECT
    subject, place, time, type, ifNull(last_claim, 0) AS claim,
    ifNull(last_fee, multiIf(claim <= 0, 0, claim <= 1000000, 5000, intDiv(
        5000 * 1000 + 15 * (least(claim, 50000000) - 1000000) + 10 * greatest(0, least(claim, 500000000) - 50000000)
        + 5 * greatest(0, least(claim, 1000000000) - 500000000) + greatest(0, claim - 1000000000) + 500, 1000))) AS fee,
    performed, claim + fee - performed AS owed, received, paid, escrowed, received - paid - escrowed AS balance
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
