-- What the rule files write: for each rule what begins, ends, pauses and moves its obligations, and its limit and levels.

-- does: start | stop | cancel | pause | resume | extend. `at`, then `place`, is the instant at which it takes effect.
-- entry: which of the rule's kinds of pause. day: of a pause its last day, of an extension the new due day, of a start the due
-- day where the limit is a date. n: of a start its own number of units. speaks_for_all: the event names no key. of_start: it concerns only the
-- obligation of the start at this place (0: any). element: JSON; a start for a list has a row for each
-- element, and of `first` each element has a first start of its own.
CREATE TABLE parts
(
    rule String, does String, subject String, key Array(String), element String,
    at DateTime64(6, 'UTC'), place UInt64, entry UInt8, day Nullable(Date32), n Nullable(Int32), speaks_for_all UInt8,
    of_start UInt64
)
ENGINE = MergeTree ORDER BY (rule, subject);

-- A level isn't reached at an instant later than `at` if it stands here.
CREATE TABLE unless (rule String, nth UInt8, subject String, key Array(String), at DateTime64(6, 'UTC'), of_start UInt64) ENGINE = Memory;

-- arms: first | every | last. unit: calendar_days | working_days | months | hours | date (then `day` of the start says it).
CREATE TABLE limits (rule String, arms String, n Int32, unit String, outlives UInt8) ENGINE = Memory;

-- counts_from: limit (the due instant itself) | start | due. rank: 1 yellow, 2 orange, 3 red.
CREATE TABLE levels (rule String, nth UInt8, severity String, counts_from String, n Int32, unit String) ENGINE = Memory;

-- Alerts of rules that are judged at events or windows, ready made.
CREATE TABLE found
(
    rule String, subject String, key Array(String), element String, severity String,
    due_at DateTime64(6, 'UTC'), raised_at DateTime64(6, 'UTC'), end_reason Nullable(String), breach_days Nullable(Int64)
)
ENGINE = Memory;

-- The rules that are stated in another way than by `limits`.
CREATE TABLE stated (rule String) ENGINE = Memory;

-- Rules judged at events: arms first | every; whether a point at which nothing fails cures; whether the end of the case doesn't end it.
CREATE TABLE pointed (rule String, arms String, holds UInt8, outlives UInt8) ENGINE = Memory;

-- A point: an event at which a rule is judged, with the severity, empty where nothing fails.
CREATE TABLE points (rule String, subject String, key Array(String), at DateTime64(6, 'UTC'), place UInt64, severity String) ENGINE = Memory;

-- What ends such an alert, as cured or closed.
CREATE TABLE clears (rule String, reason String, subject String, key Array(String), at DateTime64(6, 'UTC'), place UInt64) ENGINE = Memory;
