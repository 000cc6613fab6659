-- What is counted of proceedings: (measure, whether, from, to, amount); to = 0 where it counts on a day.
SELECT
    rootid, known_on, m.1 AS measure, court, m.3 AS from_on, m.4 AS to_on, if(endsWith(m.1, '_by_days'), by_days, toString(type)) AS kind,
    subject, toString(from_n) AS ref, m.5 AS amount
FROM
(
    SELECT
        rootid, known_on, court, kind AS type, subject, opened_on, end_on, from_n,
        toInt32(toDate32(opened_on)) AS opened,
        mode = '终结本次执行程序' AS by_termination,
        closed AND end_on <= due_on AS in_term,
        closed AND ifNull(claim, 0) > 0 AND paid IS NOT NULL AS told,
        ifNull(claim, 0) AS claim_fen,
        least(ifNull(paid, 0), claim_fen) AS reached_fen,
        toInt64(end_on - opened_on - paused) AS days_net,
        concat(type, ' ', toString(days_net)) AS by_days,
        has(tags, '涉民生') AS livelihood,
        has(tags, '涉党政机关') AS government,
        by_restoring OR kind = '执恢' AS resumed,
        arrayMap(n -> toInt32(addMonths(toDate32(opened_on), n)), [6, 12, 18, 36]) AS after,
        if(by_restoring, '', opening) AS filing,
        JSONExtractString(filing, 'basis_type') AS basis,
        arrayJoin([
            ('filed', 1, opened_on, 0, toInt64(1)),
            ('open', 1, opened_on, end_on, 1),
            ('unended', end_on = {endless}, opened_on, 0, 1),
            ('open_over_6m', 1, after[1], end_on, 1),
            ('open_over_12m', 1, after[2], end_on, 1),
            ('open_over_18m', 1, after[3], end_on, 1),
            ('open_over_36m', 1, after[4], end_on, 1),
            ('closed', closed, end_on, 0, 1),
            ('closed_full', closed AND mode = '执行完毕', end_on, 0, 1),
            ('closed_real', closed AND NOT by_termination, end_on, 0, 1),
            ('closed_terminated', closed AND by_termination, end_on, 0, 1),
            ('closed_in_term', in_term, end_on, 0, 1),
            ('closed_property', closed AND with_property, end_on, 0, 1),
            ('closed_property_in_term', in_term AND with_property AND mode IN ('执行完毕', '终结执行'), end_on, 0, 1),
            ('overdue_property', with_property, greatest(property_on, opened_on, due_on + 1), end_on, 1),
            ('days_net', closed, end_on, 0, days_net),
            ('days_net_full', closed AND mode = '执行完毕', end_on, 0, days_net),
            ('closed_by_days', closed, end_on, 0, 1),
            ('closed_full_by_days', closed AND mode = '执行完毕', end_on, 0, 1),
            ('claim_fen', told, end_on, 0, claim_fen),
            ('reached_fen', told, end_on, 0, reached_fen),
            ('livelihood_claim_fen', told AND livelihood, end_on, 0, claim_fen),
            ('livelihood_reached_fen', told AND livelihood, end_on, 0, reached_fen),
            ('livelihood_closed', closed AND livelihood, end_on, 0, 1),
            ('livelihood_days_net', closed AND livelihood, end_on, 0, days_net),
            ('livelihood_closed_by_days', closed AND livelihood, end_on, 0, 1),
            ('government_filed', government, opened_on, 0, 1),
            ('government_open', government, opened_on, end_on, 1),
            ('government_closed', closed AND government AND NOT by_termination, end_on, 0, 1),
            ('government_reached_fen', told AND government, end_on, 0, reached_fen),
            ('restored', resumed, opened_on, 0, 1),
            ('restored_reached_fen', told AND resumed, end_on, 0, reached_fen),
            ('pieces', 1, opened_on, 0, 1),
            ('judgments_filed', basis IN ('判决', '调解书'), opened_on, 0, 1),
            ('mediations_filed', basis = '调解书', opened_on, 0, 1),
            ('money_filed', JSONExtractString(filing, 'claim_kind') = 'money', opened_on, 0, 1),
            ('incomplete_filed', filing != '' AND (
                JSONExtract(filing, 'claim_fen', 'Nullable(Int64)') IS NULL OR JSONExtractString(filing, 'claim_kind') = ''
                OR basis = '' OR JSONExtractString(filing, 'filed_on') = ''
            ), opened_on, 0, 1),
            ('inquiry_due', kind = '执' AND end_on > opened_on + 10, opened_on + 10, 0, 1)
        ]) AS m
    FROM {work}.proceedings
)
WHERE m.2
