"""The console: where people on duty answer alerts, give directives, and keep the roster."""
