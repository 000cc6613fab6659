-- Measures are new: where open cases, assets and directives stand, what is left of each day, what institutions and courts owe. All is
-- counted again, which writes what is new alone; the worker that counts stands still while tables are migrated.
TRUNCATE TABLE figured;
