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

-- R-DATA-01.a: nothing received of a court for 2 hours yellow, 8 working hours orange, 2 working days red; of a court never heard of,
-- from the first tick on. Restricted records are no sign of life.
INSERT INTO stated VALUES ('R-DATA-01.a'), ('R-DATA-01.c');
CREATE TABLE unheard
(
    rule String, hours UInt8, court String, key Array(String), at DateTime64(6, 'UTC'), next DateTime64(6, 'UTC')
)
ENGINE = Memory;
INSERT INTO unheard
SELECT 'R-DATA-01.a', 2, court, [], at, leadInFrame(at, 1, toDateTime64(0, 6, 'UTC')) OVER (PARTITION BY court ORDER BY at, place ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)
FROM
(
    SELECT court, receivedtime AS at, place FROM owned
    WHERE type NOT LIKE 'pers.interference%' AND court IN (SELECT code FROM courts) AND receivedtime <= (SELECT at FROM clock)
    UNION ALL
    SELECT code, (SELECT assumeNotNull(first) FROM clock), 0 FROM courts
    WHERE code NOT IN (SELECT court FROM owned WHERE receivedtime <= (SELECT first FROM clock) AND type NOT LIKE 'pers.interference%')
);

-- R-DATA-01.c: numbers of a court's source that are missing behind one that came, an hour yellow, then as above. A number came when
-- first any body bore it. A heartbeat says what was sent. All that was received at one instant came at once.
CREATE TABLE came ENGINE = Memory AS
SELECT source, sequence AS number, min(receivedtime) AS at FROM raw
WHERE source LIKE '/court/%' AND sequence >= 0 AND type NOT LIKE 'pers.interference%' AND receivedtime <= (SELECT at FROM clock)
GROUP BY source, number;
-- From one instant to the next: the numbers that came, and the ends of what was known before (high -1: nothing).
CREATE TABLE heard ENGINE = Memory AS
SELECT
    source, at, numbers, reach, max(reach) OVER before AS high_or_none, count() OVER before = 0 AS first,
    multiIf(NOT first, high_or_none, empty(numbers), reach, numbers[1]) AS high,
    min(low_or_none) OVER before AS low
FROM
(
    SELECT
        source, at, arraySort(groupArrayIf(number, number >= 0)) AS numbers, max(greatest(number, said)) AS reach,
        row_number() OVER (PARTITION BY source ORDER BY at) AS nth,
        multiIf(notEmpty(numbers), numbers[1], nth = 1, reach, 9223372036854775807) AS low_or_none
    FROM
    (
        SELECT source, number, toInt64(-1) AS said, at FROM came
        UNION ALL
        SELECT source, -1, JSONExtractInt(data, 'last_seq'), receivedtime FROM named
        WHERE source LIKE '/court/%' AND type = 'sys.feed_heartbeat' AND JSONHas(data, 'last_seq') AND receivedtime <= (SELECT at FROM clock)
    )
    GROUP BY source, at
)
WINDOW before AS (PARTITION BY source ORDER BY at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING);
CREATE TABLE gaps ENGINE = Memory AS
SELECT source, at, pair.1 + 1 AS first, pair.2 - 1 AS last
FROM
(
    SELECT source, at, arrayJoin(arrayConcat(
        -- Above what was known: between its end, the numbers that came, and one more than was sent.
        arrayZip(arrayConcat([high], arrayFilter(n -> n > high, numbers)), arrayConcat(arrayFilter(n -> n > high, numbers), [greatest(reach, high) + 1])),
        -- Below it, once it had begun: between the numbers that came and its first.
        heard.first ? [] : arrayZip(arrayFilter(n -> n < low, numbers), arrayPopFront(arrayConcat(arrayFilter(n -> n < low, numbers), [low]))))) AS pair
    FROM heard
)
WHERE pair.2 > pair.1 + 1;
INSERT INTO unheard
SELECT 'R-DATA-01.c', 1, splitByChar('/', g.source)[3], [g.source, toString(g.first), toString(g.last)], g.at,
    countIf(c.number BETWEEN g.first AND g.last) = g.last - g.first + 1 ? maxIf(c.at, c.number BETWEEN g.first AND g.last) : toDateTime64(0, 6, 'UTC')
FROM gaps AS g LEFT JOIN came AS c ON c.source = g.source
GROUP BY g.source, g.first, g.last, g.at;

INSERT INTO found
WITH
    (SELECT groupArray(day) FROM (SELECT day FROM days WHERE works ORDER BY day)) AS workdays,
    (SELECT assumeNotNull(at) FROM clock) AS now,
    toDateTime64(0, 6, 'UTC') AS none,
    toInt64(3600000000) AS hour,
    quiet AS
    (
        SELECT
            s.rule AS rule, s.key AS key, s.court AS court, s.at AS at, s.next AS next, d.before AS before, d.works AS works,
            -- Microseconds of working time since a working day began: 09:00 to 12:00 and 13:30 to 17:30.
            dateDiff('microsecond', toDateTime64(toDate32(s.at, 'Asia/Shanghai'), 6, 'Asia/Shanghai'), s.at) AS of_day,
            works ? least(greatest(of_day - 9 * hour, toInt64(0)), 3 * hour) + least(greatest(of_day - intDiv(27 * hour, 2), toInt64(0)), 4 * hour) : toInt64(0) AS worked,
            toInt64(before) * 7 * hour + worked + 8 * hour AS target,
            intDiv(target - 1, 7 * hour) AS whole,
            target - whole * 7 * hour AS rest,
            addMicroseconds(toDateTime64(toDate32(workdays[whole + 1]), 6, 'Asia/Shanghai'),
                rest <= 3 * hour ? 9 * hour + rest : intDiv(21 * hour, 2) + rest) AS orange_at,
            toDateTime64(toDate32(workdays[before + works + 2] + 1), 6, 'Asia/Shanghai') AS red_at,
            addHours(s.at, s.hours) AS yellow_at
        FROM unheard AS s INNER JOIN days AS d ON d.day = toInt32(toDate32(s.at, 'Asia/Shanghai'))
        WHERE s.next = none OR s.next > addHours(s.at, 1)
    )
SELECT
    rule, court, key, '',
    multiIf(now >= red_at AND (next = none OR next >= red_at), 'red', now > orange_at AND (next = none OR next > orange_at), 'orange', 'yellow'),
    yellow_at, least(yellow_at, orange_at, red_at), next = none ? NULL : 'cured',
    next = none ? NULL : dateDiff('day', toDate32(yellow_at, 'Asia/Shanghai'), toDate32(next, 'Asia/Shanghai'))
FROM quiet
WHERE now > yellow_at AND (next = none OR next > yellow_at) OR now >= red_at AND (next = none OR next >= red_at);
