"""Rows of `counted`, as so many events count them, and their sums: made by the engine itself, measure by measure."""

import random
from datetime import date

from nation_rows import EVENTS_A_CASE, RULES

from contract.courts import COURTS
from contract.indicators.catalogue import MEASURES
from contract.indicators.model import Measure
from infra.clickhouse.client import ClickHouse
from infra.clickhouse.figures.counting import Counting

_RATES = (
    (1.0, "filed open open_over_6m open_over_12m open_over_18m open_over_36m disputes pieces"),
    (0.7, "closed closed_in_term days_net closed_by_days claim_fen reached_fen closed_real money_filed"),
    (0.35, "closed_full closed_full_by_days closed_terminated closed_property terminated terminated_over_5y rulings"),
    (0.5, "receipts_fen due_fen due_paid_fen paid_out_fen held_fen inquiry_due inquiry_made"),
    (2.7, "feedback feedback_good"),
    (5.0, "alerts_raised alerts_open"),
    (12.0, "events"),
)
RATES = {name: rate for rate, names in _RATES for name in names.split()}
"""Rows a case, rounded from the simulated nation; all other measures have one for each ten cases."""
OTHERS = 0.1
KINDS = {
    "case_type": ("执", "执", "执", "执", "执恢", "执保"),
    "case_type_days": tuple(f"{kind} {days}" for kind in ("执", "执", "执", "执恢") for days in range(400)),
    "institution": ("国有银行", "股份行", "不动产登记", "车管", "证券", "网络银行"),
    "matter": ("送达", "查询", "冻结"),
    "directive": ("督办", "提级"),
    "field": ("机票", "高铁"),
    "rule": RULES,
    "quarter": ("2025Q1", "2025Q2"),
    "none": ("",),
}
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
    INNER JOIN courts AS c ON c.code = d.court
    WHERE d.measure = %(measure)s
)
GROUP BY measure, above, day, kind, known_on
"""
_MONTHS = """
INSERT INTO subtree_months SELECT measure, court, toDate32(toStartOfMonth(day)) AS month, kind, sum(value), 1 FROM subtree_days
WHERE measure = %(measure)s GROUP BY measure, court, month, kind
"""


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
    basic = [court.code for court in COURTS if court.tier == "BASIC"]
    random.Random(1).shuffle(basic)
    rows = int(events / EVENTS_A_CASE * RATES.get(measure.id, OTHERS))
    edges = ["toInt64(1)"] if measure.counts == "flow" else ["toInt64(1)", "toInt64(-1)"]
    for number, sign in enumerate(edges):
        params = {"courts": basic, "kinds": list(KINDS[measure.split]), "first": first, "days": days, "rows": max(10, rows)}
        client.execute(_rows_sql(measure, sign, gone=number == 1), params, settings={"max_insert_threads": 4, "max_threads": 4})
    for sql in (_OWN, _SUBTREE, _MONTHS):
        client.execute(sql, {"measure": measure.id})


def _rows_sql(measure: Measure, sign: str, *, gone: bool) -> str:
    amount = {"fen": "toInt64(exp(15.6 + 1.2 * randNormal(0, 1, 2)))", "days": "toInt64(20 + rand(3) %% 160)"}.get(
        measure.amount, "toInt64(1)"
    )
    later = " + 20 + rand(number) %% 160" if gone else ""
    some = " WHERE number %% 10 < 9" if gone else ""
    return (
        f"INSERT INTO counted SELECT '{measure.id}',"
        # the tenth part of the courts with the most cases has about 40 % of them
        " %(courts)s[1 + toUInt32(pow(cityHash64(number) %% 1000000 / 1000000, 2.5) * length(%(courts)s))],"
        f" toDate32(%(first)s) + cityHash64(number, 'd') %% %(days)s{later} AS day,"
        " %(kinds)s[1 + cityHash64(number, 'k') %% length(%(kinds)s)],"
        " concat('case-', toString(number)), '1', concat('case-', toString(number)),"
        f" day + if(number %% 20 = 0, cityHash64(number, 'l') %% 9, 0), {sign} * {amount}, 1"
        f" FROM numbers(%(rows)s){some}"
    )
