"""All that must stand in a life: the alerts of every rule that looks at one case or chain."""

from collections import Counter
from collections.abc import Sequence

from contract.catalogue import RESTRICTED_TYPES
from producers.simulator.bulletins import COURT, TOPIC
from producers.simulator.case import Fact
from producers.simulator.check_tables import CHECKS, LATE_ENTRY
from producers.simulator.clock_tables import FIRST_CLOCKS
from producers.simulator.clock_tables_help import HELP_CLOCKS
from producers.simulator.clock_tables_more import MORE_CLOCKS
from producers.simulator.clocks import Clock, Owed, owed
from producers.simulator.days import day_of, instant_text, midnight
from producers.simulator.dues import Duty, judge
from producers.simulator.gaps import Lost, lost
from producers.simulator.parts import RANK, Level, Part, Severity
from producers.simulator.points import Check, Row, judged, row
from producers.simulator.view import Ref, Told, View, views

CLOCKS = (*FIRST_CLOCKS, *HELP_CLOCKS, *MORE_CLOCKS)
_WATCHED = frozenset(
    [
        "R-INIT-01",
        "R-INIT-03.a",
        "R-INIT-03.b",
        "R-TIME-01",
        "R-DISP-01",
        "R-FUND-01",
        "R-FUND-02.a",
        "R-TERM-06.a",
        "R-COOP-01",
        "R-OBJ-01.a",
        "R-OBJ-01.b",
        "R-OBJ-01.c",
        "R-PET-01.a",
        "R-PET-01.b",
        "R-PET-01.c",
    ]
)
_WRONG = Part("R-LIST-02.b", 3, (Level("R", "red", 0, from_due=True),), working=True, outlives=True)
_DAY = 86_400


class Findings:
    """What the rules make of a life: rows of the truth, and how often each level was reached or narrowly missed."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.reached: Counter[tuple[str, str]] = Counter()
        self.missed: Counter[tuple[str, str]] = Counter()
        self.entries: list[tuple[str, int, bool | None]] = []
        self.replies: list[tuple[str, int, bool]] = []
        self.flow: list[tuple[str, int, bool, list[str]]] = []
        self.bulletins: list[int] = []
        self.campaigns: list[tuple[str, Told]] = []
        self.lost: list[Lost] = []

    def add(self, found: Owed) -> None:
        """Count a duty and keep its alert, if any."""
        duty, verdict = found.duty, found.verdict
        for index, level in enumerate(duty.part.levels):
            name = duty.part.rule, level.name
            if verdict.reached[index] is not None:
                self.reached[name] += 1
            elif verdict.ending is not None and day_of(verdict.ending.at) == verdict.last_days[index]:
                self.missed[name] += 1
        line = alert(found)
        if line is not None:
            self.rows.append(line)


def alert(found: Owed) -> Row | None:
    """The alert that stands for a duty, or None if no level was reached."""
    duty, verdict = found.duty, found.verdict
    pairs = zip(duty.part.levels, verdict.reached, strict=True)
    standing = [(RANK[level.severity], level.severity, at) for level, at in pairs if at is not None]
    if not standing:
        return None
    ending = verdict.ending
    breach = max(day_of(ending.at) - verdict.owed, 0) if ending is not None and ending.reason == "cured" else None
    return {
        "rule": duty.part.rule,
        "subject": duty.subject,
        "key": list(duty.key),
        "element": found.element,
        "severity": max(standing)[1],
        "due_at": instant_text(midnight(verdict.due + 1) - 1),
        "raised_at": instant_text(min(at for _, _, at in standing)),
        "end_reason": None if ending is None else ending.reason,
        "breach_days": breach,
    }


def findings(facts: Sequence[Fact], horizon: int) -> Findings:
    """Judge the facts of a chain by all rules of its cases and of itself."""
    out = Findings()
    out.lost = lost(facts, horizon)
    cases, chain = views(facts, horizon)
    for view in cases:
        fulfilled: list[Owed] = []
        for clock in CLOCKS:
            if not clock.chain and any(ref.kind in view.kinds for ref in clock.start):
                for found in owed(clock, view, horizon):
                    out.add(found)
                    if found.done is not None and found.duty.part.rule in _WATCHED:
                        fulfilled.append(found)
        _checks(out, view, horizon)
        out.rows += [line for found in fulfilled if (line := _laundered(out, view, found)) is not None]
        out.rows += _interference(out, view, horizon)
    _fields(out, chain, horizon)
    _told_by_courts(out, chain)
    for clock in CLOCKS:
        if clock.chain:
            for found in owed(clock, chain, horizon):
                out.add(found)
    return out


def _told_by_courts(out: Findings, chain: View) -> None:
    for told in chain.facts:
        if told.kind not in RESTRICTED_TYPES:  # nobody who counts the common log hears of these
            late = None if told.kind == "sys.feed_heartbeat" else LATE_ENTRY(told, chain) is not None
            out.entries.append((told.owner, told.first, late))
        if told.kind == "coord.assist_replied" and (code := chain.key(told, "institution_code")) is not None:
            asked = chain.ref(told)
            due = None if asked is None else asked.instant("due_on")
            out.replies.append((code, told.at, due is not None and day_of(told.at) > day_of(due)))
        if told.kind == "sup.bulletin_issued" and told.owner == COURT and told.data.get("topic") == TOPIC:
            out.bulletins.append(told.at)
        if told.kind in ("sup.campaign_started", "sup.campaign_closed"):
            out.campaigns.append((told.owner, told))
        if told.kind in ("case.filed", "case.closed") and told.case is not None:
            out.flow.append((told.owner, told.at, told.kind == "case.closed", told.case.tags))


def _fields(out: Findings, chain: View, horizon: int) -> None:
    """What is seen by receipt and account; both belong to one life here."""
    for found in owed(_UNMATCHED, chain, horizon):
        found.duty.subject, found.duty.key = found.duty.key[0], ()
        out.add(found)
    rows, passed = judged(_ACCOUNT, chain, horizon)
    out.reached["R-LEDG-01.c", "!"] += len(rows)
    out.missed["R-LEDG-01.c", "!"] += passed
    out.rows += [line | {"subject": line["key"][0], "key": []} for line in rows]


def _misreported(told: Told, view: View) -> Severity | None:
    at, account = told.instant("as_of_at") or told.at, told.data["account_code"]

    def total(kind: str) -> int:
        return sum(
            one.data["amount_fen"]
            for one in view.kinds.get(kind, ())
            if one.at <= at and view.key(one, "account_code") == account
        )

    held = total("fund.received") - total("fund.disbursed") - total("fund.escrowed")
    return None if told.data["balance_fen"] == held else "red"


_ACCOUNT = Check(
    rule="R-LEDG-01.c",
    at=(Ref("fund.balance_reported", "as_of_at"),),
    key="account_code",
    holds=True,
    outlives=True,
    fails=_misreported,
)
_UNMATCHED = Clock(
    part=Part("R-FUND-03", 3, (Level("Y3", "yellow", 3), Level("O10", "orange", 10)), working=True, outlives=True),
    start=(Ref("fund.received", None, lambda told: told.data.get("case_no") is None),),
    key="receipt_id",
    stop=(Ref("fund.matched"),),
)


def _checks(out: Findings, view: View, horizon: int) -> None:
    wrong: list[Row] = []
    for check in CHECKS:
        rows, passed = judged(check, view, horizon)
        out.rows += rows
        out.reached[check.rule, "!"] += len(rows)
        out.missed[check.rule, "!"] += passed
        if check.rule == "R-LIST-02.a":
            wrong = rows
    for line in wrong:
        out.add(_revoked(view, line, horizon))
    for told in view.facts:
        severity = None if told.kind in RESTRICTED_TYPES else LATE_ENTRY(told, view)
        if severity is not None:
            out.rows.append(row("R-DATA-02.a", view.name, [], severity, told.at, None))
            out.reached["R-DATA-02.a", severity] += 1
            out.missed["R-DATA-02.a", "orange"] += severity == "yellow" and told.first - told.at > 14 * _DAY
        elif 5 * _DAY < told.first - told.at < 10 * _DAY:
            out.missed["R-DATA-02.a", "yellow"] += 1


def _revoked(view: View, line: Row, horizon: int) -> Owed:
    """The duty to revoke a listing that must not be."""
    debtor = line["key"][0]
    told = next(one for one in view.kinds["list.included"] if instant_text(one.at) == line["raised_at"])
    removed = [one for one in view.kinds.get("list.removed", ()) if one.data["debtor_ref"] == debtor]
    duty = Duty(part=_WRONG, subject=view.name, start=told.at, done=[one.at for one in removed])
    return Owed(_NO_CLOCK, duty, None, judge(duty, horizon), None, told)


_NO_CLOCK = FIRST_CLOCKS[0]


def _laundered(out: Findings, view: View, found: Owed) -> Row | None:
    """An alert if a fulfilment says that it was in the last two days, and was entered after them."""
    done, verdict = found.done, found.verdict
    assert done is not None
    assert verdict.ending is not None
    due_at = midnight(verdict.due + 1) - 1
    at = verdict.ending.at
    if at > due_at or verdict.due - day_of(at) > 2:
        return None
    if done.first <= due_at:
        out.missed["R-DATA-02.b", "!"] += 1
        return None
    out.reached["R-DATA-02.b", "!"] += 1
    return row("R-DATA-02.b", view.name, [], "red", at, None)


def _interference(out: Findings, view: View, horizon: int) -> list[Row]:
    """R-INTF-01.a: twenty-four hours, in time at their very end; judged apart from the case that it is about."""
    rows: list[Row] = []
    for told in view.kinds.get("pers.interference_recorded", ()):
        if told.data.get("affects_case") is not True:
            continue
        due = told.at + _DAY
        reported = _first(view, told, "pers.interference_reported", horizon)
        ending = None if reported is None else ("cured", reported)
        if due >= (horizon if ending is None else ending[1]):
            out.missed["R-INTF-01.a", "R24"] += 1
            continue
        out.reached["R-INTF-01.a", "R24"] += 1
        line = row("R-INTF-01.a", view.name, [told.data["rec_id"]], "red", due, ending)
        rows.append(line)
    return rows


def _first(view: View, told: Told, kind: str, horizon: int) -> int | None:
    own = [one.at for one in view.kinds.get(kind, ()) if one.data["rec_id"] == told.data["rec_id"]]
    return min((at for at in own if told.at <= at <= horizon), default=None)
