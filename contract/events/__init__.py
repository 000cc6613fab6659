"""The payloads: one frozen struct for each event type, a file for each noun."""
