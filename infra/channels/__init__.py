"""Channels: how a page or a digest reaches people. One interface, a file for each kind; see docs/notification.md."""
