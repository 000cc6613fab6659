-- The rows that measures count, and the sums of each court, day and month that they touch, each computed whole.
INSERT INTO counted (measure, court, day, kind, subject, ref, rootid, known_on, amount, version)
SELECT measure, court, toDate32(day), kind, subject, ref, rootid, toDate32(known_on), amount, {version} FROM {work}.changed;

INSERT INTO court_days (measure, court, day, kind, known_on, value, version)
SELECT measure, court, day, kind, known_on, sum(amount), {version}
FROM counted FINAL
WHERE (measure, court, day) IN (SELECT DISTINCT measure, court, toDate32(day) FROM {work}.changed)
    AND (measure, court, day, kind, known_on) IN (
        SELECT DISTINCT measure, court, toDate32(day), kind, toDate32(known_on) FROM {work}.changed
    )
GROUP BY measure, court, day, kind, known_on;

INSERT INTO subtree_days (measure, court, day, kind, known_on, value, version)
SELECT s.measure, above, s.day, s.kind, s.known_on, sum(s.value), {version}
FROM
(
    SELECT
        d.measure AS measure, d.day AS day, d.kind AS kind, d.known_on AS known_on, d.value AS value,
        arrayJoin(if(c.code = '', arrayDistinct([toString(d.court), '最高法']), arrayPushFront(c.above, toString(d.court)))) AS above
    FROM
    (
        SELECT measure, court, day, kind, known_on, value
        FROM court_days FINAL
        WHERE (measure, day) IN (SELECT DISTINCT measure, toDate32(day) FROM {work}.changed)
            AND (measure, day, kind, known_on) IN (
                SELECT DISTINCT measure, toDate32(day), kind, toDate32(known_on) FROM {work}.changed
            )
    ) AS d
    LEFT JOIN (SELECT code, above FROM courts FINAL) AS c ON c.code = d.court
) AS s
WHERE (s.measure, above, s.day, s.kind, s.known_on) IN (
    SELECT DISTINCT
        t.measure,
        arrayJoin(if(c.code = '', arrayDistinct([toString(t.court), '最高法']), arrayPushFront(c.above, toString(t.court)))),
        toDate32(t.day), t.kind, toDate32(t.known_on)
    FROM (SELECT DISTINCT measure, court, day, kind, known_on FROM {work}.changed) AS t
    LEFT JOIN (SELECT code, above FROM courts FINAL) AS c ON c.code = t.court
)
GROUP BY s.measure, above, s.day, s.kind, s.known_on;

-- The months of these days, each whole; read by its court and measure, and of its days alone.
INSERT INTO subtree_months (measure, court, month, kind, value, version)
SELECT measure, court, toDate32(toStartOfMonth(day)) AS month, kind, sum(value), {version}
FROM subtree_days FINAL
WHERE (measure, court, toStartOfMonth(day)) IN (
        SELECT DISTINCT
            t.measure,
            arrayJoin(if(c.code = '', arrayDistinct([toString(t.court), '最高法']), arrayPushFront(c.above, toString(t.court)))),
            toStartOfMonth(toDate32(t.day))
        FROM (SELECT DISTINCT measure, court, day FROM {work}.changed) AS t
        LEFT JOIN (SELECT code, above FROM courts FINAL) AS c ON c.code = t.court
    )
GROUP BY measure, court, month, kind;

-- Last, so that whatever ends before it is done again as a whole.
INSERT INTO chain_counts (rootid, known_on, measure, court, day, kind, subject, ref, amount, version)
SELECT rootid, toDate32(known_on), measure, court, toDate32(day), kind, subject, ref, amount, {version} FROM {work}.changed;
