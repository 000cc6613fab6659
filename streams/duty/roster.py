"""Who is on call: what the room reads of the roster. The wall reads the same functions, so they stand in the contract."""

from contract.duty.shifts import POSTS, REQUIRED, Gap, gaps, in_force, on_call

__all__ = ["POSTS", "REQUIRED", "Gap", "gaps", "in_force", "on_call"]
