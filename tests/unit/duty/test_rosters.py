"""A desk's roster: who sets it, swaps with two consents, sign-in, handover, windows, gaps; everybody is told."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import msgspec
import pytest

from contract.duty import commands as c
from contract.duty.people import Principal, Role
from contract.duty.rights import RIGHTS
from contract.duty.roster import Override, RosterRecord, Rota, Rotation
from contract.times import SHANGHAI
from streams.duty import rosters
from streams.duty.outcome import Said
from streams.duty.roster import on_call

pytestmark = pytest.mark.unit

COURT, UP1 = "粤0604", "粤06"
DIRECTOR = Principal(account="局长", role="director", court=COURT)


def at(text: str) -> datetime:
    """An instant in Shanghai, ``2024-03-01 10:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def person(account: str, role: Role = "duty_officer", court: str = COURT) -> Principal:
    """Somebody of the court."""
    return Principal(account=account, role=role, court=court)


def rota(from_on: date = date(2024, 3, 1), **other: Any) -> Rota:
    """Officers by working day, technicians by day, a leader for the week; from a Friday."""
    turns: list[tuple[Any, str, Any]] = [
        ("officer", "甲 乙", "working_day"),
        ("technician", "技一 技二", "day"),
        ("leader", "院长 副院长", "week"),
    ]
    rotations = tuple(
        Rotation(post=post, accounts=tuple(accounts.split()), every=every, first_on=from_on) for post, accounts, every in turns
    )
    return Rota(**({"id": COURT, "court": COURT, "from_on": from_on, "rotations": rotations} | other))


def override(start: str, end: str, **other: Any) -> Override:
    """An override of the officer, nobody unless it says who."""
    given = {"id": "0" * 32, "rota": COURT, "post": "officer", "start": at(start), "end": at(end)}
    return Override(**(given | other))


class Desk:
    """One roster and the room's clock."""

    def __init__(self, now: str = "2024-03-01 08:00", first: Rota | None = None) -> None:
        """Begin with a roster from today, unless another is given."""
        self.now = at(now)
        self.record: RosterRecord | None = None
        self.said: list[Said] = []
        self.tells: list[Any] = []
        self.count = 0
        assert self.do(c.RotaSet, DIRECTOR, rota=first or rota()).startswith("roster_set")

    def do(self, kind: type[c.Command], who: Principal, **given: Any) -> str:
        """Give a command; what it did in words, or the code of the refusal."""
        self.count += 1
        command: Any = kind(id=f"{self.count:032x}", target=f"roster/{COURT}", principal=who, at=self.now, **given)
        before = self.record
        done = rosters.decide(before, command, self.now)
        assert not done.refused or (done.record == before and not done.tells)
        self.record, self.said, self.tells = done.record, [*self.said, *done.said], [*self.tells, *done.tells]
        return " ".join(one.code or one.what for one in done.said)

    def wind(self, until: str) -> list[str]:
        """Let time pass; what was said, with its day and time."""
        self.now = at(until)
        found: list[str] = []
        while (step := rosters.next_due(self.state)) is not None and step <= self.now:
            done = rosters.due(self.state, step)
            assert done.record is not None
            self.record, self.said = done.record, [*self.said, *done.said]
            found += (f"{step.astimezone(SHANGHAI):%m-%d %H:%M} {one.what}" for one in done.said)
        return found

    @property
    def state(self) -> RosterRecord:
        """The record, which is there."""
        assert self.record is not None
        return self.record

    def officer(self, when: str) -> tuple[str, ...]:
        """Who the officers are, by what everybody was told last."""
        told = next(one for one in reversed(self.tells) if one.rota is not None)
        return on_call(told.rota, told.overrides, at(when))["officer"]


def test_a_roster_is_set_by_the_director_and_told_to_everybody() -> None:
    """Of the own desk; every partition gets the version with its overrides, numbered."""
    desk = Desk()
    assert [(one.target, one.control, one.rota, one.overrides) for one in desk.tells] == [("*", 1, rota(), ())]
    assert desk.do(c.RotaSet, person("甲"), rota=rota()) == "role_may_not"
    assert desk.do(c.RotaSet, person("上级", "president", UP1), rota=rota()) == "own_court_only"


def test_the_leader_of_the_week_may_set_it_too() -> None:
    """院长 leads the first week, 副院长 the second."""
    desk = Desk()
    desk.now = at("2024-03-01 09:00")
    change = override("2024-03-04 09:00", "2024-03-04 18:00", account="乙")
    assert desk.do(c.OverrideSet, person("副院长"), override=change) == "role_may_not"
    assert desk.do(c.OverrideSet, person("院长"), override=change) == "override_set"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (rota(id="粤0605"), "other_desk"),
        (rota(court="粤0605"), "other_desk"),
        (rota(zone="Asia/Foshan"), "unknown_zone"),
        (rota(zone="Asia"), "unknown_zone"),
        (rota(zone="../etc"), "unknown_zone"),
        (rota(rotations=()), "no_rotations"),
        (rota(date(2024, 2, 29)), "in_the_past"),
    ],
)
def test_a_wrong_roster_is_refused(wrong: Rota, code: str) -> None:
    """With the reason; nothing reaches into the past."""
    assert Desk().do(c.RotaSet, DIRECTOR, rota=wrong) == code


@pytest.mark.parametrize("first_on", [date(9999, 12, 31), date(1, 1, 1)])
@pytest.mark.parametrize("every", ["day", "working_day", "week"])
def test_a_roster_counts_from_no_day_beyond_the_calendar(first_on: date, every: Any) -> None:
    """The room would stop at such a command again and again, or never be done with it."""
    turns = (Rotation(post="officer", accounts=("甲",), every=every, first_on=first_on),)
    assert Desk().do(c.RotaSet, DIRECTOR, rota=rota(date(2024, 3, 2), rotations=turns)) == "too_far"


def test_nothing_is_set_or_swapped_for_a_day_beyond_the_calendar() -> None:
    """Nor is anything counted to it."""
    desk, (start, end) = Desk(), (datetime(9999, 12, 31, 20, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC))
    change = Override(id="0" * 32, rota=COURT, post="officer", start=start, end=end)
    assert desk.do(c.OverrideSet, DIRECTOR, override=change) == "too_far"
    window = c.Window(id="w", court=COURT, start=start, end=end, reason="维护")
    assert desk.do(c.WindowSet, DIRECTOR, window=window) == "too_far"
    assert desk.do(c.SwapAsk, person("甲"), swap="s", post="officer", start=start, end=end, to="乙") == "too_far"


def test_versions_follow_each_other() -> None:
    """A version of the same first day replaces the other; what is long over is forgotten."""
    desk = Desk()
    later = rota(date(2024, 4, 1))
    assert desk.do(c.RotaSet, DIRECTOR, rota=later) == "roster_set"
    assert desk.do(c.RotaSet, DIRECTOR, rota=msgspec.structs.replace(later, zone="Asia/Urumqi")) == "roster_set"
    assert [(one.from_on, one.zone) for one in desk.state.rotas] == [
        (date(2024, 3, 1), "Asia/Shanghai"),
        (date(2024, 4, 1), "Asia/Urumqi"),
    ]
    desk.now = at("2024-05-01 10:00")
    assert desk.do(c.RotaSet, DIRECTOR, rota=rota(date(2024, 5, 1))) == "roster_set"
    assert [one.from_on for one in desk.state.rotas] == [date(2024, 4, 1), date(2024, 5, 1)]


def test_an_override_is_honoured_and_can_be_dropped() -> None:
    """One that has begun is cut off now: what was, was."""
    desk = Desk()
    change = override("2024-03-04 09:00", "2024-03-05 09:00", instead_of="乙", account="丙")
    assert desk.do(c.OverrideSet, DIRECTOR, override=change) == "override_set"
    assert (desk.officer("2024-03-04 12:00"), desk.officer("2024-03-05 12:00")) == (("丙",), ("甲",))
    assert desk.do(c.OverrideSet, DIRECTOR, override=change) == "already_set"
    desk.now = at("2024-03-04 12:00")
    assert desk.do(c.OverrideDrop, DIRECTOR, override_id=change.id) == "override_dropped"
    assert (desk.officer("2024-03-04 11:59"), desk.officer("2024-03-04 12:00")) == (("丙",), ("乙",))
    assert desk.do(c.OverrideDrop, DIRECTOR, override_id=change.id) == "no_override"


def test_an_override_that_has_not_begun_goes_without_a_trace() -> None:
    """It never held."""
    desk = Desk()
    change = override("2024-03-04 09:00", "2024-03-05 09:00", account="丙")
    desk.do(c.OverrideSet, DIRECTOR, override=change)
    desk.do(c.OverrideDrop, DIRECTOR, override_id=change.id)
    assert desk.state.overrides == ()
    assert desk.officer("2024-03-04 12:00") == ("乙",)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (override("2024-03-04 09:00", "2024-03-04 09:00"), "empty_span"),
        (override("2024-02-01 09:00", "2024-03-01 08:00"), "in_the_past"),
        (override("2024-03-04 09:00", "2024-07-04 09:00"), "too_long"),
        (override("2024-03-04 09:00", "2024-03-05 09:00", rota="粤0605"), "other_desk"),
        (override("2024-03-04 09:00", "2024-03-05 09:00", swap="s"), "swap_needs_consent"),
    ],
)
def test_a_wrong_override_is_refused(change: Override, code: str) -> None:
    """Each with its reason; a swap can't be slipped in without consent."""
    assert Desk().do(c.OverrideSet, DIRECTOR, override=change) == code


SWAP: dict[str, Any] = {
    "swap": "s",
    "post": "officer",
    "start": at("2024-03-04 09:00"),
    "end": at("2024-03-05 09:00"),
    "to": "甲",
}


def test_a_swap_needs_the_colleague_and_a_leader() -> None:
    """乙 asks 甲; either may answer first; only both together make it hold."""
    for first, second in ((person("甲"), DIRECTOR), (DIRECTOR, person("甲"))):
        desk = Desk()
        assert desk.do(c.SwapAsk, person("乙"), **SWAP) == "swap_asked"
        assert desk.do(c.SwapAsk, person("乙"), **SWAP) == "already_asked"
        assert desk.do(c.SwapAnswer, first, swap="s", agreed=True) == "swap_consented"
        assert desk.officer("2024-03-04 12:00") == ("乙",)
        assert desk.do(c.SwapAnswer, second, swap="s", agreed=True) == "swap_agreed"
        assert desk.officer("2024-03-04 12:00") == ("甲",)
        assert desk.state.overrides[0].swap == "s"
        assert desk.do(c.SwapAnswer, second, swap="s", agreed=True) == "no_swap"


def test_nobody_consents_twice_or_to_the_own_swap() -> None:
    """The asker may be a director, the colleague the leader: a third person has to agree."""
    desk = Desk(first=rota(rotations=(*rota().rotations, Rotation(post="officer_b", accounts=("局长",), every="day",
                                                                 first_on=date(2024, 3, 1)))))  # fmt: skip
    desk.do(c.SwapAsk, DIRECTOR, **(SWAP | {"post": "officer_b", "to": "院长"}))
    assert desk.do(c.SwapAnswer, DIRECTOR, swap="s", agreed=True) == "self_approval"
    desk.now = at("2024-03-01 09:00")
    leader = person("院长")
    assert desk.do(c.SwapAnswer, leader, swap="s", agreed=True) == "swap_consented"
    assert desk.do(c.SwapAnswer, leader, swap="s", agreed=True) == "swap_consented"
    assert desk.do(c.SwapAnswer, person("乙"), swap="s", agreed=True) == "not_asked"
    assert desk.state.overrides == ()
    assert desk.do(c.SwapAnswer, person("副局长", "director"), swap="s", agreed=True) == "swap_agreed"


def test_a_swap_that_one_refuses_is_over() -> None:
    """So is one that nobody answered in time."""
    desk = Desk()
    desk.do(c.SwapAsk, person("乙"), **SWAP)
    assert desk.do(c.SwapAnswer, person("甲"), swap="s", agreed=False) == "swap_refused"
    assert desk.do(c.SwapAnswer, DIRECTOR, swap="s", agreed=True) == "no_swap"
    desk.do(c.SwapAsk, person("乙"), **(SWAP | {"swap": "t"}))
    desk.now = at("2024-03-04 09:00")
    assert desk.do(c.SwapAnswer, person("甲"), swap="t", agreed=True) == "too_late"
    assert "03-04 09:00 swap_lapsed" in desk.wind("2024-03-04 09:00")
    assert [one.state for one in desk.state.swaps] == ["refused", "lapsed"]


@pytest.mark.parametrize(
    ("who", "given", "code"),
    [
        ("甲", {}, "self_swap"),
        ("丙", {}, "not_your_turn"),
        ("乙", {"start": at("2024-03-01 07:00")}, "bad_span"),
        ("乙", {"end": at("2024-03-04 09:00")}, "bad_span"),
        ("乙", {"end": at("2024-05-04 09:00")}, "bad_span"),
    ],
)
def test_a_swap_is_about_the_own_turn_to_come(who: str, given: dict[str, Any], code: str) -> None:
    """Nobody gives away what isn't his."""
    assert Desk().do(c.SwapAsk, person(who), **(SWAP | given)) == code


def test_daily_sign_in() -> None:
    """Once a day, on the own post, up to two hours before the turn."""
    desk = Desk("2024-03-01 06:59")
    assert desk.do(c.SignIn, person("甲"), post="officer") == "not_on_post"
    desk.now = at("2024-03-01 08:20")
    assert desk.do(c.SignIn, person("甲"), post="officer") == "signed_in"
    assert desk.do(c.SignIn, person("甲"), post="officer") == "already_signed"
    assert desk.do(c.SignIn, person("乙"), post="officer") == "not_on_post"
    desk.now = at("2024-03-02 10:00")  # Saturday: the one before holds
    assert desk.do(c.SignIn, person("甲"), post="officer") == "signed_in"


def test_who_has_not_signed_in_is_named_for_the_superior() -> None:
    """At 09:30 of a working day; not on the day on which the first roster was set, and not at a weekend."""
    desk = Desk()
    assert desk.wind("2024-03-04 09:29") == []
    desk.do(c.SignIn, person("乙"), post="officer")
    assert desk.wind("2024-03-05 00:00") == ["03-04 09:30 sign_in_missing"]
    assert desk.said[-1].detail == {
        "day": date(2024, 3, 4),
        "missing": {"technician": ("技二",), "leader": ("院长",)},
        "superior": UP1,
    }


def test_a_handover_has_two_signatures_and_lists_what_is_open() -> None:
    """Who leaves lists, who comes signs for it; what was not listed is named."""
    desk = Desk()
    desk.now = at("2024-03-04 09:05")
    leaves = {"handover": "h", "post": "officer", "side": "from", "done": "三件", "pending": "一件", "open_alerts": ("a", "b")}
    comes = {"handover": "h", "post": "officer", "side": "to", "open_alerts": ("b", "c")}
    assert desk.do(c.HandOver, person("乙"), **comes) == "not_offered"
    assert desk.do(c.HandOver, person("甲"), **leaves) == "handover_offered"
    assert desk.do(c.HandOver, person("甲"), **leaves) == "already_signed"
    assert desk.do(c.HandOver, person("乙"), **comes) == "handed_over"
    assert desk.do(c.HandOver, person("乙"), **comes) == "already_signed"
    kept = desk.state.handovers[0]
    assert (kept.leaves, kept.comes, kept.open_alerts, kept.pending) == ("甲", "乙", ("a", "b"), "一件")
    assert desk.said[-2].detail["unlisted"] == ["c"]


def test_a_handover_is_between_two_people_of_the_post() -> None:
    """Nobody signs for himself, nobody from elsewhere."""
    desk = Desk(first=rota(rotations=(Rotation(post="officer", accounts=("甲",), every="day", first_on=date(2024, 3, 1)),)))
    desk.now = at("2024-03-04 09:05")
    assert desk.do(c.HandOver, person("丙"), handover="h", post="officer", side="from") == "not_on_post"
    assert desk.do(c.HandOver, person("甲"), handover="h", post="officer", side="from") == "handover_offered"
    assert desk.do(c.HandOver, person("甲"), handover="h", post="officer", side="to") == "self_approval"


def window(start: str, end: str, **other: Any) -> c.Window:
    """A maintenance window of the court."""
    return c.Window(**({"id": "w", "court": COURT, "start": at(start), "end": at(end), "reason": "升级"} | other))


def test_a_window_is_told_to_everybody_and_lasts_a_day_at_most() -> None:
    """To the minute; the reason is asked for; a superior and a technician may set one."""
    desk = Desk()
    given = window("2024-03-02 00:00", "2024-03-03 00:00")
    assert desk.do(c.WindowSet, person("技一", "technician"), window=given) == "window_set"
    assert desk.tells[-1].window == given
    assert desk.do(c.WindowSet, DIRECTOR, window=window("2024-03-02 00:00", "2024-03-03 00:01")) == "too_long"
    assert desk.do(c.WindowSet, DIRECTOR, window=window("2024-03-02 00:00", "2024-03-03 00:00", reason=" ")) == "reason_missing"
    assert desk.do(c.WindowSet, person("上级", "director", UP1), window=given) == "window_set"
    assert len(desk.state.windows) == 1


def test_a_gap_of_the_next_14_days_is_said_when_it_is_made() -> None:
    """At once, by name and time; and when it is closed again."""
    desk = Desk()
    nobody = override("2024-03-10 09:00", "2024-03-11 09:00")
    assert desk.do(c.OverrideSet, DIRECTOR, override=nobody) == "override_set coverage_gap"
    assert desk.said[-1].reason == "未来14日内无人值班：执行值班03-10 09:00至03-11 09:00"
    assert desk.said[-1].detail["gaps"][0]["overrides"] == (nobody.id,)
    assert desk.wind("2024-03-05 09:00") == ["03-04 09:30 sign_in_missing"]  # no second word about the gap
    assert desk.do(c.OverrideDrop, DIRECTOR, override_id=nobody.id) == "override_dropped coverage_complete"


def test_a_gap_further_off_is_said_on_the_morning_on_which_it_comes_near() -> None:
    """Fourteen days ahead, once."""
    desk = Desk()
    nobody = override("2024-03-20 10:00", "2024-03-20 12:00")
    assert desk.do(c.OverrideSet, DIRECTOR, override=nobody) == "override_set"
    words = [one for one in desk.wind("2024-03-20 09:00") if "sign_in" not in one]
    assert words == ["03-07 08:30 coverage_gap"]


def test_a_post_without_a_rotation_is_said_once() -> None:
    """Not every morning anew."""
    desk = Desk(first=rota(rotations=rota().rotations[:2]))
    assert [one.what for one in desk.said] == ["roster_set", "coverage_gap"]
    assert [one for one in desk.wind("2024-03-29 12:00") if "sign_in" not in one] == []


def test_a_clock_that_jumps_looks_at_the_last_day_only() -> None:
    """After a month's stop there is one look, not thirty."""
    desk = Desk()
    done = rosters.due(desk.state, at("2024-04-03 12:00"))
    assert done.record is not None
    assert done.record.gaps_on == date(2024, 4, 3)
    done = rosters.due(done.record, at("2024-04-03 12:00"))
    assert [one.detail["day"] for one in done.said] == [date(2024, 4, 3)]
    assert done.record is not None
    assert rosters.next_due(done.record) == at("2024-04-04 08:30")


def test_a_stale_command_is_refused() -> None:
    """Two directors edit the same roster."""
    desk = Desk()
    change = override("2024-03-04 09:00", "2024-03-05 09:00", account="丙")
    assert desk.do(c.OverrideSet, DIRECTOR, override=change, expected=0) == "stale_version"
    assert desk.do(c.OverrideSet, DIRECTOR, override=change, expected=1) == "override_set"


def test_the_record_reads_back() -> None:
    """All of it through JSON; and the room goes on from there."""
    desk = Desk()
    desk.do(c.SwapAsk, person("乙"), **SWAP)
    desk.do(c.WindowSet, DIRECTOR, window=window("2024-03-02 00:00", "2024-03-03 00:00"))
    desk.do(c.OverrideSet, DIRECTOR, override=override("2024-03-10 09:00", "2024-03-11 09:00"))
    assert msgspec.json.decode(msgspec.json.encode(desk.state), type=RosterRecord) == desk.state


def test_old_overrides_are_forgotten_a_week_after_their_end() -> None:
    """What every partition keeps stays small."""
    desk = Desk()
    desk.do(c.OverrideSet, DIRECTOR, override=override("2024-03-04 09:00", "2024-03-05 09:00", account="丙"))
    desk.now = at("2024-03-12 09:00") + timedelta(seconds=1)
    desk.do(c.OverrideSet, DIRECTOR, override=override("2024-03-14 09:00", "2024-03-15 09:00", account="丙", id="1" * 32))
    assert [one.id for one in desk.state.overrides] == ["1" * 32]


def test_every_command_about_rosters_is_decided() -> None:
    """None falls through."""
    names = {kind.__struct_config__.tag for kind in get_args(c.RosterCommand)}
    assert names == {name for name in RIGHTS if name.split(".", maxsplit=1)[0] in {"roster", "window"}}
