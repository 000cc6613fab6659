-- The events that count, in the order of history, and the clock. Reads `raw`: one row for each line of the file.
-- Nothing here or in the other files of this folder is shared with the programme: they say the rules a second time.

CREATE TABLE clock ENGINE = Memory AS
SELECT max(time) AS at, min(time) AS first FROM raw WHERE type = 'sys.ticked';

-- Of two bodies under one name the lesser by (recordedtime, digest) counts; of equal ones the earliest receipt.
CREATE TABLE named ENGINE = Memory AS
SELECT * FROM raw
WHERE source NOT LIKE '/sys/%'
ORDER BY recordedtime, digest, receivedtime
LIMIT 1 BY source, id;

-- How many corrections above an event lead to the one that corrects nothing; an event whose chain is broken has no row.
CREATE TABLE chained ENGINE = Memory AS
WITH RECURSIVE down AS
(
    SELECT source, id, 0 AS depth FROM named WHERE corrects = ''
    UNION ALL
    SELECT n.source AS source, n.id AS id, d.depth + 1 AS depth
    FROM down AS d INNER JOIN named AS n ON n.source = d.source AND n.corrects = d.id
)
SELECT * FROM down;

-- A corrected event has time, data and extensions of the correction that holds (the last by recordedtime and id of those that
-- stand); source, id, sequence, recordedtime and receivedtime stay its own. A correction without data withdraws; a correction that
-- is itself withdrawn corrects nothing. From the innermost corrections outwards:
CREATE TABLE resolved
(
    depth UInt8, source String, id String, subject String, rootid String, sequence Int64, corrects String,
    recordedtime DateTime64(6, 'UTC'), receivedtime DateTime64(6, 'UTC'), type String, time DateTime64(6, 'UTC'), data String,
    courtcode String, has_data UInt8, stands UInt8
)
ENGINE = Memory;
INSERT INTO resolved
SELECT
    c.depth, n.source, n.id, n.subject, n.rootid, n.sequence, n.corrects, n.recordedtime, n.receivedtime,
    h.id != '' ? h.type : n.type, h.id != '' ? h.time : n.time, h.id != '' ? h.data : n.data,
    h.id != '' ? h.courtcode : n.courtcode, h.id != '' ? h.has_data : n.has_data, h.id = '' OR h.has_data
FROM named AS n
INNER JOIN chained AS c ON c.source = n.source AND c.id = n.id
LEFT JOIN (SELECT * FROM resolved WHERE stands ORDER BY recordedtime DESC, id DESC LIMIT 1 BY source, corrects) AS h
    ON h.source = n.source AND h.corrects = n.id
WHERE c.depth = 4;
INSERT INTO resolved
SELECT
    c.depth, n.source, n.id, n.subject, n.rootid, n.sequence, n.corrects, n.recordedtime, n.receivedtime,
    h.id != '' ? h.type : n.type, h.id != '' ? h.time : n.time, h.id != '' ? h.data : n.data,
    h.id != '' ? h.courtcode : n.courtcode, h.id != '' ? h.has_data : n.has_data, h.id = '' OR h.has_data
FROM named AS n
INNER JOIN chained AS c ON c.source = n.source AND c.id = n.id
LEFT JOIN (SELECT * FROM resolved WHERE stands ORDER BY recordedtime DESC, id DESC LIMIT 1 BY source, corrects) AS h
    ON h.source = n.source AND h.corrects = n.id
WHERE c.depth = 3;
INSERT INTO resolved
SELECT
    c.depth, n.source, n.id, n.subject, n.rootid, n.sequence, n.corrects, n.recordedtime, n.receivedtime,
    h.id != '' ? h.type : n.type, h.id != '' ? h.time : n.time, h.id != '' ? h.data : n.data,
    h.id != '' ? h.courtcode : n.courtcode, h.id != '' ? h.has_data : n.has_data, h.id = '' OR h.has_data
FROM named AS n
INNER JOIN chained AS c ON c.source = n.source AND c.id = n.id
LEFT JOIN (SELECT * FROM resolved WHERE stands ORDER BY recordedtime DESC, id DESC LIMIT 1 BY source, corrects) AS h
    ON h.source = n.source AND h.corrects = n.id
WHERE c.depth = 2;
INSERT INTO resolved
SELECT
    c.depth, n.source, n.id, n.subject, n.rootid, n.sequence, n.corrects, n.recordedtime, n.receivedtime,
    h.id != '' ? h.type : n.type, h.id != '' ? h.time : n.time, h.id != '' ? h.data : n.data,
    h.id != '' ? h.courtcode : n.courtcode, h.id != '' ? h.has_data : n.has_data, h.id = '' OR h.has_data
FROM named AS n
INNER JOIN chained AS c ON c.source = n.source AND c.id = n.id
LEFT JOIN (SELECT * FROM resolved WHERE stands ORDER BY recordedtime DESC, id DESC LIMIT 1 BY source, corrects) AS h
    ON h.source = n.source AND h.corrects = n.id
WHERE c.depth = 1;
INSERT INTO resolved
SELECT
    c.depth, n.source, n.id, n.subject, n.rootid, n.sequence, n.corrects, n.recordedtime, n.receivedtime,
    h.id != '' ? h.type : n.type, h.id != '' ? h.time : n.time, h.id != '' ? h.data : n.data,
    h.id != '' ? h.courtcode : n.courtcode, h.id != '' ? h.has_data : n.has_data, h.id = '' OR h.has_data
FROM named AS n
INNER JOIN chained AS c ON c.source = n.source AND c.id = n.id
LEFT JOIN (SELECT * FROM resolved WHERE stands ORDER BY recordedtime DESC, id DESC LIMIT 1 BY source, corrects) AS h
    ON h.source = n.source AND h.corrects = n.id
WHERE c.depth = 0;

CREATE TABLE history ENGINE = MergeTree ORDER BY (subject, place) AS
SELECT
    source, id, subject, rootid, sequence, recordedtime, receivedtime, type, time, data, courtcode,
    toDate32(time, 'Asia/Shanghai') AS day,
    row_number() OVER (ORDER BY time, recordedtime, source, sequence, id) AS place
FROM resolved
WHERE depth = 0 AND stands AND has_data;
