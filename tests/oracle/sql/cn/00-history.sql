-- The events that count, in the order of history, and the clock. Reads `raw`: one row for each line of the file.
-- Nothing here or in the other files of this folder is shared with the programme: they say the rules a second time.

CREATE TABLE clock ENGINE = Memory AS
SELECT max(time) AS at, min(time) AS first FROM raw WHERE type = 'sys.ticked';

-- Of two bodies under one name the lesser by (recordedtime, digest) counts; of equal ones the earliest receipt.
CREATE TABLE named ENGINE = Memory AS
SELECT * FROM raw
WHERE type NOT LIKE 'sys.%'
ORDER BY recordedtime, digest, receivedtime
LIMIT 1 BY source, id;

-- Each event with the first of its chain of corrections.
CREATE TABLE chained ENGINE = Memory AS
WITH RECURSIVE up AS
(
    SELECT source, id, corrects AS above FROM named WHERE corrects != ''
    UNION ALL
    SELECT u.source AS source, u.id AS id, n.corrects AS above
    FROM up AS u INNER JOIN named AS n ON n.source = u.source AND n.id = u.above
    WHERE n.corrects != ''
)
SELECT source, id, argMin(above, known) AS root
FROM (SELECT u.source AS source, u.id AS id, u.above AS above, n.corrects != '' AS known
      FROM up AS u INNER JOIN named AS n ON n.source = u.source AND n.id = u.above)
GROUP BY source, id
HAVING min(known) = 0;

-- A corrected event has time, data and extensions of the correction that holds (the last by recordedtime and id); source, id,
-- sequence, recordedtime and receivedtime stay the original's. One without data is withdrawn.
CREATE TABLE history ENGINE = MergeTree ORDER BY (subject, place) AS
WITH held AS
(
    SELECT c.root AS root, n.source AS source, n.id AS by, n.recordedtime AS entered,
           n.type AS type, n.time AS time, n.data AS data, n.courtcode AS courtcode, n.has_data AS has_data
    FROM chained AS c INNER JOIN named AS n ON n.source = c.source AND n.id = c.id
    ORDER BY entered DESC, by DESC
    LIMIT 1 BY source, root
)
SELECT
    *,
    toDate32(time, 'Asia/Shanghai') AS day,
    row_number() OVER (ORDER BY time, recordedtime, source, sequence, id) AS place
FROM
(
    SELECT
        n.source AS source, n.id AS id, n.subject AS subject, n.rootid AS rootid, n.sequence AS sequence,
        n.recordedtime AS recordedtime, n.receivedtime AS receivedtime,
        h.by != '' ? h.type : n.type AS type,
        h.by != '' ? h.time : n.time AS time,
        h.by != '' ? h.data : n.data AS data,
        h.by != '' ? h.courtcode : n.courtcode AS courtcode,
        h.by != '' ? h.has_data : n.has_data AS stands
    FROM named AS n LEFT JOIN held AS h ON h.source = n.source AND h.root = n.id
    WHERE n.corrects = ''
)
WHERE stands;
