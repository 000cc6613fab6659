"""The duty room: commands and what is told in, decisions out. Pure: no I/O, no clock of its own. See docs/duty.md."""
