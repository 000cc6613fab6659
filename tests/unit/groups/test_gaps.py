"""What is missing in the sequence of a source: opened, filled, in any order, corrected, withdrawn, doubled and refused."""

import random
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.envelope import Event
from contract.times import format_instant
from streams.cases import gossip
from streams.groups.gaps import Feed, Gaps

RULES = """
[[rule]]
id = "LOST"
name = { zh = "断号", en = "lost" }
family = "data"
kind = "deadline"
scope = "court"
key = ["source", "first", "last"]
start = "sys.gap_opened"
stop = ["sys.gap_filled"]
within = "1 hours"
outlives = true
levels = [{ severity = "yellow", at = "100%" }, { severity = "red", at = "4800%" }]

[[rule]]
id = "REFUSED"
name = { zh = "拒收", en = "refused" }
family = "data"
kind = "rate"
scope = "court"
window = "7 calendar_days"
measures = { refused = "count(\\"sys.event_rejected if event.data.reason == 'id_conflict'\\")" }
num = "refused"
levels = [{ severity = "yellow", when = "refused >= 1" }, { severity = "red", when = "refused >= 2" }]

[[rule]]
id = "HEARD"
name = { zh = "闻", en = "heard" }
family = "data"
kind = "silence"
scope = "court"
axis = "received"
expect = ["case.filed", "sys.feed_heartbeat"]
within = "48 hours"
effective = { from = "2024-01-01" }
outlives = true
levels = [{ severity = "yellow", at = "100%" }]
"""
DAYS = 12
COURTS = ("京0105", "粤0604")
HOUR = 1 / 24


def numbered(kit: Any, number: int, day: float, **more: Any) -> Event:
    """A filing under a number of its source, received when it happened."""
    court = more.pop("court", "京0105")
    return kit.filed(more.pop("case", f"case-{number % 5}-{court}"), day, court, sequence=number, id=f"n{number}", **more)


def told(kit: Any, events: Iterable[Event], until: float = DAYS) -> list[tuple[Any, ...]]:
    """The gaps that were open for an hour: source's court, first and last number, when it was due, when it ended."""
    ticks = [kit.at(day / 4) for day in range(int(until * 4) + 1)]
    alerts = [alert for alert in kit.offline(kit.pack(RULES), events, ticks) if alert.rule == "LOST"]
    assert not [alert for alert in alerts if alert.key[0].split("/")[2] != alert.subject]
    return sorted((alert.subject, int(alert.key[1]), int(alert.key[2]), alert.armed_at, alert.ended_at) for alert in alerts)


def text(kit: Any, day: float) -> str:
    """An instant as alerts write it."""
    return format_instant(kit.at(day))


@pytest.mark.usefixtures("few_courts")
def test_a_gap_is_open_from_the_first_number_behind_it_until_its_last_comes(kit: Any) -> None:
    """3 and 4 are missing from the receipt of 5 on; 4 comes late, 3 later still, which fills it."""
    events = [numbered(kit, number, number / 10) for number in (1, 2, 5, 6)]
    gap = ("京0105", 3, 4, text(kit, 0.5))
    assert told(kit, events) == [(*gap, None)]
    late = [numbered(kit, 4, 0.4, received=2.0), numbered(kit, 3, 0.3, received=3.0)]
    assert told(kit, [*events, late[0]]) == [(*gap, None)]
    assert told(kit, [*events, *late]) == [(*gap, text(kit, 3.0))]
    soon = [numbered(kit, number, number / 10, received=0.5 + HOUR) for number in (3, 4)]
    assert told(kit, [*events, *soon]) == [], "within the hour is in time"


@pytest.mark.usefixtures("few_courts")
def test_corrections_and_withdrawals_use_up_numbers_of_their_own(kit: Any) -> None:
    """A correction is number 2, a withdrawal number 3; nothing is missing, also once what they correct is gone."""
    first, last = numbered(kit, 1, 0.1), numbered(kit, 4, 0.4)
    recorded = {"recordedtime": kit.at(0.3), "receivedtime": kit.at(0.3), "correctionof": first.ref}
    again = kit.replace(first, id="n2", sequence=2, **recorded)
    withdrawn = kit.replace(first, id="n3", sequence=3, data=None, **recorded)
    assert told(kit, [first, again, withdrawn, last]) == []
    assert told(kit, [first, again, last]) == [("京0105", 3, 3, text(kit, 0.4), None)]


@pytest.mark.usefixtures("few_courts")
def test_a_number_counts_wherever_its_case_lies(kit: Any) -> None:
    """A source of the province sends for a court below it: the numbers are the source's, and its own court answers for them."""
    events = [numbered(kit, number, number / 10, court="浙") for number in (1, 3, 5)]
    below = kit.replace(numbered(kit, 2, 0.2, court="浙"), courtcode="浙0102")
    assert told(kit, [*events, below]) == [("浙", 4, 4, text(kit, 0.5), None)]


@pytest.mark.usefixtures("few_courts")
def test_a_heartbeat_tells_what_was_sent(kit: Any) -> None:
    """Up to 4 was sent, says the heartbeat, and only 2 came; where nothing ever came the sequence begins behind it."""

    def beat(day: float, last: int) -> Event:
        data = {"court_code": "京0105", "last_seq": last}
        event: Event = kit.happened("sys.feed_heartbeat", day, data, case="court/京0105")
        return event

    assert told(kit, [numbered(kit, 2, 0.2), beat(1.0, 4)]) == [("京0105", 3, 4, text(kit, 1.0), None)]
    assert told(kit, [beat(1.0, 4), numbered(kit, 5, 1.5)]) == []
    assert told(kit, [numbered(kit, 2, 0.2), beat(1.0, 2), beat(2.0, 1)]) == []


@pytest.mark.usefixtures("few_courts")
def test_what_was_refused_came_and_is_told_once(kit: Any) -> None:
    """Two bodies under one name: one is refused, whichever comes first and however often; its number has come all the same."""
    good = numbered(kit, 1, 0.1)
    other = kit.replace(good, sequence=2, recordedtime=kit.at(0.2), receivedtime=kit.at(0.2))
    again = kit.replace(other, receivedtime=kit.at(0.9))
    last = numbered(kit, 3, 0.3)
    packs = kit.pack(RULES)
    ticks = [kit.at(day) for day in range(DAYS)]
    for events in ([good, other, again, last], [again, other, last, good], [other, good, again, last]):
        lines = [*events, *ticks_of(ticks)]
        alerts, _, _ = offline(packs, lines)
        found = [(alert.rule, alert.severity) for alert in alerts if alert.rule in ("LOST", "REFUSED")]
        assert found == [("REFUSED", "yellow")]


def ticks_of(ticks: Iterable[datetime]) -> list[Event]:
    """Ticks at these instants."""
    from contract.control import ticked  # noqa: PLC0415  # as the nation of conftest makes them

    return [ticked(number, tick) for number, tick in enumerate(ticks)]


def offline(packs: Any, lines: Iterable[Event]) -> Any:
    """Supervise in just this order."""
    from streams.offline import supervise  # noqa: PLC0415  # the same as kit.offline, which sorts

    return supervise(enumerate(lines, 1), packs)


# ---- in any order ------------------------------------------------------------------------------------------------------


def story(kit: Any, chance: random.Random) -> list[Event]:
    """Two sources with lost, late, doubled, corrected and withdrawn numbers, and heartbeats that tell how far they are."""
    events: list[Event] = []
    for court in COURTS:
        lost = {number for number in range(1, 40) if chance.random() < 0.15}
        for number in range(1, 40):
            day = round(number / 5 + chance.uniform(0, 0.1), 3)
            if number in lost:
                continue
            late = day + chance.choice([0.0, 0.0, 0.0, 0.05, 1.0, 4.0])
            event = numbered(kit, number, day, court=court, received=late, case=f"case-{chance.randrange(12)}-{court}")
            if chance.random() < 0.25 and events and events[-1].sequence is not None and events[-1].source == event.source:
                data = None if chance.random() < 0.5 else events[-1].data
                event = kit.replace(events[-1], id=f"n{number}", sequence=number, data=data, correctionof=events[-1].ref)
                event = kit.replace(event, recordedtime=kit.at(late), receivedtime=kit.at(late))
            events.append(event)
            if chance.random() < 0.2:
                events.append(kit.replace(event, receivedtime=event.receivedtime + timedelta(hours=chance.choice([1, 40]))))
            if chance.random() < 0.1:
                data = {"court_code": court, "last_seq": number + chance.choice([0, 0, 2])}
                events.append(
                    kit.happened("sys.feed_heartbeat", day + 0.07, data, case=f"court/{court}", court=court, id=f"b{number}")
                )
    return events


def same_as_a_file(kit: Any, number: int) -> set[str]:
    """Several partitions in any order agree with one that reads it all; returns the rules of which there are alerts."""
    chance = random.Random(number)
    packs, events = kit.pack(RULES), story(kit, chance)
    ticks = [kit.at(day / 2) for day in range(2 * DAYS)]
    expected = kit.offline(packs, events, ticks)
    nation = kit.nation(packs, chance.choice([1, 2, 3]))
    nation.everything(events, ticks, chance)
    assert nation.standing() == expected
    assert nation.told() == expected
    return {alert.rule for alert in expected}


@pytest.mark.usefixtures("few_courts")
@pytest.mark.parametrize("number", range(25))
def test_every_interleaving_finds_the_same_gaps(kit: Any, number: int) -> None:
    """With repeats, restarts, corrections, what comes late and what never comes."""
    assert same_as_a_file(kit, number) >= {"LOST"}


def without_numbers_of_corrections(patch: pytest.MonkeyPatch) -> None:
    """Only events that stand tell their numbers."""
    patch.setattr(gossip, "numbers_told", lambda *_: {})


def without_the_order_of_receipt(patch: pytest.MonkeyPatch) -> None:
    """What comes counts as it comes."""

    def change(self: Feed, _ref: Any, heard: Any) -> None:
        if heard is not None:
            self._waiting.append(heard)

    patch.setattr(Feed, "change", change)


def without_a_clock(patch: pytest.MonkeyPatch) -> None:
    """Nobody waits for what was received later than the least watermark."""
    patch.setattr(Gaps, "wake", None)


@pytest.mark.usefixtures("few_courts")
@pytest.mark.parametrize("guard", [without_numbers_of_corrections, without_the_order_of_receipt, without_a_clock])
def test_without_its_guard_an_interleaving_differs(
    guard: Callable[[pytest.MonkeyPatch], None], kit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each guard is needed: corrections open gaps without it, or one of the stories above goes wrong."""
    guard(monkeypatch)

    def everything() -> None:
        test_corrections_and_withdrawals_use_up_numbers_of_their_own(kit)
        for number in range(25):
            same_as_a_file(kit, number)

    with pytest.raises(AssertionError):
        everything()


# ---- number by number ----------------------------------------------------------------------------------------------------

RECEIPTS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 9), st.booleans()), min_size=1, max_size=14)


def by_number(receipts: list[tuple[int, int, bool]], clock: int) -> set[tuple[int, int, int, int | None]]:
    """(first, last, opened, filled) of every gap, told number by number: missing once less and more have come."""
    heard = [one for one in receipts if one[1] <= clock]
    came = {n: min(at for m, at, beats in heard if m == n and not beats) for n, _, beats in heard if not beats}
    first = min((at for _, at, _ in heard), default=0)
    begin = [n for n, at in came.items() if at == first] or [max(n for n, at, _ in heard if at == first)] if heard else []
    below = came | dict.fromkeys(begin, first)
    opened: dict[int, int] = {}
    for number in range(13):
        least = min((at for n, at in below.items() if n < number), default=None)
        behind = [at for n, at, beats in heard if n > number or (beats and n == number and number not in begin)]
        if least is None or not behind:
            continue
        at = max(least, min(behind))
        if number in begin or came.get(number, at + 1) <= at:
            continue
        opened[number] = at
    gaps: set[tuple[int, int, int, int | None]] = set()
    for number, at in sorted(opened.items()):
        if opened.get(number - 1) == at:
            continue
        last = number
        while opened.get(last + 1) == at:
            last += 1
        filled = [came.get(one) for one in range(number, last + 1)]
        gaps.add((number, last, at, None if None in filled else max(one for one in filled if one is not None)))
    return gaps


@settings(max_examples=600, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(receipts=RECEIPTS, clocks=st.lists(st.integers(0, 10), max_size=4), chance=st.randoms())
def test_gaps_are_what_a_count_number_by_number_says(
    receipts: list[tuple[int, int, bool]], clocks: list[int], chance: random.Random
) -> None:
    """Told in any order, the clock moving in between: the same gaps as without intervals and without an order of reading."""
    gaps = Gaps("京0105")
    zero = datetime.fromisoformat("2024-01-01T00:00:00+00:00")
    told = list(enumerate(receipts))
    chance.shuffle(told)
    moves = sorted(clocks)
    for place, (name, (number, at, beats)) in enumerate(told):
        received = format_instant(zero + timedelta(hours=at))
        mark = {"what": "number", "source": "/court/京0105/cms", "receivedtime": received}
        mark |= {"number": -1, "last": number} if beats else {"number": number, "last": None}
        gaps.change(("#numbers", str(name)), mark, None)
        if place < len(moves):
            gaps.look(zero + timedelta(hours=moves[place]))
    end = max([*moves, 5])
    gaps.look(zero + timedelta(hours=end))
    facts = [fact for feed in gaps._said.values() for fact in feed.values()]
    hour = {fact.ref: int((fact.time - zero).total_seconds() // 3600) for fact in facts}
    data = [(fact, (fact.data or {})["first"], (fact.data or {})["last"]) for fact in facts]
    filled = {(first, last): hour[fact.ref] for fact, first, last in data if fact.type == "sys.gap_filled"}
    found = {
        (first, last, hour[fact.ref], filled.get((first, last))) for fact, first, last in data if fact.type == "sys.gap_opened"
    }
    assert found == by_number(receipts, end)
