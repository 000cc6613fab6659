-- R-TIME-01: filed ⇒ closed within six months, net of the pauses, with extensions by the president or a vice-president.
INSERT INTO limits VALUES ('R-TIME-01', 'first', 6, 'months', 0);
INSERT INTO levels VALUES
    ('R-TIME-01', 1, 'yellow', 'due', -30, 'calendar_days'),
    ('R-TIME-01', 2, 'yellow', 'due', -5, 'calendar_days'),
    ('R-TIME-01', 3, 'orange', 'limit', 0, ''),
    ('R-TIME-01', 4, 'red', 'due', 90, 'calendar_days');
INSERT INTO unless
SELECT 'R-TIME-01', 2, subject, [], min(time), 0
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

-- R-TIME-03: an applicant may turn to the court above after six months: (a) property known on receipt, (b) property found and not
-- realised, (c) an act owed and no measure taken. Valuation and disputes of jurisdiction are left out too, requests for
-- instruction (请示) are not; of the disposal clock only valuation.
INSERT INTO limits VALUES
    ('R-TIME-03.a', 'first', 6, 'months', 0), ('R-TIME-03.b', 'first', 6, 'months', 0), ('R-TIME-03.c', 'first', 6, 'months', 0);
INSERT INTO levels VALUES
    ('R-TIME-03.a', 1, 'red', 'limit', 0, ''), ('R-TIME-03.b', 1, 'red', 'limit', 0, ''), ('R-TIME-03.c', 1, 'red', 'limit', 0, '');
INSERT INTO parts (rule, does, subject, key, at, place)
SELECT part.1, part.2, subject, part.3, time, place
FROM (SELECT *, JSONExtractString(data, 'asset_id') AS asset FROM history)
ARRAY JOIN arrayFilter(part -> part.2 != '', [
    ('R-TIME-03.a', multiIf(
        type = 'case.application_received' AND JSONExtractBool(data, 'assets_known'), 'start', type = 'case.closed', 'stop', ''),
        emptyArrayString()),
    ('R-TIME-03.b', multiIf(
        type = 'asset.discovered' AND JSONExtractBool(data, 'controllable'), 'start',
        type IN ('asset.paid_over', 'asset.in_kind_settled'), 'stop',
        type = 'asset.released' AND JSONExtractString(data, 'scope') != '部分', 'cancel', ''), [asset]),
    ('R-TIME-03.c', multiIf(
        type = 'case.application_received' AND JSONExtractString(data, 'claim_kind') = 'act', 'start',
        type IN ('asset.controlled', 'party.sanctioned', 'cons.ordered', 'list.included', 'case.obligation_performed', 'case.closed'),
        'stop', ''), emptyArrayString())
]) AS part;
-- The asset of an auction is that of the event that it refers to.
INSERT INTO parts (rule, does, subject, key, at, place)
SELECT 'R-TIME-03.b', 'stop', h.subject, [k.asset], h.time, h.place
FROM history AS h INNER JOIN keyed AS k ON k.place = h.place
WHERE h.type = 'auction.ruling_served' AND k.asset != '';
INSERT INTO parts (rule, does, subject, at, place, entry, day, speaks_for_all)
SELECT rule, does, subject, at, place, part.1, part.1 = 5 AND does = 'pause' ? until_day : NULL, 1
FROM
(
    SELECT *, JSONExtractString(data, 'clock') AS which, JSONExtractString(data, 'ground') AS ground, JSONExtractString(data, 'kind') AS kind,
           type IN ('case.clock_paused', 'case.suspended', 'case.deferred') ? 'pause' : 'resume' AS does,
           toDate32OrNull(JSONExtractString(data, 'until_on')) AS until_day,
           toDate32OrNull(JSONExtractString(data, multiIf(type = 'case.clock_paused', 'from_on', type = 'case.clock_resumed', 'to_on', 'on'))) AS on_day,
           type = 'case.deferred' ? time : toDateTime64(ifNull(on_day, toDate32('1970-01-01')), 6, 'Asia/Shanghai') AS at
    FROM history
    WHERE type IN ('case.clock_paused', 'case.clock_resumed', 'case.suspended', 'case.deferred', 'case.stay_ended')
)
ARRAY JOIN arrayFilter(part -> part.2, [
    (1, type LIKE 'case.clock%' AND which = '6mo'
        AND (does = 'resume' OR ground IN ('公告', '评估鉴定', '管辖争议', '执行争议协调', '暂缓', '中止'))),
    (2, type LIKE 'case.clock%' AND which = 'all'
        AND (does = 'resume' OR ground IN ('公告', '评估鉴定', '管辖争议', '执行争议协调', '暂缓', '中止'))),
    (3, type LIKE 'case.clock%' AND which = 'disposal' AND (does = 'resume' OR ground = '评估鉴定')),
    (4, type = 'case.suspended' OR type = 'case.stay_ended' AND kind != '暂缓'),
    (5, type = 'case.deferred' OR type = 'case.stay_ended' AND kind != '中止')
]) AS part
ARRAY JOIN ['R-TIME-03.a', 'R-TIME-03.b', 'R-TIME-03.c'] AS rule
WHERE type = 'case.deferred' OR on_day IS NOT NULL;
