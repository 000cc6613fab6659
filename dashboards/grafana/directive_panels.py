"""Panels about directives: from issue over receipt and feedback to their end, by kind, and what is overdue."""

from typing import Final

from dashboards.grafana import kind_panels as kinds
from dashboards.grafana.model import Panel

_STEPS: Final = ("已发出", "已签收", "已反馈", "已退回")
_DONE: Final = {
    "directives_due": "到期",
    "directives_answered": "按期反馈",
    "directives_closed": "办结",
    "directives_sound": "其中合格",
}


def panels() -> tuple[Panel, ...]:
    """All of them."""
    return (
        kinds.at_steps(
            "directives_at",
            _STEPS,
            "类型",
            "督办流程：未办结的督办所处环节",
            "Directives that have not ended, of each kind, by what was done last: issued, signed for, fed back, sent back.",
        ),
        kinds.in_range(
            _DONE, "类型", "督办：到期与办结", "Directives whose day of feedback lay in the range, and those judged in it."
        ),
        kinds.left_over(
            "directives_left",
            "类型",
            "督办逾期阶梯：未办结的督办",
            "Directives that have not ended, by the day by which feedback was due.",
            width=24,
        ),
    )
