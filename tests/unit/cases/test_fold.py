"""The state of a case as its events make it: each subject, each field declared, chains of cases."""

from copy import deepcopy
from typing import Any

import msgspec
import pytest
from folds import DAY, fact, instant, state

from contract.examples import all_examples
from contract.registry import validate
from streams.cases.state import READS, STATE_TYPES, CaseState
from streams.cases.states import States
from streams.cases.timeline import Timeline
from streams.rules.derived import DERIVED
from streams.rules.vocabulary import CASE, MAPS

ONLY_AUCTION = ("auction.refused_in_kind",)
"""Types that name the asset, or the auction in which it was announced."""


class Recording(dict[str, Any]):
    """Data that remember which of its fields were asked for."""

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__(data)
        self.asked: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        """Note the name."""
        self.asked.add(name)
        return super().get(name, default)

    def __getitem__(self, name: str) -> Any:
        self.asked.add(name)
        return super().__getitem__(name)


def test_no_field_is_read_that_is_not_declared() -> None:
    """What isn't declared is dropped from a chain's history: the fold would then say something else after a restart."""
    datas = {name: dict(one.data or {}) for name, one in all_examples().items()} | {n: dict(d) for n, d in DERIVED.items()}
    other = {"channel": "direct", "by": "被执行人", "parts": [], "scope": "全部"}
    grounds = {"case.suspended": {"ground": "再审"}, "case.deferred": {"ground": "上级监督"}}
    for name in STATE_TYPES:
        asked: set[str] = set()
        changed = {field: (other | grounds.get(name, {})).get(field, value) for field, value in datas[name].items()}
        short = {field: value for field, value in changed.items() if field != "asset_id" or name not in ONLY_AUCTION}
        for data in (datas[name], changed, short):
            found = CaseState("c1", "chain")
            for before in ("auction.announced", "fund.received", "alert.raised"):  # what other handlers look up
                found.apply(fact(before, datas[before]))
            recording = Recording(data)
            found.apply(fact(name, recording))
            asked |= recording.asked
        assert asked == READS.get(name, frozenset()), name


def test_the_fold_of_every_example_says_only_what_the_vocabulary_says() -> None:
    """Every name that the state holds can be read in a rule, and every name of the vocabulary is in the state."""
    found = CaseState("c1", "chain")
    for name, one in all_examples().items():
        found.apply(fact(name, dict(one.data or {})))
    values = found.view()
    assert set(values) == set(CASE) | set(MAPS)
    for name, element in MAPS.items():
        for one in values[name].values():
            assert set(one) <= set(element), name


def test_a_debtor_is_listed_limited_and_reports() -> None:
    """Party state follows the list, the restriction of consumption and the report of property."""
    values = state(
        fact("party.registered", {"party_ref": "d", "role": "被执行", "kind": "natural", "is_student": True}),
        fact("party.report_ordered", {"debtor_ref": "d", "due_on": "2024-03-20"}),
        fact("party.report_received", {"debtor_ref": "d", "on": "2024-03-19"}),
        fact("list.grace_granted", {"debtor_ref": "d", "until_on": "2024-04-30"}),
        fact(
            "list.included",
            {"debtor_ref": "d", "ground": 2, "decided_on": "2024-05-31", "term_months": 24, "extended_months": 9},
        ),
        fact("cons.ordered", {"debtor_ref": "d"}),
        fact("party.missing_declared", {"debtor_ref": "d"}),
    )
    assert values["debtors"] == ["d"]
    debtor = values["parties"]["d"]
    assert (debtor["student"], debtor["minor"], debtor["missing"], debtor["limited"]) == (True, False, True, True)
    assert (debtor["report_due_on"], debtor["report_on"], debtor["grace_on"]) == ("2024-03-20", "2024-03-19", "2024-04-30")
    assert (debtor["listed"], debtor["list_ends_on"]) == (True, "2027-02-28")


def test_ground_one_has_no_term_and_removal_ends_the_listing() -> None:
    """法释〔2017〕7号第2条: a listing for ground 1 lasts until its reason is gone."""
    listed = fact("list.included", {"debtor_ref": "d", "ground": 1, "decided_on": DAY, "term_months": 24})
    assert "list_ends_on" not in state(listed)["parties"]["d"]
    assert state(listed, fact("list.removed", {"debtor_ref": "d"}))["parties"]["d"]["listed"] is False


def test_a_term_beyond_the_calendar_ends_with_it() -> None:
    """The contract lets such a number pass; it stops nothing."""
    data = {"debtor_ref": "d", "ground": 2, "decided_on": "2024-05-31", "term_months": 2**31 - 1}
    assert state(fact("list.included", data))["parties"]["d"]["list_ends_on"] == "9999-12-31"


def test_other_types_change_nothing_that_a_rule_reads() -> None:
    """A rule that reads the case is judged again only for the types that change it."""
    lived = CaseState("c1", "chain")
    for name in sorted(STATE_TYPES & all_examples().keys()):
        lived.apply(fact(name, dict(all_examples()[name].data or {})))
    for name in sorted(all_examples().keys() - STATE_TYPES):
        before = deepcopy(lived.view(instant("2024-03-05")))
        lived.apply(fact(name, dict(all_examples()[name].data or {})))
        assert lived.view(instant("2024-03-05")) == before, name


EXTREMES = (None, "9999-12-31", "0001-01-02", "9999-12-30T00:00:00Z", 2**53 - 1, -(2**53) + 1, 2**31 - 1, 0, "", [], False)


@pytest.mark.parametrize("name", sorted(STATE_TYPES - DERIVED.keys()))
def test_no_event_that_the_contract_accepts_stops_the_fold(name: str) -> None:
    """Whatever a field holds at the ends of its range, or where it is left out."""
    whole = all_examples()[name]
    sound = {field: value for field, value in (whole.data or {}).items() if field != "pii"}
    changed = [{**sound, field: value} for field in sound for value in EXTREMES]
    for data in (*changed, *({field: sound[field] for field in sound if field != left_out} for left_out in sound)):
        if not validate(msgspec.structs.replace(whole, data=data)):
            state(
                fact("auction.announced", {"auction_id": "u", "asset_id": "a"}),
                fact(name, data),
                fact(name, data, "2024-03-05"),
            )


@pytest.mark.parametrize(
    ("step", "data", "now"),
    [
        ("asset.released", {"asset_id": "a"}, "released"),
        ("asset.released", {"asset_id": "a", "scope": "部分"}, "controlled"),
        ("asset.paid_over", {"asset_id": "a"}, "paid_over"),
        ("asset.not_found", {"asset_id": "a"}, "not_found"),
        ("auction.sold", {"auction_id": "u"}, "sold"),
        ("auction.failed", {"auction_id": "u"}, "controlled"),
        ("auction.refused_in_kind", {"auction_id": "u"}, "unsold"),
        ("asset.in_kind_settled", {"asset_id": "a", "value_fen": 7}, "in_kind"),
    ],
)
def test_an_asset_goes_its_way(step: str, data: dict[str, Any], now: str) -> None:
    """An asset is found, controlled, priced and announced; what an auction does is told of the asset announced in it."""
    values = state(
        fact("asset.discovered", {"asset_id": "a", "class": "vehicle", "est_value_fen": 100, "encumbrance_fen": 30}),
        fact("asset.controlled", {"asset_id": "a", "rank": 1, "expires_on": "2026-03-03"}),
        fact("asset.renewed", {"asset_id": "a", "expires_on": "2028-03-03"}),
        fact("asset.price_determined", {"asset_id": "a", "price_fen": 90, "valid_until_on": "2025-03-03"}),
        fact("auction.announced", {"auction_id": "u", "asset_id": "a", "round": "一拍"}),
        fact(step, data),
    )
    asset = values["assets"]["a"]
    assert asset["state"] == now
    assert (asset["expires_on"], asset["price_fen"], asset["valid_on"], asset["rounds"]) == ("2028-03-03", 90, "2025-03-03", 1)
    assert values["first_seized_fen"] == (70 if now == "controlled" else 0)


def test_a_revoked_sale_leaves_the_asset_controlled() -> None:
    """法释〔2016〕18号第31条: the sale is set aside, the seizure stands."""
    announced = fact("auction.announced", {"auction_id": "u", "asset_id": "a"})
    sold, revoked = fact("auction.sold", {"auction_id": "u"}), fact("auction.revoked", {"auction_id": "u"})
    assert state(announced, sold, revoked)["assets"]["a"]["state"] == "controlled"


def test_a_deferral_lapses_by_itself() -> None:
    """Its last day is included; at the first instant of the next it is over, event or none."""
    found = CaseState("c1", "chain")
    found.apply(fact("case.deferred", {"until_on": "2024-06-30"}))
    assert found.view(instant("2024-06-30 23:59"))["deferred"] is True
    assert found.view(instant("2024-07-01 00:00"))["deferred"] is False
    found.apply(fact("case.officer_assigned", {"officer_id": "o"}, "2024-07-01 09:00"))
    assert found.view()["deferred"] is False


def test_a_settlement_ends_with_its_last_instalment_or_a_breach() -> None:
    """An instalment paid in between ends nothing."""
    plan = [{"due_on": "2024-04-01", "amount_fen": 1}, {"due_on": "2024-05-01", "amount_fen": 1}]
    reached = fact("case.settlement_reached", {"settlement_id": "s", "plan": plan})

    def after(**outcome: str) -> bool:
        return bool(state(reached, fact("case.settlement_outcome", {"settlement_id": "s", **outcome}))["settling"])

    assert after(status="performed", due_on="2024-04-01")
    assert not after(status="performed", due_on="2024-05-01")
    assert not after(status="performed")
    assert not after(status="breached", due_on="2024-04-01")


def test_answers_clues_and_queries_after_termination() -> None:
    """The last answer for a class of assets counts, on its civil day; a clue is open until it is verified."""
    values = state(
        fact("inquiry.feedback", {"inquiry_id": "i", "class": "deposit", "status": "error", "at": "2024-03-05T01:00:00Z"}),
        fact("inquiry.feedback", {"inquiry_id": "i", "class": "deposit", "status": "ok", "at": "2024-03-05T16:30:00Z"}),
        fact("inquiry.feedback", {"inquiry_id": "i", "class": "vehicle", "status": "none"}, "2024-03-07 23:00"),
        fact("clue.received", {"clue_id": "k", "urgent": True}),
        fact("clue.received", {"clue_id": "l"}),
        fact("clue.verified", {"clue_id": "l", "result": "属实"}),
        fact("term.requery_done", {"seq_no": 1, "on": "2024-09-04", "hits": 0}),
    )
    assert values["classes"]["deposit"] == {"status": "ok", "on": "2024-03-06"}
    assert values["classes"]["vehicle"] == {"status": "none", "on": "2024-03-07"}
    assert values["clues"]["k"] == {"open": True, "urgent": True}
    assert values["clues"]["l"] == {"open": False, "urgent": False, "result": "属实"}
    assert values["requeries"] == {"1": {"on": "2024-09-04", "hits": 0}}


def test_open_alerts_stand_by_rule_with_the_highest_severity() -> None:
    """A rule without open alerts isn't there."""
    yellow = {"rule": "R", "key": ["a"], "severity": "yellow", "due_at": "2024-03-04T15:59:59Z"}
    red = yellow | {"key": ["b"], "severity": "red"}
    raised = [fact("alert.raised", one) for one in (yellow, red)]
    assert state(*raised)["alerts"]["R"]["severity"] == "red"
    assert state(*raised, fact("alert.ended", red))["alerts"]["R"]["severity"] == "yellow"
    assert state(*raised, *(fact("alert.ended", one) for one in (red, yellow)))["alerts"] == {}


def test_a_chain_from_preservation_to_restored_enforcement() -> None:
    """保全 → 执 → transfer → 终本 → 执恢: each case has its own state, the chain reads them all."""
    east, west = "/court/京0105/x", "/court/粤0604/x"
    story = [
        fact("pres.applied", {"pres_id": "p", "stage": "诉前"}, "2024-01-02", case="保", source=east),
        fact("pres.executed", {"pres_id": "p"}, "2024-01-05", case="保", source=east),
        fact("case.filed", {"case_no": "（2024）京0105执1号", "case_type": "执", "claim_fen": 500}, case="执", source=east),
        fact("case.transferred", {"to_court": "粤0604"}, "2024-04-01", case="执", source=east),
        fact(
            "case.filed",
            {"case_no": "（2024）粤0604执9号", "case_type": "执", "claim_fen": 500},
            "2024-04-08",
            case="执2",
            source=west,
        ),
        fact("term.ruled", {"on": "2024-09-02"}, "2024-09-02", case="执2", source=west),
        fact("case.closed", {"mode": "终结本次执行程序", "closed_on": "2024-09-03"}, "2024-09-03", case="执2", source=west),
        fact("case.restored", {"new_case_no": "（2025）粤0604执恢3号"}, "2025-02-01", case="恢", source=west),
    ]
    states = States(Timeline("chain", story).facts, "chain")
    found = {one["id"]: one for one in states.cases(len(story))}
    assert [(one["court"], one["open"], one["alive"]) for one in found.values()] == [
        ("京0105", True, True),
        ("粤0604", False, False),
        ("粤0604", False, True),
        ("粤0604", True, True),
    ]
    assert (found["执2"]["mode"], found["执2"]["terminated_on"], found["恢"]["type"]) == (
        "终结本次执行程序",
        "2024-09-02",
        "执恢",
    )
    assert found["保"]["preservations"]["p"] == {"stage": "诉前", "executed": True, "released": False}


def test_termination_lives_until_it_is_masked_for_good() -> None:
    """终本 is closed and alive; masked because all was performed, it is over."""
    closed = fact("case.closed", {"mode": "终结本次执行程序"})
    assert state(closed)["alive"]
    assert not state(closed, fact("term.masked", {"reason": "履行完毕"}))["alive"]
    assert state(closed, fact("term.masked", {"reason": "其他"}))["alive"]
