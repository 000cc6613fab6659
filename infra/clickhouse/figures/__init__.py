"""How the warehouse counts: SQL of each step and measure, and what runs it."""
