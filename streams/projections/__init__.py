"""Projections of the log: pure functions from a record to rows, one file for each table."""
