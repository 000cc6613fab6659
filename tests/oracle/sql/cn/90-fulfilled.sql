-- R-DATA-02.b: an obligation of these rules was fulfilled within two days of its limit by what was told, but received only after it.
INSERT INTO pointed VALUES ('R-DATA-02.b', 'every', 0, 1);
INSERT INTO points
SELECT 'R-DATA-02.b', o.subject, [], o.until, o.place * 1000 + o.no % 1000,
       h.receivedtime > d.due AND o.until <= d.due AND dateDiff('day', toDate32(o.until, 'Asia/Shanghai'), toDate32(d.due, 'Asia/Shanghai')) <= 2 ? 'red' : ''
FROM obligations AS o
INNER JOIN (SELECT no, subtractSeconds(argMax(due_at, since), 1) AS due FROM dated GROUP BY no) AS d ON d.no = o.no
INNER JOIN history AS h ON h.place = o.finish_place
WHERE o.finish = 'cured' AND o.rule IN ('R-INIT-01', 'R-INIT-03.a', 'R-INIT-03.b', 'R-TIME-01', 'R-DISP-01', 'R-FUND-01', 'R-FUND-02.a', 'R-TERM-06.a',
    'R-COOP-01', 'R-OBJ-01.a', 'R-OBJ-01.b', 'R-OBJ-01.c', 'R-PET-01.a', 'R-PET-01.b', 'R-PET-01.c');
