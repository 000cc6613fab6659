"""Exports: a case as a bundle that can be verified without us, and a court's cases as a log for process mining."""
