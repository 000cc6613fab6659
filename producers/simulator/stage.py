"""A stage for short cases: opened in good order, so that one rule can be broken, or nearly, in a way that is known."""

import random
from typing import Any

import msgspec

from producers.simulator import opening
from producers.simulator.case import Case, Label, on
from producers.simulator.clock_tables import FIRST_CLOCKS
from producers.simulator.clock_tables_help import HELP_CLOCKS
from producers.simulator.clock_tables_more import MORE_CLOCKS
from producers.simulator.days import DAY, day_of, day_text, roll
from producers.simulator.dues import Duty
from producers.simulator.fold import owing
from producers.simulator.nation import World
from producers.simulator.parts import Part

_PARTS = {clock.part.rule: clock.part for clock in (*FIRST_CLOCKS, *HELP_CLOCKS, *MORE_CLOCKS)}
_HOUR = 3_600
_LEAST_FEN = 2_000_000
"""Least claim of a short case: more than the sums that are told in it, so that only what is meant to be too much is."""


class Stage(msgspec.Struct):
    """A case on stage.

    Attributes:
        case: It.
        now: The instant up to which it has been told.
        applied_at: When the application was received.
    """

    case: Case
    now: int
    applied_at: int

    @property
    def rng(self) -> random.Random:
        """The life's dice."""
        return self.case.rng

    @property
    def debtor(self) -> str:
        """The first debtor."""
        return self.case.debtors[0]

    def id(self, mark: str) -> str:
        """An id of this case."""
        return f"{self.case.subject}-{mark}{self.case.count}"

    def later(self, least: int, most: int) -> int:
        """Move on by some days, to office hours of a working day."""
        self.now = self.case.office(roll(day_of(self.now) + self.rng.randrange(least, most + 1)))
        return self.now

    def say(self, kind: str, data: dict[str, Any], at: int | None = None) -> str | None:
        """Tell a fact, with its day where the kind has one."""
        return self.case.say(kind, self.now if at is None else at, data, tail=True)

    def dated(self, kind: str, data: dict[str, Any], at: int | None = None) -> str | None:
        """Tell a fact that says its day."""
        at = self.now if at is None else at
        return self.case.say(kind, at, data | {"on": on(at)}, tail=True)

    def note(self, rule: str, variant: str) -> None:
        """Label how the case was made."""
        self.case.labels.append(Label(self.case.subject, rule, (), "", variant))

    def owed(self, at: int | None = None) -> int:
        """What the debtor owes, interest through the day of an instant included, as far as it has been told by then."""
        at = self.now if at is None else at
        told = [fact for fact in self.case.facts if fact.data is not None and fact.corrects is None and fact.at <= at]
        return owing(sorted(told, key=lambda fact: fact.at), day_of(at))  # type: ignore[arg-type]  # none is a withdrawal

    def around(
        self, rule: str, start: int, key: tuple[str, ...] = (), *, due_on: int | None = None, part: Part | None = None
    ) -> int | None:
        """An instant around one of the levels of a rule's duty, or None for never."""
        duty = Duty(part=part or _PARTS[rule], subject=self.case.subject, key=key, start=start, due_on=due_on)
        at = self.case.seed_around(duty, start)
        if at is None or at > start:
            return at
        return start + 600

    def finish(self, rule: str, kind: str, at: int | None, data: dict[str, Any], *, dated: bool = True) -> None:
        """Tell what fulfils a duty, now and then in a crooked way; None: it never comes."""
        if at is None:
            if self.rng.random() < 0.3:
                self.close(self.later(5, 60), "终结执行")
                self.note(rule, "closed")
            return
        full = data | {"on": on(at)} if dated else data
        draw = self.rng.random()
        if draw < 0.12:
            self._corrected(rule, kind, at, full)
        elif draw < 0.22:
            self.case.say(kind, at, full, tail=True)
            false = at - self.rng.randrange(1, 5) * DAY
            wrong = full | ({"on": on(false)} if dated else {})
            said = self.case.say(kind, false, wrong, tail=True)
            if said is not None and self.case.correct(said, kind, false, None, not_before=at + 25 * DAY) is not None:
                self.note(rule, "withdrawn")
        elif draw < 0.32:
            self.case.say(kind, at, full, tail=True, recorded=at + self.rng.randrange(6, 40) * DAY)
            self.note(rule, "entered_late")
        elif draw < 0.42 and not self.case.ended_at:
            self.close(at, "终结执行")
            self.note(rule, "closed_instead")
        else:
            self.case.say(kind, at, full, tail=True)

    def _corrected(self, rule: str, kind: str, at: int, full: dict[str, Any]) -> None:
        wrong_at = at + self.rng.choice((-1, 1)) * self.rng.randrange(1, 9) * DAY
        wrong = full | ({"on": on(wrong_at)} if "on" in full else {})
        said = self.case.say(kind, wrong_at, wrong, tail=True)
        if said is not None:
            done = self.case.correct(said, kind, at, full, not_before=max(at, wrong_at) + 25 * DAY)
            if done is None:  # nobody put it right before the last tick: what was first said stands
                self.note(rule, "wrong")
                return
            self.note(rule, "corrected")

    def pause(self, rule: str) -> None:
        """A stay across a holiday, or an ordinary one."""
        begin = day_of(self.now) + self.rng.randrange(1, 12)
        end = begin + self.rng.randrange(3, 40)
        at, finish = self.case.office(begin), self.case.office(end)
        self.say("case.suspended", {"ground": "267-1", "on": on(at)}, at)
        if self.rng.random() < 0.85:
            self.say("case.stay_ended", {"kind": "中止", "on": on(finish)}, finish)
        self.note(rule, "paused")

    def close(self, at: int, mode: str = "终结执行") -> None:
        """End the case."""
        told = self.case.say("case.closed", at, {"mode": mode, "closed_on": on(at), "paid_fen": 0}, tail=True)
        if told is not None:
            self.case.ended_at = at

    def money(self, amount: int, receipt: str, at: int | None = None, *, account: str | None = None) -> None:
        """Money for the case comes in, and finance tells at once."""
        at = self.now if at is None else at
        data = {
            "receipt_id": receipt,
            "account_code": account or f"acc-{self.case.court}",
            "amount_fen": amount,
            "channel": "转账",
            "case_no": self.case.case_no,
            "finance_notified_on": on(at),
        }
        self.say("fund.received", data, at)

    def pay(self, receipts: list[str], amount: int, at: int | None = None, **more: Any) -> None:
        """Pay out of receipts to the applicant."""
        at = self.now if at is None else at
        data = {
            "payment_id": self.id("p"),
            "receipt_ids": receipts,
            "parts": [{"receipt_id": receipts[0], "amount_fen": amount}] if receipts else [],
            "kind": "案款",
            "payee_ref": self.case.applicants[0],
            "amount_fen": amount,
            "account_code": f"acc-{self.case.court}",
        }
        self.dated("fund.disbursed", data | more, at)

    def found(self, kind: str = "real_estate", value: int | None = None, **more: Any) -> str:
        """An asset is found and, unless ``controlled=False``, controlled the same day; its id."""
        name, rng = self.id("z"), self.rng
        controlled, rank, years = more.pop("controlled", True), more.pop("rank", 1), more.pop("days", 1000)
        amount = self.case.claim_fen // 3 if value is None else value
        base = {
            "asset_id": name,
            "class": kind,
            "owner_ref": self.debtor,
            "est_value_fen": amount,
            "encumbrance_fen": 0,
            "controllable": True,
            "source": "inquiry",
        }
        self.dated("asset.discovered", base | more)
        if controlled:
            self.now += rng.randrange(600, 5 * _HOUR)
            self.control(name, rank=rank, amount=amount, days=years)
        return name

    def control(self, name: str, *, rank: int = 1, amount: int = 0, days: int = 1000) -> None:
        """An asset is controlled until so many days on."""
        data: dict[str, Any] = {
            "asset_id": name,
            "measure": "查封" if rank == 1 else "轮候",
            "rank": rank,
            "amount_fen": amount,
        }
        data |= {"from_on": on(self.now), "expires_on": day_text(day_of(self.now) + days), "keep_use": True}
        self.say("asset.controlled", data)


def opened(
    world: World, rng: random.Random, number_: int, name: str, first: int, *, notice: bool = True, **filed: Any
) -> Stage:
    """A case applied for, filed, assigned, with notice given: nothing owed but its term."""
    case = Case(world=world, rng=rng, number=number_, subject=name, root=name, court=world.courts.pick(rng))
    opening.cast(case)
    case.claim_fen = max(case.claim_fen, _LEAST_FEN)
    applied_at = case.office(roll(first))
    stage = Stage(case, applied_at, applied_at)
    received: dict[str, Any] = {
        "application_no": f"A-{name}",
        "applicant_refs": case.applicants,
        "respondent_refs": case.debtors,
    }
    received |= {"claim_kind": "money", "claim_fen": case.claim_fen, "received_on": on(stage.now), "assets_known": False}
    stage.say("case.application_received", received | filed.pop("applied", {}))
    stage.later(1, 3)
    case.filed_at = stage.now
    case.case_no = case.serial("执", stage.now)
    data: dict[str, Any] = {
        "case_no": case.case_no,
        "case_type": "执",
        "claim_fen": case.claim_fen,
        "fee_fen": 5_000,
        "tags": [],
    }
    data |= {"filed_on": on(stage.now), "claim_kind": "money", "is_nonlitigation": False} | _bears(rng, stage.now)
    case.say("case.filed", stage.now, data | filed.pop("filed", {}), recorded=stage.now + rng.randrange(60, 7200))
    opening.register(case)
    if notice:
        stage.later(1, 2)
        for debtor in case.debtors:
            stage.now += rng.randrange(60, 900)
            told: dict[str, Any] = {
                "debtor_ref": debtor,
                "issued_on": on(stage.now),
                "served_on": on(stage.now),
                "has_risk_warning": True,
            }
            stage.say("case.notice_issued", told)
    stage.later(1, 4)
    return stage


def _bears(rng: random.Random, filed_at: int) -> dict[str, Any]:
    """What a judgment fixes: now and then the day to perform by, or a rate of interest with its first day."""
    more: dict[str, Any] = {}
    day = day_of(filed_at)
    if rng.random() < 0.35:
        more["perform_by_on"] = day_text(day - rng.randrange(-15, 200))
    if rng.random() < 0.2:
        more["interest_from_on"] = day_text(day - rng.randrange(30, 900))
        if rng.random() < 0.8:
            more["interest_rate_bp"] = rng.choice((345, 365, 600, 1380))
    return more
