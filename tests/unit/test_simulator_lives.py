"""Simulated lives: reproducible, lawful in their order, valid in the contract, and rich in breaches and near misses."""

import re
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from contract.case_no import parse_case_no
from contract.codec import read_lines
from contract.courts import COURTS
from contract.envelope import Event
from contract.registry import CONTROL_TYPES, EVENT_TYPES, RESTRICTED_TYPES, validate
from producers.checks import check
from producers.identity import id_valid
from producers.simulator.feed import Feed, FeedError, Model, State, begin, keep, load
from producers.simulator.marked import NAME_MARK, NUMBER_PATTERN
from producers.simulator.run import SHORT_MARK, gather, lives
from streams.rules.load import load_packs
from yipanqi.simulate import command

CASES = 500


def run(folder: Path, seed: int, cases: int = CASES) -> tuple[Path, Path]:
    """Call the command; returns the files of events and truth."""
    events, truth = folder / f"events-{seed}.jsonl", folder / f"truth-{seed}.jsonl"
    arguments = ["--seed", str(seed), "--cases", str(cases), "--out", str(events), "--truth", str(truth), "--stats"]
    result = CliRunner().invoke(command, [*arguments, "--labels", str(folder / "labels.jsonl")])
    assert result.exit_code == 0, result.output
    return events, truth


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """One simulation for all tests of this file."""
    return run(tmp_path_factory.mktemp("sim"), 5)


@pytest.fixture(scope="module")
def events(files: tuple[Path, Path]) -> list[Event]:
    """Its events, decoded."""
    found = [event for _, event in read_lines(files[0])]
    assert all(isinstance(event, Event) for event in found)
    return [event for event in found if isinstance(event, Event)]


@pytest.fixture(scope="module")
def facts(events: list[Event]) -> list[Event]:
    """Its events without the ticks."""
    return [event for event in events if event.short != "sys.ticked"]


@pytest.fixture(scope="module")
def whole(facts: list[Event]) -> list[Event]:
    """The facts of whole lives: short cases, made to break one rule, keep no order."""
    return [event for event in facts if SHORT_MARK not in event.subject]


def test_the_same_arguments_give_the_same_bytes(files: tuple[Path, Path], tmp_path: Path) -> None:
    """A second run writes the same files; another seed writes others."""
    again = run(tmp_path, 5)
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in files]
    other = run(tmp_path, 6)
    assert other[1].read_bytes() != files[1].read_bytes()


def test_every_event_passes_the_gateway(facts: list[Event]) -> None:
    """The contract finds nothing wrong with any event, and the gateway's checks take each."""
    for event in facts:
        assert validate(event) == []
        check(event)


def test_events_come_in_the_order_of_entry_with_a_tick_a_day(events: list[Event]) -> None:
    """The time of entry never falls, ticks are numbered one by one, and the file ends with one."""
    assert all(before.recordedtime <= after.recordedtime for before, after in pairwise(events))
    ticks = [event for event in events if event.short == "sys.ticked"]
    assert [(tick.data or {})["control"] for tick in ticks] == list(range(1, len(ticks) + 1))
    assert events[-1] is ticks[-1]
    assert all(event.time <= event.recordedtime for event in events)


def test_sources_number_their_events_and_ids_are_unique(facts: list[Event]) -> None:
    """Each source counts its common events from 1 without a gap, unless it loses numbers; no name is given twice."""
    numbers = defaultdict(list)
    for event in facts:
        if event.short in RESTRICTED_TYPES:
            assert event.sequence is None  # a gap would tell of it
        elif re.fullmatch(r"/court/[^/]+/sim", event.source):
            numbers[event.source].append(event.sequence)
        else:
            assert re.fullmatch(r"/court/[^/]+/nodes-s5-\d+k-\d", event.source)
        assert event.court in COURTS
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())
    assert len({event.ref for event in facts}) == len(facts)


def test_case_numbers_are_in_normal_form_and_given_once(whole: list[Event]) -> None:
    """Every number parses to itself, names the court that filed, and belongs to one case."""
    owners: dict[str, str] = {}
    for event in whole:
        data = event.data or {}
        if event.short in {"case.filed", "objection.filed"}:
            number = parse_case_no(data["case_no"])
            assert number.normal == data["case_no"]
            assert number.court == event.court
            assert number.year == int(str(event.time.astimezone().year)) or event.time.month in {1, 12}
            assert owners.setdefault(data["case_no"], data.get("objection_id", event.subject)) in data.get(
                "objection_id", event.subject
            )


def test_lives_obey_the_process(whole: list[Event]) -> None:
    """By the time of things: application, filing, then measures; found before controlled, received before paid; closed last."""
    cases: dict[str, dict[str, list[Event]]] = defaultdict(lambda: defaultdict(list))
    for event in whole:
        cases[event.subject][event.short].append(event)
    assert len(cases) >= CASES * 0.4
    for told in cases.values():
        filed = told.get("case.filed", [])
        if not filed:
            assert set(told) <= {"case.application_received", "case.refused"}
            continue
        begins = min(event.time for event in filed)
        assert len(filed) == 1
        assert all(event.time <= begins for event in told["case.application_received"])
        assert len(told["case.closed"]) + len(told["case.transferred"]) <= 1
        for name, found in told.items():
            if name not in {"case.application_received", "case.filed"}:
                assert all(event.time >= begins for event in found), name
        ends = [event.time for name in ("case.closed", "case.transferred") for event in told[name]]
        steps = [event.time for name, found in told.items() if name.startswith(("case.", "inquiry.")) for event in found]
        assert not ends or max(steps) == ends[0]
    for event in whole:
        told = cases[event.subject]
        data = event.data or {}
        if event.short in {"asset.controlled", "asset.paid_over", "asset.price_started"}:
            found = [other for other in told["asset.discovered"] if (other.data or {})["asset_id"] == data["asset_id"]]
            assert found[0].time <= event.time
        if event.short in {"fund.disbursed", "fund.escrowed", "fund.matched"}:
            receipts = data.get("receipt_ids") or [data["receipt_id"]]
            found = [other for other in told["fund.received"] if (other.data or {})["receipt_id"] in receipts]
            assert found[0].time <= event.time


def test_no_receipt_is_paid_out_twice(whole: list[Event]) -> None:
    """What leaves a receipt never exceeds what came in."""
    left: dict[str, int] = {}
    for event in sorted(whole, key=lambda event: event.time):
        data = event.data or {}
        if event.short == "fund.received":
            left[data["receipt_id"]] = data["amount_fen"]
        elif event.short == "fund.disbursed":
            for part in data["parts"]:
                left[part["receipt_id"]] -= part["amount_fen"]
        elif event.short == "fund.escrowed":
            left[data["receipt_id"]] -= data["amount_fen"]
    assert left
    assert min(left.values()) >= 0


def test_chains_join_transfers_and_restorations(whole: list[Event]) -> None:
    """A later case of a chain has a subject of its own and the first one's as root."""
    roots = {event.subject: event.rootid for event in whole}
    joined = {subject: root for subject, root in roots.items() if subject != root}
    assert joined
    assert all(root in roots and roots[root] == root for root in joined.values())
    assert {event.short for event in whole if event.subject in joined} >= {"case.filed", "case.application_received"}


def test_everybody_bears_the_marks_and_only_under_pii(whole: list[Event]) -> None:
    """Each registered party has a marked name and a marked number with a right checksum; nothing else bears a mark."""
    registered = [event for event in whole if event.short == "party.registered"]
    assert len(registered) >= CASES * 0.8
    for event in registered:
        pii = (event.data or {})["pii"]
        assert pii["name"].startswith(NAME_MARK)
        assert id_valid(pii)
        assert re.search(NUMBER_PATTERN, pii.get("id_no", "") + pii.get("usc_code", ""))
    for event in whole:
        data = {name: value for name, value in (event.data or {}).items() if name != "pii"}
        text = msgspec.json.encode([event.subject, data]).decode()
        assert NAME_MARK not in text
        assert not re.search(NUMBER_PATTERN, text)


def test_every_rule_is_broken_and_nearly() -> None:
    """In a small run already every rule is broken and narrowly kept, every type told."""
    made = gather(lives(3, 3000, 0.25))
    tally = made.tally
    names = {rule.id for rule in load_packs()[0].rules}
    assert {rule for rule, _, reached, _ in tally.rows() if reached} >= names
    assert {rule for rule, _, _, missed in tally.rows() if missed} >= names

    seen = {fact.kind for fact in made.facts}
    assert EVENT_TYPES.keys() - CONTROL_TYPES - {"sys.dead_letter_resolved"} <= seen


DAY_S = 86_400
ORIGIN = 1_704_124_800  # 2024-01-01T16:00:00Z, the first instant of 2 January in China


def take_days(feed: Feed, first: int, last: int, most: int) -> list[dict[str, object]]:
    """Everything that a feed hands out from the end of day ``first`` to the end of day ``last``."""
    found: list[dict[str, object]] = []
    for day in range(first, last):
        while batch := feed.take(ORIGIN + (day + 1) * DAY_S, most):
            found += batch
    return found


def test_a_feed_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """Taken up from a kept state, in other batches, a feed hands out the very same events as one that never stopped."""
    model = Model(seed=4, rate=4.0)
    whole, first = Feed(begin(model, ORIGIN)), Feed(begin(model, ORIGIN))
    take_days(whole, 0, 10, 1000)
    take_days(first, 0, 10, 37)
    keep(tmp_path / "state.json", first.state())
    state = load(tmp_path / "state.json")
    assert state is not None
    rest = take_days(whole, 10, 20, 1000)
    assert take_days(Feed(state), 10, 20, 11) == rest
    assert len(rest) > 100


def test_a_feed_begins_with_the_history_of_a_nation() -> None:
    """Before its first instant lives are under way; nothing is told before it was entered, and sources count from 1."""
    feed = Feed(begin(Model(seed=4, rate=4.0), ORIGIN))
    history = take_days(feed, -1, 0, 500)
    assert len(history) > 1000
    assert all(str(event["recordedtime"]) <= "2024-01-01T16:00:00Z" for event in history)
    numbers: dict[object, list[int]] = defaultdict(list)
    for event in history:
        if "sequence" in event and str(event["source"]).endswith("/sim"):  # records of interference have none, others lose some
            numbers[event["source"]].append(int(str(event["sequence"])))
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())


def test_every_court_is_heard_but_for_those_that_fall_silent() -> None:
    """A feed beats for each court every four days, from its first instant on; some are silent for a while."""
    feed = Feed(begin(Model(seed=4, rate=0.0), ORIGIN + 3600))
    found = [event for event in take_days(feed, -1, 32, 5000) if str(event["type"]).endswith("feed_heartbeat.v1")]
    seconds: dict[object, set[str]] = defaultdict(set)
    times: Counter[object] = Counter()
    for event in found:
        assert str(event["time"]) >= "2024-01-01T17:00:00Z"
        seconds[event["source"]].add(str(event["time"])[11:])
        times[event["source"]] += 1
    assert len(seconds) == len(list(COURTS))
    assert all(len(second) == 1 for second in seconds.values())
    assert len({(event["source"], event["id"]) for event in found}) == len(found)
    assert 5 <= sum(1 for count in times.values() if count <= 5) <= 60
    assert min(times.values()) >= 3


def test_a_broken_state_is_not_taken_for_a_new_feed(tmp_path: Path) -> None:
    """A feed begun anew would send other events under the same ids, so an unreadable state is refused."""
    path = tmp_path / "state.json"
    assert load(path) is None
    path.write_bytes(msgspec.json.encode({"model": 1}))
    with pytest.raises(FeedError, match="can't be read"):
        load(path)
    keep(path, Feed(begin(Model(rate=0.0), ORIGIN)).state())
    assert isinstance(load(path), State)
