-- What several rules ask: assets of auctions, states of assets, debtors, lists, and the money of a case after each of its events.

CREATE TABLE auctions ENGINE = Memory AS
SELECT subject, JSONExtractString(data, 'auction_id') AS auction, argMin(JSONExtractString(data, 'asset_id'), place) AS asset
FROM history WHERE type = 'auction.announced' GROUP BY subject, auction;

CREATE TABLE asset_states ENGINE = Memory AS
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
    OR h.type = 'asset.released' AND JSONExtractString(h.data, 'scope') != '部分';

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
        sum(type IN ('fund.received', 'fund.matched') ? amount - before : 0) OVER w AS received,
        sum(type = 'fund.disbursed' ? amount : 0) OVER w AS paid,
        sum(type = 'fund.escrowed' ? amount : 0) OVER w AS escrowed
    FROM
    (
        SELECT *, JSONExtractInt(data, 'amount_fen') AS amount,
               type IN ('fund.received', 'fund.matched') ? lagInFrame(amount, 1, 0) OVER (
                   PARTITION BY subject, type IN ('fund.received', 'fund.matched'), JSONExtractString(data, 'receipt_id') ORDER BY place
                   ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) : 0 AS before
        FROM history
    )
    WINDOW w AS (PARTITION BY subject ORDER BY place)
);
