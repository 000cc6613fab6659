"""Supervision: a thin Faust shell over a pure core that judges histories by rules that are data."""
