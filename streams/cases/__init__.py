"""Pure: the history of a chain of cases and a clock give alerts and facts."""
