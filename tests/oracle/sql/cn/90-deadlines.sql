-- Every obligation of every rule with a limit: what finishes it, what moves it, and which of its levels were reached.

CREATE TABLE obligations ENGINE = Memory AS
WITH
    assumeNotNull((SELECT at FROM clock)) AS now,
    begun AS
    (
        SELECT p.rule AS rule, p.subject AS subject, p.key AS key, p.element AS element, p.at AS at, p.place AS place,
               l.arms AS arms, l.outlives AS outlives, p.day IS NULL ? l.unit : 'date' AS unit, p.day AS due_on, ifNull(p.n, l.n) AS n
        FROM parts AS p INNER JOIN limits AS l ON l.rule = p.rule
        WHERE p.does = 'start' AND p.at <= now
    ),
    armed AS
    (
        SELECT * FROM begun WHERE arms != 'first'
        UNION ALL
        SELECT * FROM begun
        WHERE arms = 'first'
        ORDER BY at, place LIMIT 1 BY rule, subject, key, element
    ),
    -- A stop or cancel counts from the start's instant on; an end, or the start that replaces this one, only after the start.
    -- What is several at once is a stop before a cancel, a cancel before an end.
    finishing AS
    (
        SELECT a.rule AS rule, a.subject AS subject, a.place AS armed_place, a.element AS element, p.at AS at, p.place AS place,
               multiIf(p.does = 'cancel', 2, p.does = 'end', 3, 1) AS how
        FROM armed AS a INNER JOIN parts AS p ON p.rule = a.rule AND p.subject = a.subject
        WHERE (p.speaks_for_all OR p.key = a.key) AND p.element IN ('', a.element) AND p.at <= now
            AND (p.does IN ('stop', 'cancel') AND p.at >= a.at
                OR p.does = 'start' AND a.arms = 'last' AND (p.at, p.place) > (a.at, a.place)
                OR p.does = 'end' AND (p.at, p.place) > (a.at, a.place))
            AND p.of_start IN (0, a.place)
        UNION ALL
        SELECT a.rule, a.subject, a.place, a.element, h.time, h.place, 3
        FROM armed AS a INNER JOIN history AS h ON h.subject = a.subject
        WHERE NOT a.outlives AND h.type IN ('case.closed', 'case.refused', 'case.transferred')
            AND (h.time, h.place) > (a.at, a.place) AND h.time <= now
    ),
    finished AS
    (
        SELECT * FROM finishing ORDER BY at, place, how LIMIT 1 BY rule, subject, armed_place, element
    )
SELECT
    a.*, row_number() OVER (ORDER BY a.rule, a.subject, a.place, a.element) AS no,
    ['', 'cured', 'closed', 'closed'][f.how + 1] AS finish,
    f.how > 0 ? f.at : now AS until, f.place AS finish_place
FROM armed AS a
LEFT JOIN finished AS f ON f.rule = a.rule AND f.subject = a.subject AND f.armed_place = a.place AND f.element = a.element;

-- The pauses of each obligation as (begin, end); a pause that lapses at a date stands until then like any other.
CREATE TABLE paused ENGINE = Memory AS
WITH
    toDateTime64('2299-01-01 00:00:00', 6, 'UTC') AS never,
    ended AS
    (
        SELECT p.rule AS rule, p.subject AS subject, p.key AS key, p.entry AS entry, p.at AS at, p.place AS place, p.day AS day,
               p.speaks_for_all AS speaks_for_all,
               minIf(r.at, r.does = 'resume' AND (r.speaks_for_all OR p.speaks_for_all OR r.key = p.key)
                   AND r.at >= p.at AND r.at <= (SELECT at FROM clock)) AS resumed
        FROM parts AS p LEFT JOIN parts AS r ON r.rule = p.rule AND r.subject = p.subject AND r.entry = p.entry
        WHERE p.does = 'pause'
        GROUP BY ALL
    ),
    spans AS
    (
        SELECT *,
               resumed = toDateTime64(0, 6, 'UTC') ? never : resumed AS back,
               day IS NULL ? never : greatest(at, toDateTime64(toDate32(assumeNotNull(day)) + 1, 6, 'Asia/Shanghai')) AS lapse
        FROM ended
    )
SELECT o.no AS of, arraySort(groupArray((s.at, least(back, lapse)))) AS spans
FROM obligations AS o INNER JOIN spans AS s ON s.rule = o.rule AND s.subject = o.subject
WHERE (s.speaks_for_all OR s.key = o.key) AND s.at < o.until AND least(back, lapse) > s.at
GROUP BY o.no;

CREATE TABLE extended ENGINE = Memory AS
SELECT o.no AS of, arraySort(groupArray((p.at, p.place, assumeNotNull(p.day)))) AS grants
FROM obligations AS o INNER JOIN parts AS p ON p.rule = o.rule AND p.subject = o.subject
WHERE p.does = 'extend' AND (p.speaks_for_all OR p.key = o.key) AND p.at >= o.at AND p.at < o.until AND p.day IS NOT NULL
GROUP BY o.no;

-- An epoch is a time in which nothing new was known of the obligation: no pause, no end of one, no extension.
CREATE TABLE epochs ENGINE = Memory AS
SELECT
    o.*, p.spans AS spans, x.grants AS grants,
    arraySort(arrayDistinct(arrayConcat(
        [o.at],
        arrayFilter(t -> t > o.at AND t < o.until,
            arrayConcat(spans.1, spans.2, grants.1))))) AS turns,
    e AS epoch, turns[e] AS since, e < length(turns) ? turns[e + 1] : toDateTime64('2299-01-01 00:00:00', 6, 'UTC') AS till,
    e = length(turns) AS is_last
FROM obligations AS o
LEFT JOIN paused AS p ON p.of = o.no
LEFT JOIN extended AS x ON x.of = o.no
ARRAY JOIN arrayEnumerate(turns) AS e;

-- The due day or instant in each epoch, by what was known in it, and the instant of each level. Days are numbers from 1970-01-01.
CREATE TABLE dated ENGINE = Memory AS
WITH
    (SELECT groupArray(day) FROM (SELECT day FROM days WHERE works ORDER BY day)) AS workdays,
    (SELECT groupArray(before) FROM (SELECT before FROM days ORDER BY day)) AS worked_before,
    (SELECT min(day) FROM days) AS origin,
    toDateTime64('2299-01-01 00:00:00', 6, 'UTC') AS never,
    t -> toInt32(toDate32(t, 'Asia/Shanghai')) AS day_of,
    da -> toDateTime64(toDate32(da + 1), 6, 'Asia/Shanghai') AS after,
    -- The place of the first working day that isn't before a day; the first of those that no pause takes, from there on.
    di -> worked_before[di - origin + 1] + 1 AS index_of,
    (dr, tr) -> arrayFirst(wr -> NOT has(tr, wr), arraySlice(workdays, index_of(dr), empty(tr) ? 1 : length(tr) + 1)) AS rolled,
    -- n days after a day, of which none is taken; n working days likewise; n working days off a day, forth or back.
    (dn, mn, tn) -> arrayFold((an, xn) -> xn <= an ? toInt32(an + 1) : an, tn, toInt32(dn + mn)) AS days_on,
    (dw, mw, tw) -> arrayFilter(ww -> NOT has(tw, ww), arraySlice(workdays, index_of(dw + 1), mw + length(tw)))[mw] AS workdays_on,
    (df, mf) -> toInt32(workdays[mf > 0 ? worked_before[df + 1 - origin + 1] + mf : worked_before[df - origin + 1] + mf + 1]) AS workdays_off,
    (dc, mc, uc, tc) -> multiIf(
        uc = 'working_days', toInt32(workdays_on(dc, greatest(mc, 1), tc)),
        uc = 'date', days_on(dc, mc, tc),
        uc = 'months, 3 working_days', toInt32(workdays_on(toInt32(addMonths(toDate32(dc), mc)), 3, tc)),
        toInt32(rolled(days_on(dc, uc = 'months' ? toInt32(toInt32(addMonths(toDate32(dc), mc)) - dc) : mc, tc), tc))) AS counted,
    known AS
    (
        -- What is known of pauses and extensions in this epoch; what the finish finds open never ends.
        SELECT
            *,
            unit LIKE '%hours' AS in_hours,
            day_of(at) AS begun,
            arrayMap(s -> (s.1, s.2 <= since ? s.2 : never), arrayFilter(s -> s.1 <= since AND s.2 > at, spans)) AS told,
            arrayFilter(g -> g.1 <= since, grants)[-1] AS extension,
            extension.2 > 0 AS is_extended,
            arrayFilter(s -> NOT is_extended OR s.2 > extension.1, told) AS felt,
            arrayMin(arrayPushBack(arrayMap(s -> s.2 = never ? day_of(s.1) : 1000000, felt), 1000000)) AS open_from,
            arraySort(arrayDistinct(arrayFlatten(arrayMap(
                s -> range(greatest(day_of(s.1), multiIf(is_extended, toInt32(day_of(extension.1) + 1), n = 0, begun, toInt32(begun + 1))), toInt32(s.2 = never ? day_of(s.1) : day_of(s.2))), felt)))) AS taken,
            arraySum(arrayMap(s -> s.2 = never ? 0 : dateDiff('microsecond', greatest(s.1, at), s.2), felt)) AS lost
        FROM epochs
    ),
    due AS
    (
        SELECT
            *,
            multiIf(
                is_extended, counted(begun, toInt32(toInt32(extension.3) - begun), 'date', taken),
                unit = 'date', counted(begun, toInt32(toInt32(ifNull(due_on, toDate32('1970-01-01'))) - begun), 'date', taken),
                in_hours, 0,
                counted(begun, n, unit, taken)) AS due_day,
            in_hours ? addMicroseconds(at, toInt64(n) * 3600000000 + lost) : after(due_day) AS due_at,
            in_hours ? notEmpty(arrayFilter(s -> s.2 = never AND s.1 <= due_at, felt)) : due_day >= open_from AS stands_still
        FROM known
    )
SELECT
    d.no AS no, d.place AS place, d.rule AS rule, d.subject AS subject, d.key AS key, d.finish AS finish, d.until AS until, d.in_hours AS in_hours,
    d.since AS since, d.till AS till, d.due_at AS due_at, d.stands_still AS stands_still, v.nth AS nth, v.severity AS severity,
    multiIf(
        v.counts_from = 'limit', d.due_day,
        v.counts_from = 'start', counted(d.begun, v.n, v.unit, d.taken),
        v.unit = 'working_days', workdays_off(d.due_day, v.n),
        d.due_day + v.n) AS level_day,
    -- What would be reached while a pause stands is reached when it is over.
    arrayFold((t, s) -> t > s.1 AND t < s.2 ? s.2 : t, d.told, computed) AS instant,
    greatest(d.at, multiIf(
        d.in_hours AND v.counts_from = 'limit', d.due_at,
        d.in_hours AND v.counts_from = 'start', addMicroseconds(d.at, toInt64(v.n) * 3600000000 + d.lost),
        d.in_hours, addMicroseconds(d.due_at, toInt64(v.n) * 3600000000),
        after(level_day))) AS computed,
    v.counts_from = 'start' AND NOT d.in_hours ? level_day >= d.open_from : d.stands_still AS waits
FROM due AS d INNER JOIN levels AS v ON v.rule = d.rule;

-- A level is reached in the epoch in which its instant lies, or at the start of that which puts its instant into the past, by the
-- clock, unless the obligation was finished in time. What bars it must come before a day's instant, at the latest at one of hours.
CREATE TABLE reached ENGINE = Memory AS
WITH assumeNotNull((SELECT at FROM clock)) AS now, greatest(instant, since) AS comes_at
SELECT d.no AS no, d.nth AS nth, d.severity AS severity, min(comes_at) AS first_at
FROM dated AS d
LEFT JOIN
(
    SELECT o.no AS of, u.nth AS of_level, min(u.at) AS barred_at, 1 AS is_barred
    FROM obligations AS o INNER JOIN unless AS u ON u.rule = o.rule AND u.subject = o.subject
    WHERE u.key = o.key AND u.of_start IN (0, o.place)
    GROUP BY of, of_level
) AS u ON u.of = d.no AND u.of_level = d.nth
WHERE NOT waits AND instant <= till
    AND (in_hours ? now > comes_at AND (finish = '' OR until > comes_at) : now >= comes_at AND (finish = '' OR until >= comes_at))
    AND (NOT is_barred OR (in_hours OR instant < since ? comes_at < barred_at : comes_at <= barred_at))
GROUP BY no, nth, severity;

INSERT INTO found
WITH
    raised AS
    (
        SELECT no, min(first_at) AS raised_at, max(indexOf(['yellow', 'orange', 'red'], severity)) AS rank
        FROM reached GROUP BY no
    ),
    last_due AS
    (
        SELECT no, any(in_hours) AS in_hours, argMax(due_at, since) AS due, argMax(stands_still, since) AS still
        FROM dated GROUP BY no
    )
SELECT
    o.rule, o.subject, o.key, o.element,
    ['yellow', 'orange', 'red'][r.rank] AS severity,
    l.in_hours ? l.due : subtractSeconds(l.due, 1) AS due_at,
    r.raised_at,
    nullIf(o.finish, '') AS end_reason,
    o.finish = 'cured' ? (l.still ? 0 : 1) * greatest(0, dateDiff('day', toDate32(due_at, 'Asia/Shanghai'), toDate32(o.until, 'Asia/Shanghai'))) : NULL AS breach_days
FROM raised AS r
INNER JOIN obligations AS o ON o.no = r.no
INNER JOIN last_due AS l ON l.no = r.no;
