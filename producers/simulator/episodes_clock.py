"""Short cases in which a time limit is missed, or nearly: each tells what starts the clock and seeds what stops it."""

from collections.abc import Callable
from typing import Any

from producers.simulator.case import on
from producers.simulator.clock_tables import requery_part
from producers.simulator.days import DAY, civil, day_of, day_text, midnight
from producers.simulator.parts import Level, Part
from producers.simulator.stage import Stage

Play = Callable[[Stage], None]
_TERMINATED = "终结本次执行程序"


def simple(
    rule: str,
    mark: str,
    start: str,
    stop: str,
    *,
    begin: Callable[[Stage], dict[str, Any]],
    end: Callable[[Stage], dict[str, Any]],
) -> Play:
    """A duty between two facts that share an id."""

    def play(stage: Stage) -> None:
        if stage.rng.random() < 0.2:
            stage.pause(rule)
        name = stage.id(mark)
        field = _FIELDS[mark]
        at = stage.later(1, 60)
        stage.case.say(start, at, {field: name} | begin(stage), tail=True)
        due = stage.around(rule, at, (name,))
        stage.finish(rule, stop, due, {field: name} | end(stage))

    return play


_FIELDS = {
    "q": "query_id",
    "e": "entr_id",
    "h": "assist_id",
    "i": "rec_id",
    "t": "pet_id",
    "v": "directive_id",
    "o": "objection_id",
}


def query(stage: Stage) -> None:
    """The trial division is asked what the judgment means."""
    simple(
        "R-COOP-01",
        "q",
        "case.basis_query_sent",
        "case.basis_query_answered",
        begin=lambda s: {"to_court": s.case.court, "to_dept": "民一庭", "question_kind": "交付标的不明", "sent_on": on(s.now)},
        end=lambda s: {"result": s.rng.choice(("答复", "补正裁定", "无法明确"))},
    )(stage)


def entrusted(stage: Stage) -> None:
    """A matter is entrusted to another court."""
    rng, name, at = stage.rng, stage.id("e"), stage.later(1, 60)
    matter = rng.choice(("冻结", "查封", "送达", "查询", "腾退"))
    data: dict[str, Any] = {"entr_id": name, "kind": "事项", "matter": matter, "from_court": stage.case.court}
    data |= {"to_court": stage.case.world.courts.pick(rng), "cross_province": rng.random() < 0.4}
    due = None
    if rng.random() < 0.4:
        due = day_of(at) + rng.randrange(4, 30)
        data["due_on"] = day_text(due)
    stage.say("entr.sent", data)
    first = stage.around("R-ENTR-02.a", at, (name,)) if rng.random() < 0.5 else at + DAY
    stage.finish("R-ENTR-02.a", "entr.accepted", first, {"entr_id": name})
    days = 7 if matter in ("冻结", "查封") else 15 if matter in ("送达", "查询") else 30
    levels = (Level("O", "orange", 0, from_due=True), Level("R+10", "red", 10, from_due=True))
    reply = stage.around("R-ENTR-02.b", at, (name,), due_on=due, part=Part("R-ENTR-02.b", days, levels))
    if rng.random() < 0.15 and reply is not None:
        stage.dated("entr.returned", {"entr_id": name, "reason": "材料不全", "high_court_approved": True}, reply)
        stage.note("R-ENTR-02.b", "returned")
        return
    stage.finish("R-ENTR-02.b", "entr.replied", reply, {"entr_id": name, "result": "办结"})


_INSTITUTIONS = (
    ("网络银行", 1), ("非银支付", 1), ("国有银行", 3), ("股份行", 3), ("城商行", 3), ("农信社", 3), ("不动产登记", 5),
    ("车管", 5), ("证券", 5), ("市场监管", 5), ("保险", 10), ("税务", 10), ("公积金", 10), ("insurer", 10), ("grid", 10),
)  # fmt: skip


def helped(stage: Stage) -> None:
    """An institution is asked for help; its objection is answered."""
    rng, name, at = stage.rng, stage.id("h"), stage.later(1, 60)
    kind, days = rng.choice(_INSTITUTIONS)
    data: dict[str, Any] = {"assist_id": name, "institution_code": f"inst-{kind}-{rng.randrange(1, 9)}"}
    data |= {"institution_kind": kind, "kind": "冻结", "served_on": on(at)}
    levels = (
        Level("Y-1", "yellow", -1, from_due=True, working=True),
        Level("O", "orange", 0, from_due=True),
        Level("R+10", "red", 10, from_due=True, working=True),
    )
    due = None
    if rng.random() < 0.5:
        due = day_of(at) + rng.randrange(1, 15)
        data["due_on"] = day_text(due)
    stage.say("coord.assist_requested", data)
    reply = stage.around("R-ASST-01.a", at, (name,), due_on=due, part=Part("R-ASST-01.a", days, levels, working=True))
    result = rng.choice(("done", "done", "partial", "refused", "objected"))
    stage.finish("R-ASST-01.a", "coord.assist_replied", reply, {"assist_id": name, "result": result})


def objected(stage: Stage) -> None:
    """A bank objects to a measure, and the court owes it an answer."""
    name, at = stage.id("h"), stage.later(1, 60)
    kind = stage.rng.choice(("国有银行", "股份行", "城商行", "农信社", "网络银行"))
    data = {"assist_id": name, "institution_code": f"inst-{kind}-1", "institution_kind": kind, "kind": "冻结"}
    stage.say("coord.assist_requested", data | {"due_on": day_text(day_of(at) + 9)})
    at = stage.later(1, 3)
    stage.dated("coord.assist_replied", {"assist_id": name, "result": "objected"})
    answer = stage.around("R-ASST-01.c", at, (name,))
    stage.finish("R-ASST-01.c", "coord.objection_answered", answer, {"assist_id": name, "result": "驳回"})


def third_debt(stage: Stage) -> None:
    """A debtor of the debtor is told to pay."""
    name, at = stage.id("h"), stage.later(1, 60)
    data = {"assist_id": name, "institution_code": "inst-第三人-1", "institution_kind": "第三人", "kind": "到期债权"}
    stage.say("coord.assist_requested", data | {"served_on": on(at)})
    reply = stage.around("R-ASST-01.b", midnight(day_of(at)), (name,))
    stage.finish("R-ASST-01.b", "coord.assist_replied", reply, {"assist_id": name, "result": "done"})


def interfered(stage: Stage) -> None:
    """Somebody meddles; the record must be reported (all of it marked, nobody is named)."""
    rng, name, at = stage.rng, stage.id("i"), stage.later(1, 60)
    affects = rng.random() < 0.5
    data = {"rec_id": name, "kind": "领导干部", "source_level": "县处级", "form": "电话", "affects_case": affects}
    stage.case.say("pers.interference_recorded", at, data | {"on": on(at)}, tail=True, recorded=at + 300)
    rule = "R-INTF-01.a" if affects else "R-INTF-01.b"
    if affects:
        side = rng.choice((-1, 0, 1, 3_600, 86_400, -3_600, None))
        reported = None if side is None else at + DAY + side
        stage.note(rule, "never" if side is None else f"{side:+} s")
    else:
        month = (civil(day_of(at)).month + 2) // 3 * 3
        last = next(one for one in range(day_of(at), day_of(at) + 120) if civil(one + 1).day == 1 and civil(one).month == month)
        reported = stage.around(rule, at, (name,), due_on=last)
    if reported is not None:
        more = {"rec_id": name, "to_kind": rng.choice(("政法委", "上级法院", "纪检")), "on": on(reported)}
        stage.case.say("pers.interference_reported", reported, more, tail=True, recorded=reported + 60)


def petition(stage: Stage) -> None:
    """A petition is received, registered, resolved; or sifted by an upper court."""
    rng, name, at = stage.rng, stage.id("t"), stage.later(1, 90)
    lower = rng.random() < 0.35
    data: dict[str, Any] = {"pet_id": name, "channel": rng.choice(("来信", "来访", "网上", "12368")), "theme": "消极"}
    data |= {"received_on": on(at), "case_no": stage.case.case_no}
    if rng.random() < 0.5 or lower:
        data["about_court"] = "京0105" if lower and stage.case.court != "京0105" else "京0106" if lower else stage.case.court
    stage.case.say("pet.received", at, data, tail=True, recorded=at + 600)
    if lower:
        stage.finish("R-PET-01.c", "pet.triaged", stage.around("R-PET-01.c", at, (name,)), {"pet_id": name})
    registered = stage.around("R-PET-01.a", at, (name,)) if rng.random() < 0.6 else at + DAY
    if registered is None:
        return
    stage.finish("R-PET-01.a", "pet.registered", registered, {"pet_id": name, "handler_id": "o-1"})
    done = stage.around("R-PET-01.b", registered, (name,)) if rng.random() < 0.7 else registered + 9 * DAY
    if done is not None:
        told = {"pet_id": name, "outcome": rng.choice(("化解", "办结")), "petitioner_told_on": on(done), "on": on(done)}
        stage.case.say("pet.resolved", done, told, tail=True, not_before=done)


def directive(stage: Stage) -> None:
    """An upper court directs; the case answers with its own facts."""
    rng, name, at = stage.rng, stage.id("v"), stage.later(1, 90)
    kind = rng.choice(("督办", "督办", "督促执行令", "督促执行令", "指令纠正", "协同"))
    due = day_of(at) + rng.randrange(8, 40) if kind == "督促执行令" or rng.random() < 0.4 else None
    data: dict[str, Any] = {"directive_id": name, "kind": kind, "from_court": "最高法", "to_court": stage.case.court}
    stage.say("sup.directive_issued", data | ({"due_on": day_text(due)} if due else {}))
    got = stage.around("R-DIR-01.a", at, (name,)) if rng.random() < 0.5 else at + DAY // 2
    stage.finish("R-DIR-01.a", "sup.directive_received", got, {"directive_id": name})
    rule = "R-DIR-02" if kind == "督促执行令" and rng.random() < 0.6 else "R-DIR-01.b"
    end = stage.around(rule, at, (name,) if rule == "R-DIR-01.b" else (), due_on=due)
    if rng.random() < 0.3 and end is not None:
        said = max(at + 700, end - rng.randrange(1, 9) * DAY)
        result = rng.choice(("已纠正", "部分", "理由说明"))
        stage.dated("sup.feedback_submitted", {"directive_id": name, "result": result}, said)
        stage.note(rule, "answered")
    if end is None:
        return
    draw = rng.random()
    if draw < 0.25:
        stage.close(end)
    elif draw < 0.45:
        stage.dated("sup.directive_closed", {"directive_id": name, "verdict": "合格"}, end)
    elif draw < 0.9:
        stage.dated("sup.directive_closed", {"directive_id": name, "verdict": "退回"}, end)
        again = stage.around("R-DIR-01.c", end, (name,))
        verdict = rng.choice(("合格", "合格", "升级"))
        stage.finish("R-DIR-01.c", "sup.directive_closed", again, {"directive_id": name, "verdict": verdict})
    else:
        stage.dated("sup.directive_closed", {"directive_id": name, "verdict": "升级"}, end)


def government(stage: Stage) -> None:
    """A public authority owes: a talk, a letter to its superior, a report to the party committee."""
    rng, at = stage.rng, stage.later(0, 5)
    data = {"party_ref": f"{rng.getrandbits(64):016x}g", "role": "被执行", "kind": "gov", "gov_level": "县", "id_valid": True}
    stage.case.say("party.registered", at, data, tail=True, recorded=at + 300)
    rule = rng.choice(("R-GOV-01.a", "R-GOV-01.b", "R-GOV-01.c"))
    due = stage.around(rule, at)
    if rule == "R-GOV-01.a":
        stage.finish(rule, "pers.talk_held", due, {"target_kind": "党政机关负责人", "topic": "履行义务"})
    elif rule == "R-GOV-01.b" and rng.random() < 0.5:
        more = {"debtor_ref": data["party_ref"], "institution_kind": "上级"}
        stage.finish(rule, "list.institution_notified", due, more)
    elif rule == "R-GOV-01.b":
        stage.finish(rule, "coord.suggestion_sent", due, {"suggestion_id": stage.id("s"), "to_kind": "党委", "topic": "履行"})
    else:
        more = {"bulletin_id": stage.id("b"), "topic": "涉党政机关", "period": "2024Q2", "to_kinds": ["地方党委"]}
        stage.finish(rule, "sup.bulletin_issued", due, more)


def terminated(stage: Stage) -> None:
    """A case is terminated; the register, the queries of each half-year, what turns up, and the mask."""
    rng = stage.rng
    at = stage.later(95, 110)
    served = day_of(at) + rng.randrange(4)
    ruled: dict[str, Any] = {
        "ruling_no": f"{stage.case.case_no}之二",
        "on": on(at),
        "served_on": day_text(served),
        "onsite_done": True,
    }
    stage.case.say("term.ruled", at, ruled, tail=True, not_before=midnight(served))
    stage.now += 3600
    stage.close(stage.now, _TERMINATED)
    registered = stage.around("R-TERM-06.a", midnight(served)) if rng.random() < 0.6 else midnight(served) + DAY
    stage.finish("R-TERM-06.a", "term.registered", registered, {})
    for slot in (1, 2, 3):
        done = stage.around("R-TERM-07", at, part=requery_part(slot)) if rng.random() < 0.5 else at + slot * 170 * DAY
        hits = int(rng.random() < 0.3)
        value = rng.choice((49_999, 50_000, 900_000)) if hits else 0
        stage.finish("R-TERM-07", "term.requery_done", done, {"seq_no": slot, "hits": hits, "est_value_fen": value})
        if hits and done is not None and done > at:
            back = stage.around("R-TERM-08", done) if rng.random() < 0.8 else done + 5 * DAY
            more = {"prior_case_no": stage.case.case_no, "new_case_no": stage.case.case_no, "trigger": "依职权"}
            stage.finish("R-TERM-08", "case.restored", back, more)
            return
    if rng.random() < 0.6:
        done = max(at + 40 * DAY, stage.now)
        name = stage.id("c")
        stage.dated("clue.received", {"clue_id": name, "by": "申请人"}, done)
        stage.dated("clue.verified", {"clue_id": name, "result": "属实"}, done + 2 * DAY)
        back = stage.around("R-TERM-08", done + 2 * DAY)
        stage.finish("R-TERM-08", "case.restored", back, {"prior_case_no": stage.case.case_no, "trigger": "申请"})
        return
    paid = stage.rng.randrange(30, 400) * DAY + at
    debt = stage.owed(paid)
    done_by: dict[str, Any] = {"debtor_ref": stage.debtor, "by": "debtor", "amount_fen": debt, "channel": "direct"}
    stage.dated("case.obligation_performed", done_by, paid)
    stage.finish("R-TERM-06.b", "term.masked", stage.around("R-TERM-06.b", paid), {"reason": "履行完毕"})


CLOCK_EPISODES: tuple[Play, ...] = (
    query, entrusted, helped, objected, third_debt, interfered, interfered, petition, petition, directive, directive,
    government, terminated, terminated,
)  # fmt: skip
