"""Importers: logs that others wrote, turned into event files.

`xes` and `csv` read a file into rows, `mapping` says what a row means, `convert` makes the event.
"""
