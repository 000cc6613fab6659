-- Alerts: raised, and as long as they are open.
SELECT
    rootid, known_on, m.1 AS measure, court, raised_on AS from_on, m.2 AS to_on, rule AS kind, subject, id AS ref, 1 AS amount
FROM {work}.alerts
ARRAY JOIN [('alerts_raised', toInt32(0)), ('alerts_open', ended_on)] AS m
