"""Wherever control events lie in a log, and wherever it is interrupted: the same alerts stand."""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from contract.calendar import Calendar
from contract.control import calendar_changed, pack_activated, pack_deactivated, rule_params_changed
from contract.envelope import Event
from contract.times import parse_instant
from streams.cases.partition import Partition
from streams.cases.rulebook import RuleBook


def book_of(lab: Any) -> tuple[RuleBook, list[Event]]:
    """Two versions of a pack, and control events in their order."""
    old = lab.pack('id = "T1"\narms = "every"\nwithin = "10 working_days"', 'id = "T2"', head='calendar = "cn"')
    first = msgspec.structs.replace(old.rules[0], within=("4 working_days",))
    new = msgspec.structs.replace(old, version="2", rules=(first, old.rules[1]))
    at = lab.instant("2024-01-01")
    names: list[dict[str, Any]] = [{"pack": pack.id, "version": pack.version, "sha256": pack.sha256} for pack in (old, new)]
    calendars = [Calendar("cn", str(last), (2023, last), {}, {}) for last in (2023, 2024)]
    brought: list[dict[str, Any]] = [
        {"calendar": c.name, "version": c.version, "sha256": c.sha256, "days": c.content()} for c in calendars
    ]
    change: dict[str, Any] = {"pack": "t", "rule_id": "T1", "param": "within", "old": "4 working_days", "new": "2 working_days"}
    change |= {"legal_basis": "b", "approver_role": "a", "effective_on": parse_instant("2024-02-20T00:00:00Z").date()}
    controls = [
        calendar_changed(0, at, **brought[0]),
        pack_activated(1, at, **names[0]),
        pack_activated(2, at, **names[1], from_at=lab.instant("2024-02-10"), rejudge=True),
        rule_params_changed(3, at, **change),
        calendar_changed(4, at, **brought[1]),
        pack_deactivated(5, at, pack="t", from_at=lab.instant("2024-03-05")),
    ]
    return RuleBook([old, new]), controls


class Story(NamedTuple):
    """What happens, and where the control events lie.

    Attributes:
        days: Events: (day, type, case).
        places: Before which event each control event comes.
        restarts: After which of all events the partition is stored and made anew.
        again: Whether the second version judges again what the first had armed.
    """

    days: list[tuple[int, str, str]]
    places: list[int]
    restarts: set[int]
    again: bool


STORIES = st.builds(
    Story,
    days=st.lists(
        st.tuples(st.integers(0, 80), st.sampled_from(["x.a", "x.b"]), st.sampled_from("pq")), max_size=12, unique=True
    ),
    places=st.lists(st.integers(0, 14), min_size=6, max_size=6),
    restarts=st.sets(st.integers(0, 20), max_size=3),
    again=st.booleans(),
)


def agree(lab: Any, story: Story) -> None:
    """The alerts that stand are those that stand where all control events come first."""
    book, controls = book_of(lab)
    if not story.again:
        data = dict(controls[2].data or {}, rejudge=False)
        controls[2] = msgspec.structs.replace(controls[2], data=data)
    begin = lab.instant("2024-01-08 10:00")
    events: list[Event] = []
    for day, kind, case in story.days:
        at = begin + (lab.instant("2024-01-02") - lab.instant("2024-01-01")) * day
        events.append(lab.event(kind, at.isoformat(), id=f"{kind}{day}{case}", case=case, root=case))
    waiting, mixed = list(zip(sorted(story.places), controls, strict=True)), []
    for number, event in enumerate(events):
        while waiting and waiting[0][0] <= number:
            mixed.append(waiting.pop(0)[1])
        mixed.append(event)
    mixed += [control for _, control in waiting]
    expected = run(lab, book, [*controls, *events], set())
    assert run(lab, book, mixed, story.restarts) == expected


@settings(max_examples=40)
@given(story=STORIES)
def test_control_events_anywhere(lab: Any, story: Story) -> None:
    """Standing alerts are a function of events, control events and clock; the order among control events is their number."""
    agree(lab, story)


def run(lab: Any, book: RuleBook, events: list[Event], restarts: set[int]) -> list[Any]:
    """The standing alerts at the end."""
    story = lab.Run()
    story.book, story.core = book, Partition(book, snapshots=False)
    for number, event in enumerate(events):
        story.take(event)
        if number in restarts:
            story.restart()
    story.tick("2024-05-01")
    assert story.poisons == []
    return list(story.alerts)


# ---- each guard is needed ----------------------------------------------------------------------------------------------


def chains_judged_again(patch: pytest.MonkeyPatch) -> None:
    """A chain goes on by the rules that it began with."""
    patch.setattr(Partition, "_rejudge_all", lambda *_: [])


def stored_parameters(patch: pytest.MonkeyPatch) -> None:
    """A partition that comes back has forgotten the parameters that were changed."""
    _forgets(patch, "changes")


def stored_calendars(patch: pytest.MonkeyPatch) -> None:
    """A partition that comes back has forgotten the calendars that were brought."""
    _forgets(patch, "calendars")


def stored_activations(patch: pytest.MonkeyPatch) -> None:
    """A partition that comes back knows the last activation alone."""
    whole = RuleBook.restore

    def restore(self: RuleBook, activations: list[Any], *packs: Any, **more: Any) -> None:
        whole(self, list(activations)[-1:] if packs else activations, *packs, **more)

    patch.setattr(RuleBook, "restore", restore)


def _forgets(patch: pytest.MonkeyPatch, what: str) -> None:
    whole = RuleBook.restore

    def restore(self: RuleBook, activations: Any, *packs: Any, **more: Any) -> None:
        whole(self, activations, *packs, **(more | {what: ()} if packs else more))  # without packs it is a copy of the book

    patch.setattr(RuleBook, "restore", restore)


Guard = Callable[[pytest.MonkeyPatch], None]
GUARDS: list[Guard] = [chains_judged_again, stored_parameters, stored_calendars, stored_activations]
MOST = 60
"""Stories within which each mutant must be found out; most fall within a few."""


@pytest.mark.parametrize("guard", GUARDS)
def test_without_its_guard_it_fails(guard: Guard, lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one guard taken out, one of a fixed series of stories doesn't agree."""

    @seed(1)
    @settings(
        max_examples=MOST,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(story=STORIES)
    def tell(story: Story) -> None:
        agree(lab, story)

    guard(monkeypatch)
    with pytest.raises(AssertionError):
        tell()
