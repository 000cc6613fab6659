"""Prometheus: what it scrapes, its rules about the platform, the program where it is found. See docs/runbooks/platform.md."""
