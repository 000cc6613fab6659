-- Petitions, from registration to resolution; and what those that came were about.
SELECT
    rootid, known_on, m.1 AS measure, court, m.2 AS from_on, m.3 AS to_on, m.4 AS kind, subject, petition AS ref, 1 AS amount
FROM
(
    SELECT
        p.rootid AS rootid, p.known_on AS known_on, p.court AS court, p.subject AS subject, p.petition AS petition,
        arrayPushBack(arrayMap(e -> e.2, arrayFilter(e -> e.1 > p.n, r.ends)), toInt32({endless}))[1] AS resolved_on,
        arrayJoin(arrayConcat(
            [('petitions', p.day, toInt32(0), ''), ('petitions_open', p.day, resolved_on, '')],
            [if(resolved_on < {endless}, ('petitions_resolved', resolved_on, toInt32(0), ''), ('petitions_left', p.day, toInt32(0), t.theme))]
        )) AS m
    FROM
    (
        SELECT rootid, known_on, subject, n, day, owner AS court, JSONExtractString(data, 'pet_id') AS petition
        FROM {work}.events
        WHERE type = 'pet.registered'
        ORDER BY n
        LIMIT 1 BY rootid, known_on, subject, petition
    ) AS p
    LEFT JOIN
    (
        SELECT rootid, known_on, subject, JSONExtractString(data, 'pet_id') AS petition, arraySort(groupArray((n, day))) AS ends
        FROM {work}.events
        WHERE type = 'pet.resolved' AND JSONExtractString(data, 'outcome') NOT IN ('', '转办')
        GROUP BY rootid, known_on, subject, petition
    ) AS r ON r.rootid = p.rootid AND r.known_on = p.known_on AND r.subject = p.subject AND r.petition = p.petition
    LEFT JOIN
    (
        SELECT
            rootid, known_on, subject, JSONExtractString(data, 'pet_id') AS petition, argMin(JSONExtractString(data, 'theme'), n) AS theme
        FROM {work}.events
        WHERE type = 'pet.received'
        GROUP BY rootid, known_on, subject, petition
    ) AS t ON t.rootid = p.rootid AND t.known_on = p.known_on AND t.subject = p.subject AND t.petition = p.petition
)
UNION ALL
SELECT
    rootid, known_on, m AS measure, court, day AS from_on, 0 AS to_on, theme AS kind, subject, concat('received ', petition) AS ref, 1 AS amount
FROM
(
    SELECT
        *,
        arrayJoin(if(
            row_number() OVER (PARTITION BY rootid, known_on, subject ORDER BY n) > 1,
            ['petitions_received', 'petitions_repeated'], ['petitions_received']
        )) AS m
    FROM
    (
        SELECT
            rootid, known_on, subject, n, day, owner AS court, JSONExtractString(data, 'pet_id') AS petition, JSONExtractString(data, 'theme') AS theme
        FROM {work}.events
        WHERE type = 'pet.received'
        ORDER BY n
        LIMIT 1 BY rootid, known_on, subject, petition
    )
)
