"""Who people are: local accounts, their sessions, tokens of programs, kiosks and feeds, and the trail of all of it.

One small SQLite file in the data folder (mode 0600). It holds personal data (names, numbers to page) and is no part of the log:
the log knows an account by its id alone, a pseudonym.
"""
