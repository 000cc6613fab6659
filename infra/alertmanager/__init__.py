"""Alertmanager: its configuration, a client of its API v2, and the program where it is found. See docs/notification.md."""
