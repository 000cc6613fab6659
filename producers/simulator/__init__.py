"""A nation of enforcement cases that never was: whole lives, seeded, with the alerts that supervision owes for each.

The truth here is worked out day by day from how a life was made and a holiday table of its own. It shares neither the
engine nor the period arithmetic of the contract, so that either can show the other's faults.
"""
