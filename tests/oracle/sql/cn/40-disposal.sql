-- R-DISP-01: first control of property that has to be sold ⇒ valuation started within 30 days.
INSERT INTO limits VALUES ('R-DISP-01', 'first', 30, 'calendar_days', 0);
INSERT INTO levels VALUES
    ('R-DISP-01', 1, 'yellow', 'start', 20, 'calendar_days'),
    ('R-DISP-01', 2, 'orange', 'limit', 0, ''),
    ('R-DISP-01', 3, 'red', 'start', 60, 'calendar_days');
INSERT INTO parts (rule, does, subject, key, at, place)
WITH first_seen AS
(
    -- What names the asset first in its case: its discovery, as a rule.
    SELECT subject, JSONExtractString(data, 'asset_id') AS asset, place AS seen_at, JSONExtractString(data, 'class') AS class,
           JSONExtractBool(data, 'quoted') AS quoted, JSONHas(data, 'class') AS told
    FROM history WHERE JSONExtractString(data, 'asset_id') != ''
    ORDER BY place LIMIT 2 BY subject, asset
)
SELECT 'R-DISP-01', 'start', h.subject, [JSONExtractString(h.data, 'asset_id')], h.time, h.place
FROM history AS h
INNER JOIN first_seen AS f ON f.subject = h.subject AND f.asset = JSONExtractString(h.data, 'asset_id')
WHERE h.type = 'asset.controlled' AND JSONExtractInt(h.data, 'rank') = 1 AND f.seen_at != h.place
    AND told AND class NOT IN ('deposit', 'receivable', 'income') AND NOT (class = 'security' AND quoted)
ORDER BY seen_at LIMIT 1 BY h.place;
INSERT INTO parts (rule, does, subject, key, at, place)
SELECT 'R-DISP-01', type = 'asset.price_started' ? 'stop' : 'cancel', subject, [JSONExtractString(data, 'asset_id')], time, place
FROM history
WHERE type IN ('asset.price_started', 'asset.in_kind_settled', 'asset.paid_over')
    OR type = 'asset.released' AND JSONExtractString(data, 'scope') != '部分';
