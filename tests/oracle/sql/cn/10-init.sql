-- R-INIT-03.a: application received ⇒ first notice within 10 days.
INSERT INTO limits VALUES ('R-INIT-03.a', 'first', 10, 'calendar_days', 0);
INSERT INTO levels VALUES
    ('R-INIT-03.a', 1, 'yellow', 'start', 8, 'calendar_days'),
    ('R-INIT-03.a', 2, 'orange', 'limit', 0, ''),
    ('R-INIT-03.a', 3, 'red', 'start', 15, 'calendar_days');
INSERT INTO parts (rule, does, subject, at, place)
SELECT 'R-INIT-03.a', type = 'case.notice_issued' ? 'stop' : 'start', subject, time, place
FROM history WHERE type IN ('case.application_received', 'case.notice_issued');

-- R-INIT-03.b: first measure before any notice ⇒ notice within 3 days.
INSERT INTO limits VALUES ('R-INIT-03.b', 'first', 3, 'calendar_days', 0);
INSERT INTO levels VALUES
    ('R-INIT-03.b', 1, 'yellow', 'start', 2, 'calendar_days'),
    ('R-INIT-03.b', 2, 'orange', 'limit', 0, ''),
    ('R-INIT-03.b', 3, 'red', 'due', 2, 'calendar_days');
INSERT INTO parts (rule, does, subject, at, place)
SELECT 'R-INIT-03.b', does, subject, time, place
FROM
(
    SELECT subject, time, place, type = 'case.notice_issued' ? 'stop' : 'start' AS does,
           countIf(type = 'case.notice_issued') OVER (PARTITION BY subject ORDER BY place) AS notices
    FROM history WHERE type IN ('asset.controlled', 'case.notice_issued')
)
WHERE does = 'stop' OR notices = 0;

-- R-INIT-01: received ⇒ filed or refused within 7 days. (A refusal both fulfils and ends: it fulfils.)
INSERT INTO limits VALUES ('R-INIT-01', 'first', 7, 'calendar_days', 0);
INSERT INTO levels VALUES ('R-INIT-01', 1, 'orange', 'limit', 0, ''), ('R-INIT-01', 2, 'red', 'start', 15, 'calendar_days');
INSERT INTO parts (rule, does, subject, at, place)
SELECT 'R-INIT-01', type = 'case.application_received' ? 'start' : 'stop', subject, time, place
FROM history WHERE type IN ('case.application_received', 'case.filed', 'case.refused');

-- R-INIT-03.c: a notice without the warning of risks, for each debtor until a notice has it.
INSERT INTO pointed VALUES ('R-INIT-03.c', 'first', 1, 0);
INSERT INTO points
SELECT 'R-INIT-03.c', subject, [JSONExtractString(data, 'debtor_ref')], time, place, JSONExtractRaw(data, 'has_risk_warning') = 'false' ? 'yellow' : ''
FROM history WHERE type = 'case.notice_issued' AND JSONExtractString(data, 'debtor_ref') != '';
