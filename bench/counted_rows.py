"""Rows of `counted`, as so many events count them, and their sums: made by the engine itself, measure by measure.

Those of alerts, and of what hasn't ended, are rows of the alerts and cases that nation_rows.py made, so that a list finds what
sums count. A rule is there with all three severities, which is twice the kinds that the national pack has.
"""

import random
from datetime import date

from nation_rows import EVENTS_A_CASE

from contract.courts import COURTS, PROVINCES
from contract.indicators.catalogue import MEASURES
from contract.indicators.model import Measure
from infra.clickhouse.client import ClickHouse
from infra.clickhouse.figures.counting import Counting

_RATES = (
    (1.0, "filed open open_over_6m open_over_12m open_over_18m open_over_36m disputes pieces"),
    (0.7, "closed closed_in_term days_net closed_by_days claim_fen reached_fen closed_real money_filed"),
    (0.35, "closed_full closed_full_by_days closed_terminated closed_property terminated terminated_over_5y rulings"),
    (0.5, "receipts_fen due_fen due_paid_fen paid_out_fen held_fen inquiry_due inquiry_made"),
    (2.7, "feedback feedback_good feedback_by_days"),
    (7.0, "open_at"),
    (0.6, "idle_at inquiries left_fen assets_at"),
    (0.35, "terminated_left"),
    (12.0, "events"),
)
RATES = {name: rate for rate, names in _RATES for name in names.split()}
"""Rows a case, rounded from the simulated nation; all other measures have one for each ten cases."""
OTHERS = 0.1
TAKEN_BACK = frozenset(
    "left_fen terminated_left petitions_left assist_left entrusted_left directives_left".split()  # noqa: SIM905  (as above)
)
"""Measures of what is left of a day: nine rows in ten are taken back later, on the same day."""
_STAGES = ("FILED", "ASSIGNED", "NOTIFIED", "INVESTIGATING", "CONTROLLED", "DISPOSING", "DISTRIBUTING")
_INSTITUTIONS = ("国有银行", "股份行", "不动产登记", "车管", "证券", "网络银行")
KINDS = {
    "case_type": ("执", "执", "执", "执", "执恢", "执保"),
    "case_type_days": tuple(f"{kind} {days}" for kind in ("执", "执", "执", "执恢") for days in range(400)),
    "case_type_stage": tuple(f"{kind} {stage}" for kind in ("执", "执", "执", "执恢") for stage in _STAGES),
    "institution": _INSTITUTIONS,
    "institution_days": tuple(f"{kind} {days}" for kind in _INSTITUTIONS for days in range(6)),
    "control": ("冻结", "查封", "扣押", "轮候"),
    "asset_step": ("已控制", "定价中", "已定价", "已公告", "流拍", "已成交", "已付清"),
    "province": tuple(one.char for one in PROVINCES if one.has_courts),
    "directive_step": tuple(f"{kind} {step}" for kind in ("督办", "提级") for step in ("已发出", "已签收", "已反馈", "已退回")),
    "theme": ("消极", "案款", "终本", "失信"),
    "mission": ("搜查", "拘留", "腾退"),
    "matter": ("送达", "查询", "冻结"),
    "directive": ("督办", "提级"),
    "field": ("机票", "高铁"),
    "quarter": ("2025Q1", "2025Q2"),
    "none": ("",),
}
_ON = "toDate32(fromUnixTimestamp64Micro({}, 'UTC'), 'Asia/Shanghai')"
_RAISED, _ENDED = _ON.format("raised"), _ON.format("ended")
_ALERT_EDGES = {
    "alerts_raised": (f"({_RAISED}, {_RAISED}, 1)", None, "1"),
    "alerts_open": (f"({_RAISED}, {_RAISED}, 1)", f"({_ENDED}, {_ENDED}, -1)", "1"),
    "alerts_unended": (f"({_RAISED}, {_RAISED}, 1)", f"({_RAISED}, {_ENDED}, -1)", "1"),
    "alerts_due": (f"({_RAISED} + 5, {_RAISED}, 1)", f"({_RAISED} + 5, {_ENDED}, -1)", "severity = 'yellow'"),
}
"""Measure → how an alert comes and goes, as (day, known on, amount), and which alerts do."""
_ALERTS = """
INSERT INTO counted SELECT %(measure)s, court, e.1, concat(rule, ':', severity), subject, id, subject,
    e.2 + if(cityHash64(id) %% 20 = 0, cityHash64(id, 'l') %% 9, 0), e.3, 1
FROM made_alerts ARRAY JOIN {edges} AS e WHERE {some}
"""
_UNENDED = """
INSERT INTO counted SELECT %(measure)s, court, opened_on, case_type, subject, '1', subject, e.1, e.2, 1
FROM (SELECT *, {opened} AS opened_on, {closed} AS closed_on FROM made_cases)
ARRAY JOIN if(ended, [(opened_on, 1), (closed_on, -1)], [(opened_on, 1)]) AS e
"""
_OWN = """
INSERT INTO court_days SELECT measure, court, day, kind, known_on, sum(amount), 1 FROM counted
WHERE measure = %(measure)s GROUP BY measure, court, day, kind, known_on
"""
_SUBTREE = """
INSERT INTO subtree_days SELECT measure, above, day, kind, known_on, sum(value), 1
FROM
(
    SELECT d.*, arrayJoin(arrayPushFront(c.above, toString(d.court))) AS above
    FROM court_days AS d
    INNER JOIN (SELECT code, above FROM courts FINAL) AS c ON c.code = d.court
    WHERE d.measure = %(measure)s
)
GROUP BY measure, above, day, kind, known_on
"""
_MONTHS = """
INSERT INTO subtree_months SELECT measure, court, toDate32(toStartOfMonth(day)) AS month, kind, sum(value), 1 FROM subtree_days
WHERE measure = %(measure)s GROUP BY measure, court, month, kind
"""


_SETTINGS = {"max_insert_threads": 4, "max_threads": 4}


def fill_counted(client: ClickHouse, events: int, first: date, days: int) -> int:
    """Rows of every measure that has none; a stock row comes, and nine in ten go some hundred days later. How many measures."""
    counting = Counting(client)
    counting.prepare()
    counting.close()
    there = {name for (name,) in client.query_rows("SELECT DISTINCT measure FROM subtree_days")}
    missing = [one for one in MEASURES.values() if one.id not in there]
    for measure in missing:
        for table in ("counted", "court_days"):  # what a run that was cut off left
            if client.query_rows(f"SELECT count() FROM {table} WHERE measure = %(measure)s", {"measure": measure.id}) != [(0,)]:
                client.execute(f"DELETE FROM {table} WHERE measure = %(measure)s", {"measure": measure.id})
        _fill_measure(client, measure, events, first, days)
    if missing:
        for table in ("court_days", "subtree_days", "subtree_months"):
            client.execute(f"OPTIMIZE TABLE {table} FINAL")
    return len(missing)


def _fill_measure(client: ClickHouse, measure: Measure, events: int, first: date, days: int) -> None:
    if measure.id in _ALERT_EDGES:
        _fill_alerts(client, measure.id)
    elif measure.id == "unended":
        text = _UNENDED.format(opened=_ON.format("opened"), closed=_ON.format("opened + life"))
        client.execute(text, {"measure": measure.id}, settings=_SETTINGS)
    else:
        _fill_at_random(client, measure, events, first, days)
    for sql in (_OWN, _SUBTREE, _MONTHS):
        client.execute(sql, {"measure": measure.id})


def _fill_alerts(client: ClickHouse, measure: str) -> None:
    comes, goes, some = _ALERT_EDGES[measure]
    edges = f"[{comes}]" if goes is None else f"if(ended > 0, [{comes}, {goes}], [{comes}])"
    client.execute(_ALERTS.format(edges=edges, some=some), {"measure": measure}, settings=_SETTINGS)


def _fill_at_random(client: ClickHouse, measure: Measure, events: int, first: date, days: int) -> None:
    basic = [court.code for court in COURTS if court.tier == "BASIC"]
    random.Random(1).shuffle(basic)
    rows = int(events / EVENTS_A_CASE * RATES.get(measure.id, OTHERS))
    comes_alone = measure.counts == "flow" and measure.id not in TAKEN_BACK
    edges = ["toInt64(1)"] if comes_alone else ["toInt64(1)", "toInt64(-1)"]
    for number, sign in enumerate(edges):
        params = {"courts": basic, "kinds": list(KINDS[measure.split]), "first": first, "days": days, "rows": max(10, rows)}
        client.execute(_rows_sql(measure, sign, gone=number == 1), params, settings=_SETTINGS)


def _rows_sql(measure: Measure, sign: str, *, gone: bool) -> str:
    amount = {"fen": "toInt64(exp(15.6 + 1.2 * randNormal(0, 1, 2)))", "days": "toInt64(20 + rand(3) %% 160)"}.get(
        measure.amount, "toInt64(1)"
    )
    later = " + 20 + rand(number) %% 160" if gone and measure.counts == "stock" else ""
    known_later = " + 20 + rand(number) %% 160" if gone and measure.counts == "flow" else ""
    some = " WHERE number %% 10 < 9" if gone else ""
    return (
        f"INSERT INTO counted SELECT '{measure.id}',"
        # the tenth part of the courts with the most cases has about 40 % of them
        " %(courts)s[1 + toUInt32(pow(cityHash64(number) %% 1000000 / 1000000, 2.5) * length(%(courts)s))],"
        f" toDate32(%(first)s) + cityHash64(number, 'd') %% %(days)s{later} AS day,"
        " %(kinds)s[1 + cityHash64(number, 'k') %% length(%(kinds)s)],"
        " concat('case-', toString(number)), '1', concat('case-', toString(number)),"
        f" day + if(number %% 20 = 0, cityHash64(number, 'l') %% 9, 0){known_later}, {sign} * {amount}, 1"
        f" FROM numbers(%(rows)s){some}"
    )
