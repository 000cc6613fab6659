-- Whether the line has a tick after some day is asked by every panel of what is left: without this each read all ticks.
ALTER TABLE watermarks ADD INDEX IF NOT EXISTS by_tick tick TYPE minmax GRANULARITY 1;

ALTER TABLE watermarks MATERIALIZE INDEX by_tick;
