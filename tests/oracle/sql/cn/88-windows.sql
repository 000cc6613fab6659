-- Rules over windows. The court of an event is the owner of its case just after it, or the court that is its subject.
INSERT INTO stated VALUES ('R-GOV-02.a'), ('R-GOV-02.b'), ('R-GOV-02.c'), ('R-ASST-01.d'), ('R-DATA-02.c');
CREATE TABLE owned ENGINE = Memory AS
SELECT *, multiIf(startsWith(subject, 'court/'), substring(subject, 7), told != '', told, first_court) AS court
FROM
(
    SELECT *,
        argMaxIf(type = 'case.transferred' ? JSONExtractString(data, 'to_court') : courtcode, place,
            type IN ('case.filed', 'case.restored', 'case.application_received', 'case.transferred')) OVER w AS told,
        first_value(courtcode) OVER w AS first_court,
        argMaxIf(JSONExtract(data, 'tags', 'Array(String)'), place, type = 'case.filed') OVER w AS tags
    FROM history WINDOW w AS (PARTITION BY subject ORDER BY place)
);

-- Each window of each subject that has facts: what was counted, and the severity.
CREATE TABLE windows (rule String, subject String, ends DateTime64(6, 'UTC'), severity String) ENGINE = Memory;
CREATE TABLE months ENGINE = Memory AS
SELECT toDateTime64(addMonths(first, number), 6, 'Asia/Shanghai') AS ends, toDateTime64(addMonths(first, number - 3), 6, 'Asia/Shanghai') AS begins, number AS no
FROM numbers(400) AS n, (SELECT toStartOfMonth(toDate32(min(time), 'Asia/Shanghai')) AS first FROM history) AS f
WHERE ends <= (SELECT at FROM clock);

-- R-GOV-02: of the three months before the first of each month, more filed than closed (and some closed): for two months yellow, for
-- three orange; of all cases (a), those of organs of state (b), of livelihood (c).
INSERT INTO windows
SELECT rule, court, ends, multiIf(NOT (filed > closed AND bad[1]), '', bad[2], 'orange', 'yellow')
FROM
(
    SELECT *, [lagInFrame(closed > 0 AND filed > closed, 1, 0) OVER w, lagInFrame(closed > 0 AND filed > closed, 2, 0) OVER w] AS bad
    FROM
    (
        SELECT f.rule AS rule, f.court AS court, m.no AS no, m.ends AS ends,
               countIf(f.type = 'case.filed' AND f.time >= m.begins AND f.time < m.ends) AS filed,
               countIf(f.type = 'case.closed' AND f.time >= m.begins AND f.time < m.ends) AS closed
        FROM
        (
            SELECT rule, court, type, time FROM owned ARRAY JOIN ['R-GOV-02.a', 'R-GOV-02.b', 'R-GOV-02.c'] AS rule
            WHERE type IN ('case.filed', 'case.closed')
                AND (rule = 'R-GOV-02.a' OR rule = 'R-GOV-02.b' AND has(tags, '涉党政机关') OR rule = 'R-GOV-02.c' AND has(tags, '涉民生'))
        ) AS f CROSS JOIN months AS m
        GROUP BY ALL
    )
    WINDOW w AS (PARTITION BY rule, court ORDER BY no ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
)
WHERE closed >= 1;

-- R-ASST-01.d: of an institution's replies in a month, 5 % or more late; from 20 replies on.
INSERT INTO windows
SELECT 'R-ASST-01.d', who, ends, intDiv(10000 * late, replied) >= 500 ? 'orange' : ''
FROM
(
    SELECT k.institution AS who, toDateTime64(addMonths(toStartOfMonth(h.day), 1), 6, 'Asia/Shanghai') AS ends, count() AS replied,
           countIf(ifNull(h.day > toDate32OrNull(JSONExtractString(r.data, 'due_on')), 0)) AS late
    FROM history AS h INNER JOIN keyed AS k ON k.place = h.place LEFT JOIN referred AS r ON r.place = h.place
    WHERE h.type = 'coord.assist_replied' AND k.institution != ''
    GROUP BY ALL
)
WHERE replied >= 20 AND ends <= (SELECT at FROM clock);

-- R-DATA-02.c: of a court's events received in a week, more than 10 % late by more than 5 working days; from 50 on.
INSERT INTO windows
SELECT 'R-DATA-02.c', court, ends, intDiv(10000 * late, received) > 1000 ? 'red' : ''
FROM
(
    SELECT o.court AS court, toDateTime64(addDays(toMonday(toDate32(o.receivedtime, 'Asia/Shanghai')), 7), 6, 'Asia/Shanghai') AS ends, count() AS received,
           countIf(toInt64(b.before + b.works) - toInt64(a.before + a.works) > 5) AS late
    FROM owned AS o
    INNER JOIN days AS a ON a.day = toInt32(o.day) INNER JOIN days AS b ON b.day = toInt32(toDate32(o.receivedtime, 'Asia/Shanghai'))
    WHERE o.type NOT LIKE 'pers.interference%' AND o.type != 'sys.feed_heartbeat'
    GROUP BY ALL
)
WHERE received >= 50 AND ends <= (SELECT at FROM clock);

-- A window's alert is cured by the next window that is judged and in which nothing is reached.
INSERT INTO found
SELECT rule, subject, [], '', severity, subtractSeconds(ends, 1) AS due, ends, cure = toDateTime64(0, 6, 'UTC') ? NULL : 'cured',
       cure = toDateTime64(0, 6, 'UTC') ? NULL : dateDiff('day', toDate32(due, 'Asia/Shanghai'), toDate32(cure, 'Asia/Shanghai'))
FROM
(
    SELECT *, minIf(ends, severity = '') OVER (PARTITION BY rule, subject ORDER BY ends ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS cure
    FROM windows
)
WHERE severity != '';

-- R-GOV-02.d: on the first of a month, up to six months after the court's last campaign was closed, more filed than closed since it
-- began. A run of such months is one alert, cured by the first month that isn't.
INSERT INTO stated VALUES ('R-GOV-02.d');
CREATE TABLE campaigns ENGINE = Memory AS
SELECT court, month, (b.3 = e.3 AND e.1 >= b.1 AND toDate32(month, 'Asia/Shanghai') <= addMonths(toDate32(e.1, 'Asia/Shanghai'), 6)) AS watched,
       b.1 AS since
FROM
(
    SELECT o.court AS court, m.ends AS month,
        argMaxIf((o.time, o.place, JSONExtractString(o.data, 'campaign_id')), (o.time, o.place), o.type = 'sup.campaign_started' AND o.time <= m.ends) AS b,
        argMaxIf((o.time, o.place, JSONExtractString(o.data, 'campaign_id')), (o.time, o.place), o.type = 'sup.campaign_closed' AND o.time <= m.ends) AS e
    FROM owned AS o CROSS JOIN months AS m
    WHERE o.type IN ('sup.campaign_started', 'sup.campaign_closed') AND m.ends > (SELECT first FROM clock)
    GROUP BY court, month
);
INSERT INTO found
WITH
    judged AS
    (
        SELECT c.court AS court, c.month AS month,
               any(c.watched) AND any(c.since) > '1971-01-01' AND countIf(o.type = 'case.filed' AND o.time >= c.since AND o.time <= c.month) > countIf(o.type = 'case.closed' AND o.time >= c.since AND o.time <= c.month) AS bad
        FROM campaigns AS c LEFT JOIN (SELECT court, type, time FROM owned WHERE type IN ('case.filed', 'case.closed')) AS o ON o.court = c.court
        GROUP BY c.court, c.month
    ),
    runs AS (SELECT *, countIf(NOT bad) OVER (PARTITION BY court ORDER BY month) AS run FROM judged)
SELECT 'R-GOV-02.d', court, [], '', 'red', min(month) AS begin, begin, any(cure) = toDateTime64(0, 6, 'UTC') ? NULL : 'cured',
       any(cure) = toDateTime64(0, 6, 'UTC') ? NULL : dateDiff('day', toDate32(begin, 'Asia/Shanghai'), toDate32(any(cure), 'Asia/Shanghai'))
FROM
(
    SELECT *, minIf(month, NOT bad) OVER (PARTITION BY court ORDER BY month ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS cure FROM runs
)
WHERE bad
GROUP BY court, run;
