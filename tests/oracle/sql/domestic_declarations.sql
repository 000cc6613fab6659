-- The alerts that stand at the clock by docs/tutorial/packs/domestic_declarations.toml, said again over raw events.
--
-- Reads `events_now` of the database in use. Civil days are those of Europe/Amsterdam; no date moves for a holiday and
-- nothing ends a case. DD-1 and DD-2 arm at each submission, and a submission fulfils the DD-2 of the one before.
-- One row for each alert: an obligation of which a level was reached.
WITH
    'Europe/Amsterdam' AS zone,
    %(clock)s AS clock,
    -- A civil day, the first instant of one, and the instant from which a last day has passed.
    at -> toDate32(at, zone) AS day_of,
    day -> toTimeZone(toDateTime64(day, 6, zone), 'UTC') AS opening,
    day -> opening(day + 1) AS after,
    (at, n) -> at + toIntervalMillisecond(n * 3600000) AS hours_later,

    history AS
    (
        SELECT
            source, id, subject, type, time,
            startsWith(type, 'x.declaration_approved_') AS is_approval,
            startsWith(type, 'x.declaration_rejected_') AS is_rejection,
            row_number() OVER (PARTITION BY subject ORDER BY time, recordedtime, source, sequence, id) AS place
        FROM events_now
        WHERE time <= clock AND receivedtime <= clock
    ),

    parts AS
    (
        SELECT
            source, id, subject, time, place, part.1 AS rule, part.2 AS does
        FROM history
        ARRAY JOIN
        [
            ('DD-1', multiIf(
                type = 'x.declaration_submitted_by_employee', 'start',
                type = 'x.declaration_final_approved_by_supervisor' OR is_approval OR is_rejection, 'stop', '')),
            ('DD-2', multiIf(
                type = 'x.declaration_submitted_by_employee', 'start',
                type = 'x.declaration_final_approved_by_supervisor', 'stop',
                is_rejection, 'cancel', '')),
            ('DD-3', multiIf(
                type = 'x.declaration_final_approved_by_supervisor', 'start',
                type = 'x.request_payment', 'stop', '')),
            ('DD-4', multiIf(
                type = 'x.request_payment', 'start',
                type = 'x.payment_handled', 'stop', ''))
        ] AS part
        WHERE does != ''
    ),

    -- Every start arms DD-1 and DD-2; of DD-3 and DD-4 only the earliest of the case.
    armed AS
    (
        SELECT rule, subject, source, id, time, place
        FROM parts
        WHERE does = 'start' AND rule IN ('DD-1', 'DD-2')
        UNION ALL
        SELECT rule, subject, source, id, time, place
        FROM parts
        WHERE does = 'start' AND rule IN ('DD-3', 'DD-4')
        ORDER BY place
        LIMIT 1 BY rule, subject
    ),

    -- The first event in the order of history that finishes it. A stop or cancel counts from the start's instant on, be it
    -- before the start in that order or after; the submission that replaces one must come after it in that order.
    finishing AS
    (
        SELECT
            a.rule AS rule, a.subject AS subject, a.place AS armed_place,
            f.place AS finish_place, f.time AS finish_at, f.does AS finish_does, (f.source, f.id) AS finish
        FROM armed AS a
        INNER JOIN parts AS f ON f.rule = a.rule AND f.subject = a.subject
        WHERE f.does IN ('stop', 'cancel') AND f.time >= a.time OR f.rule = 'DD-2' AND f.does = 'start' AND f.place > a.place
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
            rule != 'DD-1' AS in_days,
            multiIf(
                rule = 'DD-1', hours_later(armed_at, 48),
                rule = 'DD-2', after(day_of(armed_at) + 14),
                rule = 'DD-3', after(day_of(armed_at) + 5),
                after(day_of(armed_at) + 4)) AS due,
            multiIf(
                rule = 'DD-1',
                    [
                        ('yellow', hours_later(armed_at, 38)), -- 80 per cent of 48, in whole hours
                        ('orange', due),
                        ('red', hours_later(armed_at, 144)) -- 300 per cent
                    ],
                rule = 'DD-2',
                    [
                        ('yellow', after(day_of(armed_at) + 10)),
                        ('orange', due),
                        ('red', opening(day_of(due) + 14))
                    ],
                rule = 'DD-3',
                    [
                        ('yellow', opening(day_of(due) - 2)),
                        ('orange', due),
                        ('red', after(day_of(armed_at) + 10)) -- 200 per cent of 5
                    ],
                [
                    ('orange', due),
                    ('red', after(day_of(armed_at) + 7))
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
    -- Where a rule arms once for a case, the arming is no part of the id.
    rule IN ('DD-1', 'DD-2') ? concat('[', toJSONString(arming.1), ',', toJSONString(arming.2), ']') : 'null' AS armed_by,
    lower(hex(substring(SHA256(concat(
        '["alert",1,"declarations",', toJSONString(rule), ',', toJSONString(concat('case:', subject)), ',[],null,', armed_by, ']')), 1, 16))) AS id,
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
    multiIf(NOT is_finished, NULL, finish_does = 'cancel', 'closed', 'cured') AS end_reason,
    -- Civil days after the last day, which for a limit in days is the day before the due instant.
    end_reason = 'cured' ? greatest(0, dateDiff('day', day_of(due_at), day_of(finish_at))) : NULL AS breach_days,
    levels,
    length(reached) AS levels_reached
FROM judged
WHERE levels_reached > 0
ORDER BY id
SETTINGS output_format_json_escape_forward_slashes = 0
