-- R-GOV-01.d: every quarter that begins after the log does, the supreme court reports on organs of state within it.
INSERT INTO limits VALUES ('R-GOV-01.d', 'every', 0, 'date', 1);
INSERT INTO levels VALUES ('R-GOV-01.d', 1, 'orange', 'limit', 0, '');
INSERT INTO parts (rule, does, subject, at, place, day)
SELECT 'R-GOV-01.d', 'start', '最高法', toDateTime64(begins, 6, 'Asia/Shanghai') AS at, number + 1, toDate32(addDays(addMonths(begins, 3), -1))
FROM (SELECT number, addMonths(toStartOfQuarter(toDate32(c.first, 'Asia/Shanghai')), 3 * number) AS begins FROM numbers(100) AS n, clock AS c)
WHERE at >= (SELECT first FROM clock);
INSERT INTO parts (rule, does, subject, at, place)
SELECT 'R-GOV-01.d', 'stop', court, time, place
FROM owned WHERE type = 'sup.bulletin_issued' AND JSONExtractString(data, 'topic') = '涉党政机关';

-- R-DATA-01: nothing received of a court for 2 hours yellow, 8 working hours orange, 2 working days red; of a court never heard of,
-- from the first tick on. Restricted records are no sign of life.
INSERT INTO stated VALUES ('R-DATA-01');
CREATE TABLE signs ENGINE = Memory AS
SELECT court, at, leadInFrame(at, 1, toDateTime64(0, 6, 'UTC')) OVER (PARTITION BY court ORDER BY at, place ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS next
FROM
(
    SELECT court, receivedtime AS at, place FROM owned
    WHERE type NOT LIKE 'pers.interference%' AND court IN (SELECT code FROM courts) AND receivedtime <= (SELECT at FROM clock)
    UNION ALL
    SELECT code, (SELECT assumeNotNull(first) FROM clock), 0 FROM courts
    WHERE code NOT IN (SELECT court FROM owned WHERE receivedtime <= (SELECT first FROM clock) AND type NOT LIKE 'pers.interference%')
);
INSERT INTO found
WITH
    (SELECT groupArray(day) FROM (SELECT day FROM days WHERE works ORDER BY day)) AS workdays,
    (SELECT assumeNotNull(at) FROM clock) AS now,
    toDateTime64(0, 6, 'UTC') AS none,
    toInt64(3600000000) AS hour,
    quiet AS
    (
        SELECT
            s.court AS court, s.at AS at, s.next AS next, d.before AS before, d.works AS works,
            -- Microseconds of working time since a working day began: 09:00 to 12:00 and 13:30 to 17:30.
            dateDiff('microsecond', toDateTime64(toDate32(s.at, 'Asia/Shanghai'), 6, 'Asia/Shanghai'), s.at) AS of_day,
            works ? least(greatest(of_day - 9 * hour, toInt64(0)), 3 * hour) + least(greatest(of_day - intDiv(27 * hour, 2), toInt64(0)), 4 * hour) : toInt64(0) AS worked,
            toInt64(before) * 7 * hour + worked + 8 * hour AS target,
            intDiv(target - 1, 7 * hour) AS whole,
            target - whole * 7 * hour AS rest,
            addMicroseconds(toDateTime64(toDate32(workdays[whole + 1]), 6, 'Asia/Shanghai'),
                rest <= 3 * hour ? 9 * hour + rest : intDiv(21 * hour, 2) + rest) AS orange_at,
            toDateTime64(toDate32(workdays[before + works + 2] + 1), 6, 'Asia/Shanghai') AS red_at,
            addHours(s.at, 2) AS yellow_at
        FROM signs AS s INNER JOIN days AS d ON d.day = toInt32(toDate32(s.at, 'Asia/Shanghai'))
        WHERE s.next = none OR s.next > addHours(s.at, 1)
    )
SELECT
    'R-DATA-01', court, [], '',
    multiIf(now >= red_at AND (next = none OR next >= red_at), 'red', now > orange_at AND (next = none OR next > orange_at), 'orange', 'yellow'),
    yellow_at, least(yellow_at, orange_at, red_at), next = none ? NULL : 'cured',
    next = none ? NULL : dateDiff('day', toDate32(yellow_at, 'Asia/Shanghai'), toDate32(next, 'Asia/Shanghai'))
FROM quiet
WHERE now > yellow_at AND (next = none OR next > yellow_at) OR now >= red_at AND (next = none OR next >= red_at);
