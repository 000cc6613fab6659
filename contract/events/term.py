"""Events of the termination of one enforcement procedure (终结本次执行程序)."""

from contract.events.fields import Day, Fen, Payload, Text


class Ruled(Payload, frozen=True, kw_only=True):
    """终本裁定 / termination was ruled; it sets the mode, `case.closed` closes."""

    ruling_no: Text | None = None
    on: Day | None = None
    served_on: Day | None = None
    remaining_fen: Fen | None = None
    onsite_done: bool | None = None
    reason: Text | None = None
