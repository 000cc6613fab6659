"""What the pages and the API share: the live view, the warehouse, court figures renewed once a second, and the rules' names."""

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from contract.courts import COURTS
from contract.times import civil_date
from dashboards.duty_live import DutyView
from dashboards.duty_tail import DutyTail
from dashboards.live import SEVERITIES, LiveView
from dashboards.opening import Opening
from dashboards.store import CourtFigures, Store
from dashboards.tail import Tail
from infra.clickhouse.errors import ClickHouseError

log = logging.getLogger(__name__)
FIGURES_EVERY_S = 2.0


class RuleInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What a page says of a rule.

    Attributes:
        id: Rule id, e.g. ``R-OBJ-01.c``.
        pack: Pack id and version.
        zh: Its Chinese name.
        en: Its English name.
        family: Family of the rule, e.g. ``inaction``.
        basis: ``statutory`` 法定期限 or ``management`` 管理参数.
        limit: The limit as the pack writes it.
        citation: Legal sources as the pack gives them.
    """

    id: str
    pack: str
    zh: str
    en: str
    family: str
    basis: str
    limit: str
    citation: list[dict[str, Any]]


class Subtotal(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of a court with all below it: open cases, and open alerts by severity."""

    open: int
    filed_today: int
    closed_today: int
    alerts: dict[str, int]

    @property
    def grave(self) -> int:
        """Open alerts that are orange or red."""
        return self.alerts.get("red", 0) + self.alerts.get("orange", 0)


NOTHING = Subtotal(open=0, filed_today=0, closed_today=0, alerts=dict.fromkeys(SEVERITIES, 0))


class Scene:
    """The read side of one wall process.

    Args:
        live: The live view.
        store: The warehouse.
        tail: What keeps the live view.
        rules: Rules by id.
        duty: What keeps the view of what the duty room has decided.
        simulated: Whether the data folder lives on simulated time, so that every page says so.
    """

    def __init__(
        self, live: LiveView, store: Store, tail: Tail, rules: Mapping[str, RuleInfo], duty: DutyTail, *, simulated: bool
    ) -> None:
        self.live, self.store, self.tail, self.rules, self.simulated = live, store, tail, rules, simulated
        self.duty_tail = duty
        self.opening = Opening(store.client)
        self.figures: dict[str, CourtFigures] = {}
        self.figures_at: datetime | None = None

    @property
    def duty(self) -> DutyView:
        """What the duty room has decided."""
        return self.duty_tail.view

    def now(self) -> datetime | None:
        """The time that the data lives at: the watermark."""
        return self.live.watermark

    def duty_now(self) -> datetime | None:
        """The time that people on duty live at: the last decision may be hours old, so the watermark counts too."""
        return max((at for at in (self.duty.now, self.now()) if at is not None), default=None)

    def rule_name(self, rule: str) -> str:
        """The Chinese name of a rule; its id where no loaded pack has it."""
        info = self.rules.get(rule)
        return info.zh if info else rule

    def totals(self) -> dict[str, Subtotal]:
        """Figures and open alerts of every court with all below it, summed up the tree in one pass."""
        sums: dict[str, Counter[str]] = {}
        for court, own in self.figures.items():
            _add_up(sums, court, {"open": own.open, "filed": own.filed_today, "closed": own.closed_today})
        for court, counts in self.live.by_court.items():
            _add_up(sums, court, counts)
        return {
            code: Subtotal(
                open=one["open"],
                filed_today=one["filed"],
                closed_today=one["closed"],
                alerts={severity: one[severity] for severity in SEVERITIES},
            )
            for code, one in sums.items()
        }

    def open_alerts(self, court: str | None = None) -> list[dict[str, Any]]:
        """Open alerts, gravest first; of one court and all below it where a court is given."""
        alerts = self.live.open_alerts()
        return alerts if court is None else [a for a in alerts if COURTS.within(a["court"], court)]

    async def keep_figures(self) -> None:
        """Renew the court figures for as long as it runs; while the warehouse is away the last ones stay, with their age."""
        while True:
            now = self.now()
            if now is not None:
                try:
                    self.figures = await asyncio.to_thread(self.store.figures_by_court, civil_date(now))
                    self.figures_at = datetime.now().astimezone()
                except ClickHouseError as error:
                    log.warning("figures are not renewed: %s", error)
            await asyncio.sleep(FIGURES_EVERY_S)


def _add_up(sums: dict[str, Counter[str]], court: str, figures: Mapping[str, int]) -> None:
    """Add a court's figures to itself and to every court above it; what no court of the tree owns counts for itself alone."""
    known = COURTS.get(court)
    for code in [court, *(above.code for above in COURTS.ancestors(court))] if known else [court]:
        sums.setdefault(code, Counter()).update(figures)
