"""The circuit breaker: one bad source is muted, many stop the worker, and a restart changes neither."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from streams.shell.breaker import (
    MOST_TALLIES,
    MUTED_FOR,
    RUN_LIMIT,
    SYSTEMIC_WINDOW,
    WINDOW,
    Breaker,
    SystemicFailureError,
    Tally,
)

NOW = datetime(2026, 1, 5, tzinfo=UTC)


def refuse(breaker: Breaker, source: str, times: int) -> None:
    """Refuse so many records of a source."""
    for _ in range(times):
        breaker.refused(source, NOW)


def test_a_run_of_refused_records_mutes_its_source_and_no_other() -> None:
    """At the limit, not before."""
    breaker = Breaker()
    refuse(breaker, "bad", RUN_LIMIT - 1)
    assert not breaker.is_muted("bad", NOW)
    refuse(breaker, "bad", 1)
    assert breaker.is_muted("bad", NOW)
    assert not breaker.is_muted("good", NOW)
    assert breaker.muted == ["bad"]


def test_a_good_record_breaks_the_run_but_not_the_ratio() -> None:
    """Every second record refused is no run, but half of the window."""
    breaker = Breaker()
    for _ in range(WINDOW // 2 - 1):
        breaker.refused("half", NOW)
        breaker.accepted("half", NOW)
    assert not breaker.is_muted("half", NOW)
    breaker.refused("half", NOW)
    breaker.accepted("half", NOW)
    assert breaker.is_muted("half", NOW)


def test_one_refused_record_in_twenty_is_borne_for_ever() -> None:
    """A ratio below the limit never mutes."""
    breaker = Breaker()
    for number in range(20 * WINDOW):
        if number % 20:
            breaker.accepted("some", NOW)
        else:
            breaker.refused("some", NOW)
    assert not breaker.is_muted("some", NOW)


def test_after_an_hour_of_the_log_a_muted_source_gets_another_chance() -> None:
    """Its tally begins anew."""
    breaker = Breaker()
    refuse(breaker, "bad", RUN_LIMIT)
    assert breaker.is_muted("bad", NOW + MUTED_FOR - timedelta(seconds=1))
    assert not breaker.is_muted("bad", NOW + MUTED_FOR)
    refuse(breaker, "bad", RUN_LIMIT - 1)
    assert not breaker.is_muted("bad", NOW + MUTED_FOR)


def test_a_healed_source_is_forgotten() -> None:
    """The tallies stay as few as the sources in trouble."""
    breaker = Breaker()
    breaker.refused("once", NOW)
    for _ in range(3 * WINDOW):
        breaker.accepted("once", NOW)
    assert breaker.tallies == {}


def test_many_sources_going_bad_at_once_stop_the_worker() -> None:
    """That is a fault of ours; good events must not be buried by it."""
    breaker = Breaker()
    for number in range(SYSTEMIC_WINDOW // 2 - 1):
        breaker.refused(f"court-{number % 40}", NOW)
    with pytest.raises(SystemicFailureError, match="look at `yipanqi dlq list`"):
        breaker.refused("court-0", NOW)


def test_one_source_alone_never_stops_the_worker() -> None:
    """However much it sends: it is muted instead."""
    breaker = Breaker()
    refuse(breaker, "bad", 3 * SYSTEMIC_WINDOW)
    assert breaker.is_muted("bad", NOW)


def test_a_restored_breaker_decides_as_the_old_one() -> None:
    """Its tallies go through the changelog and back."""
    breaker = Breaker()
    refuse(breaker, "bad", RUN_LIMIT)
    refuse(breaker, "nearly", RUN_LIMIT - 1)
    stored = msgspec.msgpack.encode(breaker.tallies)
    again = Breaker(msgspec.msgpack.decode(stored, type=dict[str, Tally]))
    assert again.is_muted("bad", NOW)
    again.refused("nearly", NOW)
    assert again.is_muted("nearly", NOW)


def test_names_that_nobody_bears_do_not_fill_the_state() -> None:
    """A record that cannot be read may name any source; one that is muted stays so meanwhile."""
    breaker = Breaker()
    for _ in range(RUN_LIMIT):
        breaker.refused("bad", NOW)
    for number in range(MOST_TALLIES + 10):
        breaker.refused(f"made-up-{number}", NOW)
        breaker.accepted("good", NOW)
        breaker.accepted("good", NOW)
    assert len(breaker.tallies) == MOST_TALLIES
    assert breaker.is_muted("bad", NOW)
