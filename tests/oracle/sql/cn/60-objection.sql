-- R-OBJ-01: received ⇒ filed in 3 days (.a) and decided in 15 (.c); filed ⇒ the parties told in 3 (.b), unless they were that day.
INSERT INTO limits VALUES
    ('R-OBJ-01.a', 'first', 3, 'calendar_days', 1), ('R-OBJ-01.b', 'first', 3, 'calendar_days', 1),
    ('R-OBJ-01.c', 'first', 15, 'calendar_days', 1);
INSERT INTO levels VALUES
    ('R-OBJ-01.a', 1, 'orange', 'limit', 0, ''),
    ('R-OBJ-01.b', 1, 'orange', 'limit', 0, ''),
    ('R-OBJ-01.c', 1, 'yellow', 'start', 12, 'calendar_days'),
    ('R-OBJ-01.c', 2, 'orange', 'limit', 0, ''),
    ('R-OBJ-01.c', 3, 'red', 'start', 30, 'calendar_days');
INSERT INTO parts (rule, does, subject, key, at, place)
SELECT part.1, part.2, subject, [objection], part.3, place
FROM (SELECT *, JSONExtractString(data, 'objection_id') AS objection, toDate32OrNull(JSONExtractString(data, 'notified_on')) AS told FROM history)
ARRAY JOIN arrayFilter(part -> part.2 != '', [
    ('R-OBJ-01.a', multiIf(type = 'objection.received', 'start', type = 'objection.filed', 'stop',
        type = 'objection.decided' AND JSONExtractString(data, 'result') = '撤回', 'cancel', ''), time),
    ('R-OBJ-01.b', multiIf(type = 'objection.filed' AND (told IS NULL OR told > day), 'start',
        type = 'objection.decided' AND JSONExtractString(data, 'result') = '撤回', 'cancel', ''), time),
    ('R-OBJ-01.b', type = 'objection.filed' AND told IS NOT NULL ? 'stop' : '',
        toDateTime64(ifNull(told, toDate32('1970-01-01')), 6, 'Asia/Shanghai')),
    ('R-OBJ-01.c', multiIf(type = 'objection.received', 'start', type = 'objection.decided', 'stop', ''), time)
]) AS part;
