"""A deadline's steps as sentences for the wall, in Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from contract.steps import Skipped, Step
from contract.times import SHANGHAI, parse_instant

_UNITS = {"hours": "小时", "working_hours": "个工作小时", "calendar_days": "日", "working_days": "个工作日", "months": "个月"}


def told(step: Step | Mapping[str, Any]) -> str:
    """One step of an alert's ``arithmetic`` as a sentence; instants in the time of Asia/Shanghai.

    Takes the struct or its JSON form; raises msgspec.ValidationError for anything else.
    """
    step = step if isinstance(step, Step) else msgspec.convert(step, Step)
    begin, end, due = _time(step.begin), _time(step.end), _time(step.due)
    amount = f"{abs(step.n)}{_UNITS.get(step.unit, step.unit)}"
    sentence = {
        "start": f"自{begin}起算，{end}当日不计入",
        "count": f"{begin}起{amount}，至{end}" + _passed(step.skipped),
        "date": f"期限届满日由文书指定为{end}",
        "pause": f"{begin}至{end}期间扣除{amount if step.n else ''}，届满日顺延至{due}" + _passed(step.skipped),
        "open": "扣除期间尚未终结，期限暂不届满",
        "extend": f"{begin}批准延期，届满日改为{end}",
        "roll": f"{begin}为休息日，顺延至其后第一个工作日{end}" + _passed(step.skipped),
        "offset": f"届满日{begin}{'前' if step.n < 0 else '后'}{amount}为{end}" + _passed(step.skipped),
        "end": f"届满日{due}，最迟{end}",
        "judge": f"于{begin}审查",
        "missing": f"此前应有而没有：{step.what}",
        "fails": f"不符合：{step.zh or step.what}",
        "balance": f"余额{step.n}分，允许偏差{step.most}分",
    }[step.do]
    return sentence + ("（该年度放假安排尚未公布，暂定）" if step.provisional else "")


def _passed(skipped: tuple[Skipped, ...]) -> str:
    if not skipped:
        return ""
    runs = (f"{run.first}{run.why}" if run.first == run.last else f"{run.first}至{run.last}{run.why}" for run in skipped)
    return "（不计：" + "、".join(runs) + "）"


def _time(text: str) -> str:
    """A date as it is, an instant as local date and time to the second."""
    if "T" not in text:
        return text
    return parse_instant(text).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
