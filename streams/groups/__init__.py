"""Supervision over many cases: facts of a court, an officer, a party, an account and the clock → alerts. Pure."""
