"""Measures of what belongs together by an id: auctions, petitions, assistance, entrusted matters, directives, objections."""

from collections.abc import Iterator
from datetime import date, timedelta

from contract.courts import COURTS
from counted_plainly.log import Case, Heard
from counted_plainly.rows import Row

_UPWARD = ("请示", "报请", "请求复议", "协调", "通报")
_CHANGED = ("支持", "部分", "撤销", "变更", "发回")
_MATTERS = {"冻结": 7, "续封": 7, "查封": 7, "送达": 15, "查询": 15, "调查": 15}


def of_case(case: Case) -> Iterator[Row]:
    """All such rows of a case."""
    yield from _lots(case)
    yield from _priced(case)
    yield from _petitions(case)
    yield from _preserved(case)
    yield from _crimes(case)
    yield from _assisted(case)
    yield from _entrusted(case)
    yield from _directed(case)
    yield from _objected(case)


def _firsts(case: Case, field: str, events: list[Heard]) -> dict[str, Heard]:
    return Case(case.rootid, case.subject, events).firsts(field, *{one.name for one in events})


def _flow(measure: str, one: Heard, amount: int = 1) -> Row:
    return Row(measure, one.owner, "", one.day, amount)


def _lots(case: Case) -> Iterator[Row]:
    for auction_id, one in case.firsts("auction_id", "auction.sold", "auction.failed").items():
        yield _flow("lots_ended", one)
        if one.name != "auction.sold":
            continue
        yield _flow("lots_sold", one)
        announced = [
            each for each in case.of("auction.announced") if each.told("auction_id") == auction_id and each.place < one.place
        ]
        appraisal = announced[0].told("appraisal_fen") if announced else None
        if one.told("price_fen") is not None and appraisal is not None and appraisal > 0:
            yield _flow("sold_fen", one, one.data["price_fen"])
            yield _flow("appraised_fen", one, appraisal)


def _priced(case: Case) -> Iterator[Row]:
    for asset_id, one in case.firsts("asset_id", "asset.price_determined").items():
        day = one.day + timedelta(days=40)
        yield Row("price_due", one.owner, "", day)
        if any(
            each.told("asset_id") == asset_id and each.told("round") == "一拍" and each.day <= day
            for each in case.of("auction.announced")
        ):
            yield Row("price_announced", one.owner, "", day)


def _petitions(case: Case) -> Iterator[Row]:
    received = case.firsts("pet_id", "pet.received")
    for pet_id, one in case.firsts("pet_id", "pet.registered").items():
        resolved = [
            each.day
            for each in case.of("pet.resolved")
            if each.told("pet_id") == pet_id and each.place > one.place and each.told("outcome") not in (None, "转办")
        ]
        yield _flow("petitions", one)
        yield Row("petitions_open", one.owner, "", one.day, end=resolved[0] if resolved else None)
        if resolved:
            yield Row("petitions_resolved", one.owner, "", resolved[0])
        else:
            first = received.get(pet_id)
            yield Row("petitions_left", one.owner, (first and first.told("theme")) or "", one.day)
    for pet_id, one in received.items():
        yield Row("petitions_received", one.owner, one.told("theme") or "", one.day)
        if any(each.place < one.place for other, each in received.items() if other != pet_id):
            yield Row("petitions_repeated", one.owner, one.told("theme") or "", one.day)


def _preserved(case: Case) -> Iterator[Row]:
    yield from (_flow("preserved", one) for one in case.firsts("pres_id", "pres.executed").values())
    for one in case.firsts("pres_id", "pres.applied").values():
        if one.told("guarantee") is not None:
            yield _flow("guarantees", one)
        if one.told("guarantee") == "责任险":
            yield _flow("guarantees_insured", one)


def _crimes(case: Case) -> Iterator[Row]:
    yield from (_flow("referred", one) for one in case.firsts("referral_id", "crim.referred").values())
    for one in case.firsts("referral_id", "crim.police_replied").values():
        if one.told("accepted") is True:
            yield _flow("referred_accepted", one)
    nameless = [one for one in case.of("crim.judged") if one.told("referral_id") is None]
    yield from (_flow("judged", one) for one in [*nameless, *case.firsts("referral_id", "crim.judged").values()])
    for name in ("transferred", "accepted"):
        for one in case.firsts("debtor_ref", f"bkr.{name}").values():
            yield _flow(f"bankruptcies_{name}", one)


def _is_answered(case: Case, name: str, field: str, known: str, day: date) -> bool:
    return any(one.told(field) == known and one.day <= day for one in case.of(name))


def _after(case: Case, one: Heard, field: str, *names: str) -> list[Heard]:
    """The events of some types under the id of an event that come after it."""
    return [each for each in case.of(*names) if each.told(field) == one.told(field) and each.place > one.place]


def _assisted(case: Case) -> Iterator[Row]:
    for assist_id, one in case.firsts("assist_id", "coord.assist_requested").items():
        day, kind = one.date_of("due_on") or one.day + timedelta(days=14), one.told("institution_kind") or ""
        yield Row("assist_due", one.owner, kind, day)
        if _is_answered(case, "coord.assist_replied", "assist_id", assist_id, day):
            yield Row("assist_in_time", one.owner, kind, day)
        if not _after(case, one, "assist_id", "coord.assist_replied"):
            yield Row("assist_left", one.owner, kind, day)


def _entrusted(case: Case) -> Iterator[Row]:
    sent = [one for one in case.of("entr.sent") if one.told("kind") == "事项"]
    for entr_id, one in _firsts(case, "entr_id", sent).items():
        matter = one.told("matter") or ""
        day = one.date_of("due_on") or one.day + timedelta(days=_MATTERS.get(matter, 30))
        court = one.told("to_court") or one.owner
        yield Row("entrusted_due", court, matter, day)
        if _is_answered(case, "entr.replied", "entr_id", entr_id, day):
            yield Row("entrusted_in_time", court, matter, day)
        sender = one.told("from_court") or one.owner
        province = COURTS[sender].province if sender in COURTS else ""
        yield Row("entrusted", court, province, one.day)
        if not _after(case, one, "entr_id", "entr.replied", "entr.returned"):
            yield Row("entrusted_left", court, province, day)
        for back in _after(case, one, "entr_id", "entr.returned")[:1]:
            yield Row("entrusted_returned", court, province, back.day)


def _directed(case: Case) -> Iterator[Row]:
    issued = case.of("sup.directive_issued")
    due = _firsts(case, "directive_id", [one for one in issued if one.told("kind") not in _UPWARD])
    for directive_id, one in due.items():
        day = one.date_of("due_on") or one.day + timedelta(days=15)
        kind, court = one.told("kind") or "", one.told("to_court") or one.owner
        yield Row("directives_due", court, kind, day)
        if _is_answered(case, "sup.feedback_submitted", "directive_id", directive_id, day):
            yield Row("directives_answered", court, kind, day)
        if all(end.told("verdict") == "退回" for end in _after(case, one, "directive_id", "sup.directive_closed")):
            yield Row("directives_left", court, kind, day)
    for directive_id, end in case.firsts("directive_id", "sup.directive_closed").items():
        first = next((one for one in issued if one.told("directive_id") == directive_id and one.place <= end.place), None)
        if first is None or due.get(directive_id) is not first:
            continue
        kind, court = first.told("kind") or "", first.told("to_court") or first.owner
        yield Row("directives_closed", court, kind, end.day)
        if end.told("verdict") == "合格":
            yield Row("directives_sound", court, kind, end.day)


def _objected(case: Case) -> Iterator[Row]:
    for name, kind in (("objection.filed", "执异"), ("review.received", "执复")):
        yield from (Row("pieces", one.owner, kind, one.day) for one in case.firsts("objection_id", name).values())
    for name, kind in (("objection.decided", "执异"), ("review.decided", "执复")):
        decided = [
            one
            for one in case.of(name)
            if one.told("result") is not None and not (kind == "执异" and one.told("result") == "撤回")
        ]
        for one in _firsts(case, "objection_id", decided).values():
            yield Row("objections", one.owner, kind, one.day)
            if one.told("result") in _CHANGED:
                yield Row("objections_changed", one.owner, kind, one.day)
