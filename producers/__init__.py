"""Ways in: what courts, files and the clock say becomes records of the log."""
