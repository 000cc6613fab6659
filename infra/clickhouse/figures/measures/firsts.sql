-- What is counted once for each thing that an event names: the first event of its type that names it.
SELECT
    rootid, known_on, m.1 AS measure, owner AS court, day AS from_on, 0 AS to_on, if(startsWith(type, 'ops.'), JSONExtractString(data, 'kind'), '') AS kind, subject, concat(measure, ' ', thing) AS ref, 1 AS amount
FROM
(
    SELECT
        *,
        arrayJoin([
            ('preserved', type = 'pres.executed'),
            ('guarantees', type = 'pres.applied' AND JSONExtractString(data, 'guarantee') != ''),
            ('guarantees_insured', type = 'pres.applied' AND JSONExtractString(data, 'guarantee') = '责任险'),
            ('referred', type = 'crim.referred'),
            ('referred_accepted', type = 'crim.police_replied' AND JSONExtractBool(data, 'accepted')),
            ('judged', type = 'crim.judged'),
            ('bankruptcies_transferred', type = 'bkr.transferred'),
            ('bankruptcies_accepted', type = 'bkr.accepted'),
            ('listed', type = 'list.included'),
            ('delisted', type = 'list.removed'),
            ('inquiries', type = 'inquiry.requested'),
            ('missions', type = 'ops.mission_started'),
            ('emergencies', type = 'ops.emergency_raised')
        ]) AS m
    FROM
    (
        SELECT
            *,
            multiIf(
                startsWith(type, 'pres.'), JSONExtractString(data, 'pres_id'),
                startsWith(type, 'bkr.'), JSONExtractString(data, 'debtor_ref'),
                startsWith(type, 'crim.'), JSONExtractString(data, 'referral_id'),
                type = 'inquiry.requested', JSONExtractString(data, 'inquiry_id'),
                type = 'ops.mission_started', JSONExtractString(data, 'mission_id'),
                ''
            ) AS named,
            if(named != '', named, concat(source, ' ', id)) AS thing
        FROM {work}.events
        WHERE type IN (
            'pres.executed', 'pres.applied', 'crim.referred', 'crim.police_replied', 'crim.judged', 'bkr.transferred', 'bkr.accepted',
            'list.included', 'list.removed', 'inquiry.requested', 'ops.mission_started', 'ops.emergency_raised'
        )
        ORDER BY n
        LIMIT 1 BY rootid, known_on, subject, type, thing
    )
)
WHERE m.2
