"""Looks for garbage that pass over what has stayed.

Python counts references and looks now and then for rings of objects that nothing else refers to. A look at everything takes as
long as there are objects, and no thread runs meanwhile: of forty thousand chains that would be half a minute. What a worker
keeps has no rings (tests/unit/test_heap.py) and goes when the last reference goes. So what a whole look has found in use
is never looked at again; a ring that came into being before such a look and dies after it would stay, and the rings of a worker
are of the calls in flight.
"""

import gc
from typing import Literal

_OLDEST = 2


def spare_what_stays() -> None:
    """From now on each look at everything leaves out what the last ones found in use. For the whole process; once is enough."""
    if _set_apart not in gc.callbacks:
        gc.callbacks.append(_set_apart)


def _set_apart(phase: Literal["start", "stop"], info: dict[str, int]) -> None:
    if phase == "stop" and info["generation"] == _OLDEST:
        gc.freeze()
