"""What people see: the live view, the API, and the wall. Nothing here writes to the log or the database."""
