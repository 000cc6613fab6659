"""The open alerts of a case, by rule: what derived events say of them, for rules that read other rules' alerts."""

from streams.cases.fold.handling import Data, Handled, handled
from streams.rules.model import SEVERITIES


def _raised(values: Data, data: Data) -> None:
    counts = values["alerts"].setdefault(data["rule"], dict.fromkeys(SEVERITIES, 0))
    counts[data["severity"]] += 1
    counts["severity"] = _highest(counts)


def _ended(values: Data, data: Data) -> None:
    """One alert fewer; a rule without open alerts is left out, so that ``'R-TIME-01' in case.alerts`` asks for an open one."""
    counts = values["alerts"].get(data["rule"])
    if counts is None:
        return
    severity = data["severity"] if counts[data["severity"]] else _highest(counts)
    counts[severity] -= 1
    if any(counts[name] for name in SEVERITIES):
        counts["severity"] = _highest(counts)
    else:
        del values["alerts"][data["rule"]]


def _highest(counts: Data) -> str:
    return max((name for name in SEVERITIES if counts[name]), key=SEVERITIES.index)


HANDLED: dict[str, Handled] = {
    "alert.raised": handled(_raised, "rule", "severity"),
    "alert.ended": handled(_ended, "rule", "severity"),
}
