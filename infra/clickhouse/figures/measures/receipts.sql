-- The money of receipts: in, out, held, due, overdue.
SELECT
    rootid, known_on, m.1 AS measure, court, m.2 AS from_on, m.3 AS to_on, '' AS kind, subject, concat(receipt_id, m.5) AS ref, m.4 AS amount
FROM
(
    SELECT
        *,
        arrayFilter(l -> l.1 <= due_on, left)[-1].2 AS left_when_due,
        arrayMap(i -> (left[i].1, if(i = length(left), {endless}, left[i + 1].1), left[i].2), arrayEnumerate(left)) AS steps,
        arrayJoin(arrayConcat(
            [('receipts_fen', received_on, 0, amount, ''), ('left_fen', received_on, 0, left[-1].2, '')],
            if(due_on < {endless}, [
                ('due_fen', due_on, 0, amount, ''),
                ('due_paid_fen', due_on, 0, amount - if(due_on < received_on, amount, left_when_due), '')
            ], []),
            arrayMap(i -> (
                'paid_out_fen', left[i].1, 0, if(i = 1, amount, left[i - 1].2) - left[i].2, concat(' ', toString(left[i].1))
            ), arrayEnumerate(left)),
            arrayMap(s -> ('held_fen', s.1, s.2, s.3, concat(' ', toString(s.1))), steps),
            arrayMap(s -> ('overdue_fen', greatest(s.1, due_on + 1), s.2, s.3, concat(' ', toString(s.1))), steps),
            [('overdue_receipts', greatest(received_on, due_on + 1), arrayPushBack(
                arrayMap(l -> l.1, arrayFilter(l -> l.2 = 0, left)), {endless}
            )[1], 1, '')]
        )) AS m
    FROM {work}.receipts
)
WHERE m.4 != 0
