"""What is said and when: event types, envelope, topics, court tree, case numbers, calendar and periods.

Every other room depends on this one; it depends on none. It does no I/O beyond its own data files.
"""
