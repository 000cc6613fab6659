-- What is held first in rank at each event that asks, with its value less what lies on it.
CREATE TABLE seized ENGINE = Memory AS
WITH
    facts AS
    (
        SELECT subject, place, type, JSONExtractString(data, 'asset_id') AS asset, data FROM history WHERE type LIKE 'asset.%'
    )
SELECT of, sum(value - encumbrance) AS worth, count() AS assets, countIf(NOT indivisible) AS divisible
FROM
(
    SELECT
        q.place AS of, f.asset AS asset,
        argMaxIf(JSONExtractString(f.data, 'class'), f.place, f.type = 'asset.discovered') AS class,
        argMaxIf(JSONExtractInt(f.data, 'est_value_fen'), f.place, f.type = 'asset.discovered') AS estimate,
        argMaxIf(JSONExtractInt(f.data, 'encumbrance_fen'), f.place, f.type = 'asset.discovered') AS encumbrance,
        argMaxIf(JSONExtractBool(f.data, 'indivisible'), f.place, f.type = 'asset.discovered') AS indivisible,
        argMaxIf(JSONExtractInt(f.data, 'rank'), f.place, f.type = 'asset.controlled' AND JSONHas(f.data, 'rank')) AS rank,
        argMaxIf(JSONExtractInt(f.data, 'amount_fen'), f.place, f.type = 'asset.controlled' AND JSONHas(f.data, 'amount_fen')) AS amount,
        countIf(f.type = 'asset.controlled' AND JSONHas(f.data, 'amount_fen')) AS amounts,
        class = 'deposit' AND amounts > 0 ? amount : estimate AS value
    FROM (SELECT subject, place FROM history WHERE type IN ('asset.controlled', 'asset.released', 'asset.paid_over', 'list.included')) AS q
    INNER JOIN facts AS f ON f.subject = q.subject
    WHERE f.place <= q.place
    GROUP BY of, asset
) AS v
INNER JOIN
(
    SELECT q.place AS of, s.asset AS asset, argMax(s.state, s.place) AS state
    FROM history AS q INNER JOIN asset_states AS s ON s.subject = q.subject
    WHERE s.place <= q.place AND q.type IN ('asset.controlled', 'asset.released', 'asset.paid_over', 'list.included')
    GROUP BY of, asset
) AS t ON t.of = v.of AND t.asset = v.asset
WHERE state = 'controlled' AND rank = 1
GROUP BY of;

-- R-CTRL-02: far more is held than is owed, unless it is one thing that can't be divided.
INSERT INTO pointed VALUES ('R-CTRL-02', 'first', 1, 0);
INSERT INTO points
SELECT 'R-CTRL-02', m.subject, [], m.time, m.place,
       multiIf(m.owed <= 0 OR s.assets = 1 AND s.divisible = 0, '', s.worth * 100 > m.owed * 250, 'red', s.worth * 100 > m.owed * 180, 'orange',
               s.worth * 100 > m.owed * 130, 'yellow', '')
FROM money AS m LEFT JOIN seized AS s ON s.of = m.place
WHERE m.type IN ('asset.controlled', 'asset.released', 'asset.paid_over');
