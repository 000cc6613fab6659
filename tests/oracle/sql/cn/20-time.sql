-- R-TIME-01: filed ⇒ closed within six months, net of the pauses, with extensions by the president or a vice-president.
INSERT INTO limits VALUES ('R-TIME-01', 'first', 6, 'months', 0);
INSERT INTO levels VALUES
    ('R-TIME-01', 1, 'yellow', 'due', -30, 'calendar_days'),
    ('R-TIME-01', 2, 'yellow', 'due', -5, 'calendar_days'),
    ('R-TIME-01', 3, 'orange', 'limit', 0, ''),
    ('R-TIME-01', 4, 'red', 'due', 90, 'calendar_days');
INSERT INTO unless
SELECT 'R-TIME-01', 2, subject, [], min(time)
FROM history WHERE type IN ('case.extension_requested', 'case.extension_approved')
GROUP BY subject;
INSERT INTO parts (rule, does, subject, at, place)
SELECT 'R-TIME-01', type = 'case.filed' ? 'start' : 'stop', subject, time, place
FROM history WHERE type IN ('case.filed', 'case.closed');
INSERT INTO parts (rule, does, subject, at, place, day)
SELECT 'R-TIME-01', 'extend', subject, time, place, toDate32OrNull(JSONExtractString(data, 'until_on'))
FROM history
WHERE type = 'case.extension_approved' AND JSONExtractString(data, 'approver_role') IN ('院长', '副院长')
    AND JSONExtractString(data, 'until_on') != '';
-- Pauses of the shared clock: 1 and 2 by clock, 3 suspension, 4 deferral (which lapses at its own date).
INSERT INTO parts (rule, does, subject, at, place, entry, day)
SELECT 'R-TIME-01', does, subject, from_day IS NULL ? time : toDateTime64(assumeNotNull(from_day), 6, 'Asia/Shanghai'), place, entry, until_day
FROM
(
    SELECT
        subject, time, place,
        part.1 AS does, part.2 AS entry, toDate32OrNull(JSONExtractString(data, part.3)) AS from_day, part.3 AS field,
        part.2 = 4 AND part.1 = 'pause' ? toDate32OrNull(JSONExtractString(data, 'until_on')) : NULL AS until_day
    FROM
    (
        SELECT *, JSONExtractString(data, 'clock') AS which, JSONExtractString(data, 'ground') AS ground, JSONExtractString(data, 'kind') AS kind
        FROM history
    )
    ARRAY JOIN arrayFilter(part -> part.2 > 0, [
        (type = 'case.clock_paused' ? 'pause' : 'resume', multiIf(
            type = 'case.clock_paused' AND ground NOT IN ('公告', '暂缓', '中止', '请示', '执行争议协调'), 0,
            type NOT IN ('case.clock_paused', 'case.clock_resumed'), 0,
            which = '6mo', 1, which = 'all', 2, 0), type = 'case.clock_paused' ? 'from_on' : 'to_on'),
        (type = 'case.suspended' ? 'pause' : 'resume',
            type = 'case.suspended' OR type = 'case.stay_ended' AND kind != '暂缓' ? 3 : 0, 'on'),
        (type = 'case.deferred' ? 'pause' : 'resume',
            type = 'case.deferred' OR type = 'case.stay_ended' AND kind != '中止' ? 4 : 0, type = 'case.deferred' ? '' : 'on')
    ]) AS part
)
WHERE field = '' OR from_day IS NOT NULL;
