-- R-PRES-03.a: filed while a preservation of the chain was not handed over ⇒ handed over within 7 days.
INSERT INTO limits VALUES ('R-PRES-03.a', 'first', 7, 'calendar_days', 1);
INSERT INTO levels VALUES ('R-PRES-03.a', 1, 'orange', 'limit', 0, '');
INSERT INTO parts (rule, does, subject, at, place)
SELECT 'R-PRES-03.a', multiIf(type = 'case.filed', 'start', type = 'pres.handed_over', 'stop', 'end'), rootid, time, place
FROM
(
    SELECT *, countIf(type = 'pres.executed') OVER w AS executed, countIf(type = 'pres.handed_over') OVER w AS handed
    FROM history WINDOW w AS (PARTITION BY rootid ORDER BY place)
)
WHERE type IN ('pres.handed_over', 'case.closed', 'case.refused', 'case.transferred')
    OR type = 'case.filed' AND JSONExtractString(data, 'case_type') != '执保' AND executed > 0 AND handed = 0;

-- R-PRES-03.b: the handover names another expiry than the control did.
INSERT INTO pointed VALUES ('R-PRES-03.b', 'first', 1, 0);
INSERT INTO points
SELECT 'R-PRES-03.b', h.subject, [h.pres], h.time, h.place,
       countIf(c.place < h.place AND h.told != '' AND c.expires != '' AND (h.place, h.asset, c.place) IN (
           SELECT p.place, JSONExtractString(i, 'asset_id'), max(q.place)
           FROM (SELECT place, subject, arrayJoin(JSONExtractArrayRaw(data, 'assets')) AS i FROM history WHERE type = 'pres.handed_over') AS p
           INNER JOIN history AS q ON q.subject = p.subject AND JSONExtractString(q.data, 'asset_id') = JSONExtractString(p.i, 'asset_id')
           WHERE q.type IN ('asset.controlled', 'asset.renewed') AND JSONExtractString(q.data, 'expires_on') != '' AND q.place < p.place
           GROUP BY ALL) AND c.expires != h.told) > 0 ? 'orange' : ''
FROM
(
    SELECT subject, time, place, JSONExtractString(data, 'pres_id') AS pres, JSONExtractString(item, 'asset_id') AS asset, JSONExtractString(item, 'expires_on') AS told
    FROM history ARRAY JOIN JSONLength(data, 'assets') > 0 ? JSONExtractArrayRaw(data, 'assets') : ['{}'] AS item
    WHERE type = 'pres.handed_over'
) AS h
LEFT JOIN
(
    SELECT subject, place, JSONExtractString(data, 'asset_id') AS asset, JSONExtractString(data, 'expires_on') AS expires
    FROM history WHERE type IN ('asset.controlled', 'asset.renewed')
) AS c ON c.subject = h.subject AND c.asset = h.asset
GROUP BY h.subject, h.pres, h.time, h.place;
