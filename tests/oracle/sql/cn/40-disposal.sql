-- R-DISP-01: first control of property that has to be sold ⇒ valuation started within 30 days.
INSERT INTO limits VALUES ('R-DISP-01', 'first', 30, 'calendar_days', 0);
INSERT INTO levels VALUES
    ('R-DISP-01', 1, 'yellow', 'start', 20, 'calendar_days'),
    ('R-DISP-01', 2, 'orange', 'limit', 0, ''),
    ('R-DISP-01', 3, 'red', 'start', 60, 'calendar_days');
INSERT INTO parts (rule, does, subject, key, at, place)
-- What names the asset first in its case says of what class it is: its discovery, as a rule.
SELECT 'R-DISP-01', 'start', h.subject, [JSONExtractString(h.data, 'asset_id')], h.time, h.place
FROM history AS h INNER JOIN referred AS r ON r.place = h.place
WHERE h.type = 'asset.controlled' AND JSONExtractInt(h.data, 'rank') = 1
    AND JSONExtractString(r.data, 'class') NOT IN ('', 'deposit', 'receivable', 'income')
    AND NOT (JSONExtractString(r.data, 'class') = 'security' AND JSONExtractBool(r.data, 'quoted'));
INSERT INTO parts (rule, does, subject, key, at, place)
SELECT 'R-DISP-01', type = 'asset.price_started' ? 'stop' : 'cancel', subject, [JSONExtractString(data, 'asset_id')], time, place
FROM history
WHERE type IN ('asset.price_started', 'asset.in_kind_settled', 'asset.paid_over')
    OR type = 'asset.released' AND JSONExtractString(data, 'scope') != '部分';
