"""Who reads the warehouse beside the system itself: a ClickHouse user for each seat of Grafana, with grants and row policies.

A seat is a court whose staff look at Grafana: the Supreme People's Court and each High Court. What its user sees is what a duty
officer of that court sees, by the one function of role and court (`contract.duty.scope`). Columns that name or describe a case
(its number, evidence, records as JSON) are granted to nobody: a case opens in the console, by role.

The embedded ClickHouse has no users; there nothing of this is needed, since it listens on loopback only.
"""

from collections.abc import Mapping
from typing import Final

from contract.courts import COURTS, PROVINCES, SPC, Court
from contract.duty.people import Role
from contract.duty.scope import Scope, courts_seen
from contract.indicators.catalogue import CLOSED_MEASURES

ROLE: Final[Role] = "duty_officer"
NATIONAL: Final = "grafana"
GRANTS: Final[Mapping[str, tuple[str, str]]] = {
    "alerts": (
        """id position transition_id known_from transition rule version scope court severity basis armed_at due_at raised_at
        ended_at end_reason breach_days incomplete log_partition log_offset rank""",
        "court",
    ),
    "cases": (
        """subject position id known_from court case_type stage mode filed_on closed_on open last_event_at last_type
        log_partition log_offset rank""",
        "court",
    ),
    "counted": ("measure court day kind subject ref rootid known_on amount version", "court"),
    "subtree_days": ("measure court day kind known_on value version", "court"),
    "subtree_months": ("measure court month kind value version", "court"),
    "court_days": ("measure court day kind known_on value version", "court"),
    "courts": ("code name tier parent province above version", "code"),
    "watermarks": ("partition position id tick log_partition log_offset", ""),
    "figured": ("topic partition offset at", ""),
    "events": ("source id type time data rank", "source = '/sys/clock'"),
    "chain_events": (
        "rootid source id type time court data rank",
        "type IN ('sup.campaign_started', 'sup.campaign_closed') AND startsWith(rootid, 'court/')",
    ),
}
"""Table → (columns that are granted, and the column of a row's court, or a condition that holds for every seat, or nothing)."""
_COURT_COLUMNS: Final = ("court", "code")
_OF_SINGLE_COURTS: Final = ("counted", "court_days")
"""Tables that tell a court apart from those below it: none shows what is never told of less than a court and a quarter."""
_HEAD: Final = """\
-- Users, grants and row policies of Grafana. Written by `make contract` from infra/clickhouse/rights.py; never edited.
-- Run it as an administrator after `yipanqi migrate`: `infra/clickhouse/policies/apply` does, and gives each user its password.
"""


def seats() -> tuple[Court, ...]:
    """The courts that have a Grafana of their own, the Supreme People's Court first."""
    return (COURTS[SPC], *(court for court in COURTS.children(SPC) if court.tier == "HIGH"))


def user_of(court: str) -> str:
    """The ClickHouse user behind the Grafana of a court. The national one is of the stack's own users; its rights are there."""
    if court == SPC:
        return NATIONAL
    division = next((one.division for one in PROVINCES if one.char == court), None)
    return f"grafana_{division}" if division else "grafana_corps"


def condition(table: str, scope: Scope) -> str:
    """Which rows of a table a scope sees, as SQL; 1 = all."""
    column = GRANTS[table][1]
    if column not in _COURT_COLUMNS:
        return column or "1"
    found = []
    if not scope.whole:
        codes = ", ".join(f"'{code}'" for code in sorted(scope.courts()))
        found.append(f"{column} IN ({codes})")
    if table in _OF_SINGLE_COURTS:
        closed = ", ".join(f"'{name}'" for name in sorted(CLOSED_MEASURES))
        found.append(f"measure NOT IN ({closed})")
    return " AND ".join(found) or "1"


def grants(user: str, database: str = "yipanqi") -> list[str]:
    """What a seat's user may read, column by column."""
    return [
        f"GRANT SELECT({', '.join(columns.split())}) ON {database}.{table} TO {user}" for table, (columns, _) in GRANTS.items()
    ]


def policies(database: str = "yipanqi") -> str:
    """The whole script; it can be repeated. The national user is made, with its grants, in infra/stack/clickhouse-users.xml."""
    users = [user_of(court.code) for court in seats()]
    lines = [_HEAD, *_profile(), ""]
    for court, user in zip(seats(), users, strict=True):
        scope = courts_seen(ROLE, court.code)
        lines.append(f"-- {court.name}")
        if user != NATIONAL:
            lines.append(f"CREATE USER IF NOT EXISTS {user} IDENTIFIED WITH no_password HOST NONE;")
            lines.append(f"ALTER USER {user} SETTINGS PROFILE 'grafana';")
            lines += [f"{grant};" for grant in grants(user, database)]
        lines += [
            f"CREATE ROW POLICY OR REPLACE {user} ON {database}.{table} USING {condition(table, scope)} TO {user};"
            for table in GRANTS
        ]
        lines.append("")
    lines.append("-- A table with a row policy shows nothing to users without one: the system's own see everything.")
    lines += [
        f"CREATE ROW POLICY OR REPLACE everybody_else ON {database}.{table} USING 1 TO ALL EXCEPT {', '.join(users)};"
        for table in GRANTS
    ]
    return "\n".join(lines) + "\n"


def _profile() -> list[str]:
    """What a query of Grafana may cost. The plug-in's client must be able to set its own timeout."""
    return [
        "CREATE SETTINGS PROFILE OR REPLACE grafana SETTINGS",
        "    readonly = 1,",
        "    max_execution_time = 10 CHANGEABLE_IN_READONLY,",
        "    max_rows_to_read = 50000000,",
        "    max_memory_usage = 4000000000,",
        "    max_result_rows = 20000,",
        "    max_concurrent_queries_for_user = 32;",
    ]


if __name__ == "__main__":
    print(policies(), end="")
