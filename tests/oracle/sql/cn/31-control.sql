-- R-CTRL-03.a: paid or ended ⇒ each asset that is then held (or unsold), and was not at such a time before, is released within 3 working days, 10 days red.
INSERT INTO limits VALUES
    ('R-CTRL-03.a', 'first', 3, 'working_days', 1), ('R-CTRL-03.b', 'every', 7, 'calendar_days', 1),
    ('R-CTRL-03.c', 'every', 7, 'calendar_days', 1), ('R-CTRL-04', 'last', 0, 'date', 1);
INSERT INTO levels VALUES
    ('R-CTRL-03.a', 1, 'orange', 'limit', 0, ''), ('R-CTRL-03.a', 2, 'red', 'start', 10, 'calendar_days'),
    ('R-CTRL-03.b', 1, 'orange', 'limit', 0, ''), ('R-CTRL-03.b', 2, 'red', 'start', 10, 'calendar_days'),
    ('R-CTRL-03.c', 1, 'orange', 'limit', 0, ''), ('R-CTRL-03.c', 2, 'red', 'start', 10, 'calendar_days'),
    ('R-CTRL-04', 1, 'yellow', 'due', -90, 'calendar_days'), ('R-CTRL-04', 2, 'yellow', 'due', -30, 'calendar_days'),
    ('R-CTRL-04', 3, 'orange', 'due', -7, 'calendar_days'), ('R-CTRL-04', 4, 'red', 'limit', 0, '');
CREATE TABLE settled ENGINE = Memory AS
SELECT h.subject AS subject, h.time AS time, h.place AS place, h.type AS type, JSONExtractString(h.data, 'mode') AS mode
FROM history AS h INNER JOIN money AS m ON m.place = h.place
WHERE h.type = 'case.closed' OR h.type = 'case.obligation_performed' AND m.claim > 0 AND m.owed <= 0;
INSERT INTO parts (rule, does, subject, element, at, place)
SELECT 'R-CTRL-03.a', 'start', subject, toJSONString(asset), time, place
FROM
(
    SELECT s.subject AS subject, s.time AS time, s.place AS place, a.asset AS asset, argMax(a.state, a.place) AS state
    FROM settled AS s INNER JOIN asset_states AS a ON a.subject = s.subject
    WHERE a.place <= s.place AND (s.type != 'case.closed' OR s.mode IN ('执行完毕', '终结执行'))
    GROUP BY ALL
)
WHERE state IN ('controlled', 'unsold');
INSERT INTO parts (rule, does, subject, element, at, place)
SELECT 'R-CTRL-03.a', type = 'asset.released' ? 'stop' : 'cancel', subject, toJSONString(JSONExtractString(data, 'asset_id')), time, place
FROM history
WHERE type IN ('asset.paid_over', 'asset.in_kind_settled') OR type = 'asset.released' AND JSONExtractString(data, 'scope') != '部分';

-- R-CTRL-03.b, .c: an objection of a third party, or to the excess, upheld ⇒ a release within 7 days, 10 days red.
INSERT INTO parts (rule, does, subject, key, at, place)
SELECT kind = '案外人' ? 'R-CTRL-03.b' : 'R-CTRL-03.c', 'start', h.subject, kind = '案外人' ? [k.asset] : [], h.time, h.place
FROM history AS h
INNER JOIN (SELECT place, JSONExtractString(data, 'kind') AS kind FROM referred) AS r ON r.place = h.place
INNER JOIN keyed AS k ON k.place = h.place
WHERE h.type = 'objection.decided' AND JSONExtractString(h.data, 'result') IN ('支持', '部分')
    AND (kind = '案外人' AND k.asset != '' OR kind = '超标的');
INSERT INTO parts (rule, does, subject, key, at, place)
SELECT rule, 'stop', subject, rule = 'R-CTRL-03.b' ? [JSONExtractString(data, 'asset_id')] : [], time, place
FROM history ARRAY JOIN ['R-CTRL-03.b', 'R-CTRL-03.c'] AS rule
WHERE type = 'asset.released';

-- R-CTRL-04: a control or renewal in the chain ⇒ renewed, released or realised by its expiry; each renewal replaces what was before.
INSERT INTO parts (rule, does, subject, key, at, place, day)
SELECT 'R-CTRL-04', 'start', rootid, [JSONExtractString(data, 'asset_id')], time, place, toDate32OrNull(JSONExtractString(data, 'expires_on')) AS expires
FROM history WHERE type IN ('asset.controlled', 'asset.renewed') AND expires IS NOT NULL;
INSERT INTO parts (rule, does, subject, key, at, place)
SELECT 'R-CTRL-04', 'stop', h.rootid, [k.asset], h.time, h.place
FROM history AS h INNER JOIN keyed AS k ON k.place = h.place
WHERE h.type IN ('asset.paid_over', 'asset.in_kind_settled', 'auction.ruling_served')
    OR h.type = 'asset.released' AND JSONExtractString(h.data, 'scope') != '部分';
