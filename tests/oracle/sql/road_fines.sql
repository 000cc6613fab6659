-- The alerts that stand at the clock by docs/tutorial/packs/road_fines.toml, said again over raw events.
--
-- Reads `events_now` of the database in use. Every rule here arms once for a case, counts civil days of Europe/Rome or
-- elapsed hours, and moves no date for a holiday. One row for each alert: an obligation of which a level was reached.
WITH
    'Europe/Rome' AS zone,
    %(clock)s AS clock,
    -- A civil day, the first instant of one, and the instant from which a last day has passed.
    at -> toDate32(at, zone) AS day_of,
    day -> toTimeZone(toDateTime64(day, 6, zone), 'UTC') AS opening,
    day -> opening(day + 1) AS after,
    (at, n) -> at + toIntervalMillisecond(n * 3600000) AS hours_later,

    history AS
    (
        SELECT
            source, id, subject, type, time, data,
            row_number() OVER (PARTITION BY subject ORDER BY time, recordedtime, source, sequence, id) AS place
        FROM events_now
        WHERE time <= clock AND receivedtime <= clock
    ),

    -- What an event is to each rule. Sending for collection ends the case, but fulfils RF-4: what stops and ends is a stop.
    parts AS
    (
        SELECT
            source, id, subject, time, place, part.1 AS rule, part.2 AS does
        FROM history
        ARRAY JOIN
        [
            ('RF-1', multiIf(
                type = 'x.create_fine', 'start',
                type = 'x.send_fine', 'stop',
                type = 'x.payment', 'cancel',
                type = 'x.send_for_credit_collection', 'end', '')),
            ('RF-2', multiIf(
                type = 'x.send_fine', 'start',
                type = 'x.insert_fine_notification', 'stop',
                type = 'x.payment', 'cancel',
                type = 'x.send_for_credit_collection', 'end', '')),
            ('RF-3', multiIf(
                type = 'x.insert_fine_notification', 'start',
                type = 'x.add_penalty', 'stop',
                type = 'x.insert_date_appeal_to_prefecture', 'cancel',
                type = 'x.send_for_credit_collection', 'end', '')),
            ('RF-4', multiIf(
                type = 'x.add_penalty', 'start',
                type = 'x.send_for_credit_collection', 'stop',
                type = 'x.payment' AND JSONType(data, 'paymentAmount') IN ('Double', 'Int64', 'UInt64')
                    AND JSONExtractFloat(data, 'paymentAmount') >= 10, 'cancel',
                type = 'x.send_appeal_to_prefecture', 'cancel', ''))
        ] AS part
        WHERE does != ''
    ),

    -- The earliest start of a case arms the rule, and no later one does.
    armed AS
    (
        SELECT rule, subject, source, id, time, place
        FROM parts
        WHERE does = 'start'
        ORDER BY place
        LIMIT 1 BY rule, subject
    ),

    -- The first event in the order of history that finishes it. A stop or cancel counts from the start's instant on, be it
    -- before the start in that order or after; an end takes only what was armed before it.
    finishing AS
    (
        SELECT
            a.rule AS rule, a.subject AS subject, a.place AS armed_place,
            f.place AS finish_place, f.time AS finish_at, f.does AS finish_does, (f.source, f.id) AS finish
        FROM armed AS a
        INNER JOIN parts AS f ON f.rule = a.rule AND f.subject = a.subject
        WHERE f.does IN ('stop', 'cancel') AND f.time >= a.time OR f.does = 'end' AND f.place > a.place
        ORDER BY finish_place
        LIMIT 1 BY rule, subject, armed_place
    ),

    finished AS
    (
        SELECT
            a.rule AS rule, a.subject AS subject, (a.source, a.id) AS arming, a.time AS armed_at,
            f.finish_place > 0 AS is_finished, f.finish_at AS finish_at, f.finish_does AS finish_does, f.finish AS finish
        FROM armed AS a
        LEFT JOIN finishing AS f ON f.rule = a.rule AND f.subject = a.subject AND f.armed_place = a.place
    ),

    -- The due instant: for days the first that is too late, for hours the last that is in time.
    dated AS
    (
        SELECT
            *,
            rule != 'RF-3' AS in_days,
            multiIf(
                rule = 'RF-1', after(day_of(armed_at) + 90),
                rule = 'RF-2', after(day_of(armed_at) + 20),
                rule = 'RF-3', hours_later(armed_at, 1440),
                after(addMonths(day_of(armed_at), 15))) AS due,
            multiIf(
                rule = 'RF-1',
                    [
                        ('yellow', after(day_of(armed_at) + 72)), -- 80 per cent of 90
                        ('orange', due),
                        ('red', after(day_of(armed_at) + 135)) -- 150 per cent of 90
                    ],
                rule = 'RF-2',
                    [
                        ('yellow', after(day_of(armed_at) + 15)),
                        ('orange', due),
                        ('red', opening(day_of(due) + 20))
                    ],
                rule = 'RF-3',
                    [('orange', due)],
                [
                    ('yellow', opening(day_of(due) - 30)),
                    ('orange', due),
                    ('red', opening(day_of(due) + 90))
                ]) AS levels
        FROM finished
    ),

    -- A day level is reached by its first instant, an hour level only after it; not if the obligation was finished in time.
    judged AS
    (
        SELECT
            *,
            arrayFilter(
                level -> in_days
                    ? clock >= level.2 AND (NOT is_finished OR finish_at >= level.2)
                    : clock > level.2 AND (NOT is_finished OR finish_at > level.2),
                levels) AS reached
        FROM dated
    )

SELECT
    lower(hex(substring(SHA256(concat(
        '["alert",1,"road-fines",', toJSONString(rule), ',', toJSONString(concat('case:', subject)), ',[],null,null]')), 1, 16))) AS id,
    rule,
    subject,
    CAST([], 'Array(String)') AS key,
    NULL AS element,
    arming.1 AS arming_source,
    arming.2 AS arming_id,
    armed_at,
    reached[-1].1 AS severity,
    in_days ? due - toIntervalSecond(1) : due AS due_at,
    reached[1].2 AS raised_at,
    is_finished ? finish_at : NULL AS ended_at,
    is_finished ? finish.1 : NULL AS ending_source,
    is_finished ? finish.2 : NULL AS ending_id,
    multiIf(NOT is_finished, NULL, finish_does = 'stop', 'cured', 'closed') AS end_reason,
    -- Civil days after the last day, which for a limit in days is the day before the due instant.
    end_reason = 'cured' ? greatest(0, dateDiff('day', day_of(due_at), day_of(finish_at))) : NULL AS breach_days,
    levels,
    length(reached) AS levels_reached
FROM judged
WHERE levels_reached > 0
ORDER BY id
SETTINGS output_format_json_escape_forward_slashes = 0
