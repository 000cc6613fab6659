"""The standing alerts are a function of the set of events and the clock; the journal is one of the log.

The stories, and what is said of each, stand in ``tests/support/stories.py``; `test_guards` shows that each can fail.
"""

from collections.abc import Callable
from typing import Any

import pytest
import stories
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SLOW = settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.differing_executors],
)


@pytest.fixture(scope="module")
def pack(lab: Any) -> Any:
    """Rules of all kinds that use everything they can be made of."""
    return lab.pack(*stories.ALL_RULES, pack_id="anyorder")


@SLOW
@given(data=st.data())
def test_any_order_equals_sort_and_fold(data: st.DataObject, lab: Any, pack: Any) -> None:
    """Whatever the order of arrival, resends, second bodies, ticks between and restarts: the same standing alerts."""
    stories.any_order(data, lab, pack)


@SLOW
@given(data=st.data())
def test_the_journal_is_a_function_of_the_log(data: st.DataObject, lab: Any, pack: Any) -> None:
    """Two runs over one log say the same, byte for byte, wherever one of them was restarted; it folds to what stands."""
    stories.same_journal(data, lab, pack)


@SLOW
@given(data=st.data())
def test_a_reread_changes_nothing(data: st.DataObject, lab: Any, pack: Any) -> None:
    """What was read before a position is passed over when it is read again."""
    stories.reread(data, lab, pack)


@SLOW
@given(data=st.data())
def test_a_crash_loses_nothing_and_repeats_itself(data: st.DataObject, lab: Any, pack: Any) -> None:
    """Stored at one position and stopped at another, the worker goes on as if it had never stopped."""
    stories.crash(data, lab, pack)


@SLOW
@given(data=st.data())
def test_a_correction_and_its_withdrawal_leave_no_trace(data: st.DataObject, lab: Any, pack: Any) -> None:
    """An event corrected, and the correction withdrawn, stands as it did."""
    stories.withdrawn_again(data, lab, pack)


@SLOW
@given(data=st.data())
def test_chains_side_by_side_say_what_each_says_alone(data: st.DataObject, lab: Any, pack: Any) -> None:
    """In any interleaving of chains, put away and fetched again as they come."""
    stories.interleaved(data, lab, pack)


@SLOW
@given(data=st.data())
def test_batches_change_nothing(data: st.DataObject, lab: Any, pack: Any) -> None:
    """The same outputs and the same stored state, wherever a batch ends."""
    stories.batches(data, lab, pack)


LONG = settings(SLOW, max_examples=3000)


@pytest.mark.nightly
@pytest.mark.timeout(6000)
@pytest.mark.parametrize(
    "holds", [stories.any_order, stories.same_journal, stories.crash, stories.interleaved, stories.batches]
)
def test_at_length(holds: Callable[[Any, Any, Any], None], lab: Any, pack: Any) -> None:
    """Three thousand stories for each."""

    @LONG
    @given(data=st.data())
    def run(data: st.DataObject) -> None:
        holds(data, lab, pack)

    run()
