-- All that a wall may show of interference: how many records a court has in a quarter, and nothing below three. Grant this view
-- to whoever draws walls, and the tables to the discipline office and presidents alone.
CREATE VIEW IF NOT EXISTS interference_quarters AS
SELECT court, toStartOfQuarter(time, 'Asia/Shanghai') AS quarter, count() AS records
FROM events_now
WHERE type = 'pers.interference_recorded'
GROUP BY court, quarter
HAVING records >= 3;
