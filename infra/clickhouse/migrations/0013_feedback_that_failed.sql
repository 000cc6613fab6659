-- A measure is new: feedback in error. All is counted again, which writes what is new alone; the worker that counts stands still while
-- tables are migrated.
TRUNCATE TABLE figured;
