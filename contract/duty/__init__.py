"""The duty room's part of the contract: who people are, what they may ask, what is decided, rosters, policies, directives."""
