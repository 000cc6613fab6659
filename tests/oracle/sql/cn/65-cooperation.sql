-- R-COOP-01: a question on an unclear judgment ⇒ answered within 15 days.
INSERT INTO limits VALUES
    ('R-COOP-01', 'first', 15, 'calendar_days', 0), ('R-ENTR-02.a', 'first', 3, 'calendar_days', 0),
    ('R-ENTR-02.b', 'first', 30, 'calendar_days', 0), ('R-ASST-01.a', 'first', 10, 'working_days', 0),
    ('R-ASST-01.b', 'first', 15, 'calendar_days', 0), ('R-ASST-01.c', 'first', 15, 'calendar_days', 0);
INSERT INTO levels VALUES
    ('R-COOP-01', 1, 'yellow', 'start', 12, 'calendar_days'), ('R-COOP-01', 2, 'orange', 'limit', 0, ''),
    ('R-COOP-01', 3, 'red', 'start', 30, 'calendar_days'),
    ('R-ENTR-02.a', 1, 'yellow', 'limit', 0, ''),
    ('R-ENTR-02.b', 1, 'orange', 'limit', 0, ''), ('R-ENTR-02.b', 2, 'red', 'due', 10, 'calendar_days'),
    ('R-ASST-01.a', 1, 'yellow', 'due', -1, 'working_days'), ('R-ASST-01.a', 2, 'orange', 'limit', 0, ''),
    ('R-ASST-01.a', 3, 'red', 'due', 10, 'working_days'),
    ('R-ASST-01.b', 1, 'yellow', 'start', 12, 'calendar_days'), ('R-ASST-01.b', 2, 'orange', 'limit', 0, ''),
    ('R-ASST-01.b', 3, 'red', 'due', 10, 'working_days'),
    ('R-ASST-01.c', 1, 'yellow', 'start', 12, 'calendar_days'), ('R-ASST-01.c', 2, 'orange', 'limit', 0, ''),
    ('R-ASST-01.c', 3, 'red', 'due', 10, 'working_days');
INSERT INTO parts (rule, does, subject, key, at, place)
SELECT 'R-COOP-01', type = 'case.basis_query_sent' ? 'start' : 'stop', subject, [JSONExtractString(data, 'query_id')], time, place
FROM history WHERE type IN ('case.basis_query_sent', 'case.basis_query_answered');

-- R-ENTR-02: a matter entrusted ⇒ accepted in 3 days (.a); answered by its date, else in 7, 15 or 30 days by its kind (.b).
INSERT INTO parts (rule, does, subject, key, at, place)
SELECT 'R-ENTR-02.a', multiIf(type = 'entr.sent', 'start', type = 'entr.accepted', 'stop', 'cancel'), subject, [JSONExtractString(data, 'entr_id')], time, place
FROM history
WHERE type IN ('entr.accepted', 'entr.returned', 'entr.replied') OR type = 'entr.sent' AND JSONExtractString(data, 'kind') = '事项';
INSERT INTO parts (rule, does, subject, key, at, place, day, n)
SELECT 'R-ENTR-02.b', multiIf(type = 'entr.sent', 'start', type = 'entr.replied', 'stop', 'cancel'), subject, [JSONExtractString(data, 'entr_id')],
       time, place, toDate32OrNull(JSONExtractString(data, 'due_on')),
       multiIf(JSONExtractString(data, 'matter') IN ('冻结', '续封', '查封'), 7, JSONExtractString(data, 'matter') IN ('送达', '查询', '调查'), 15, 30)
FROM history
WHERE type IN ('entr.returned', 'entr.replied') OR type = 'entr.sent' AND JSONExtractString(data, 'kind') = '事项';

-- R-ASST-01: an institution asked ⇒ replies by the date, else in 1, 3, 5 or 10 working days by its kind (.a); a third debtor in 15
-- days of service (.b); the court answers a bank's objection in 15 days (.c).
INSERT INTO parts (rule, does, subject, key, at, place, day, n)
SELECT 'R-ASST-01.a', type = 'coord.assist_requested' ? 'start' : 'stop', subject, [JSONExtractString(data, 'assist_id')], time, place,
       toDate32OrNull(JSONExtractString(data, 'due_on')),
       multiIf(JSONExtractString(data, 'institution_kind') AS who IN ('网络银行', '非银支付'), 1, who IN ('国有银行', '股份行', '城商行', '农信社'), 3,
               who IN ('不动产登记', '车管', '证券', '市场监管'), 5, 10)
FROM history
WHERE type = 'coord.assist_replied' OR type = 'coord.assist_requested' AND JSONExtractString(data, 'kind') != '到期债权';
INSERT INTO parts (rule, does, subject, key, at, place)
SELECT 'R-ASST-01.b', type = 'coord.assist_requested' ? 'start' : 'stop', subject, [JSONExtractString(data, 'assist_id')],
       type = 'coord.assist_replied' ? time : toDateTime64(toDate32(JSONExtractString(data, 'served_on')), 6, 'Asia/Shanghai'), place
FROM history
WHERE type = 'coord.assist_replied'
    OR type = 'coord.assist_requested' AND JSONExtractString(data, 'kind') = '到期债权' AND JSONExtractString(data, 'served_on') != '';
INSERT INTO parts (rule, does, subject, key, at, place)
SELECT 'R-ASST-01.c', h.type = 'coord.assist_replied' ? 'start' : 'stop', h.subject, [JSONExtractString(h.data, 'assist_id')], h.time, h.place
FROM history AS h LEFT JOIN referred AS r ON r.place = h.place
WHERE h.type = 'coord.objection_answered' OR h.type = 'coord.assist_replied' AND JSONExtractString(h.data, 'result') = 'objected'
    AND JSONExtractString(r.data, 'institution_kind') IN ('国有银行', '股份行', '城商行', '农信社', '网络银行');
