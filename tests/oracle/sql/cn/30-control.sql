-- R-CTRL-01.a and .b: property found that can be controlled ⇒ controlled or paid over; deposits in 2 working days, other in 7 days.
INSERT INTO limits VALUES ('R-CTRL-01.a', 'first', 2, 'working_days', 0), ('R-CTRL-01.b', 'first', 7, 'calendar_days', 0);
INSERT INTO levels VALUES
    ('R-CTRL-01.a', 1, 'orange', 'limit', 0, ''),
    ('R-CTRL-01.a', 2, 'red', 'start', 6, 'working_days'),
    ('R-CTRL-01.b', 1, 'orange', 'limit', 0, ''),
    ('R-CTRL-01.b', 2, 'red', 'start', 21, 'calendar_days');
INSERT INTO parts (rule, does, subject, key, at, place)
SELECT rule, type = 'asset.discovered' ? 'start' : 'stop', subject, [JSONExtractString(data, 'asset_id')], time, place
FROM history ARRAY JOIN ['R-CTRL-01.a', 'R-CTRL-01.b'] AS rule
WHERE type IN ('asset.controlled', 'asset.paid_over')
    OR type = 'asset.discovered' AND JSONExtractBool(data, 'controllable')
        AND JSONHas(data, 'class') AND (JSONExtractString(data, 'class') = 'deposit') = (rule = 'R-CTRL-01.a');
