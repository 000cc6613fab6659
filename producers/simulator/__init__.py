"""A nation of enforcement cases that never was: whole lives, seeded, with the alerts that supervision owes for each.

The truth here is worked out day by day from how a life was made and a holiday table of its own. It shares neither the
engine nor the period arithmetic of the contract, so that either can show the other's faults.
"""

from pathlib import Path

SIMULATED_PACK = Path(__file__).parent / "simulated.toml"
"""The national rules as the simulated nation lives under them: the pack says which are out of force there, and why."""
