"""The clock of a group is the least watermark: a partition that stands still silences no court."""

from pathlib import Path
from typing import Any

import pytest

from contract.control import pack_activated, ticked
from streams.rules.load import load_packs

SILENT = """
[[rule]]
id = "SILENT"
name = { zh = "静默", en = "silent" }
family = "data"
kind = "silence"
scope = "court"
expect = ["case.filed"]
within = "24 hours"
outlives = true
levels = [{ severity = "yellow", at = "100%" }]
"""


def deliver_all(nation: Any) -> None:
    """Deliver what waits."""
    for logs in nation.logs:
        for place, log in enumerate(logs):
            while log:
                nation.deliver(place, log.pop(0))


@pytest.mark.usefixtures("few_courts")
def test_a_case_partition_that_stands_still_makes_no_court_silent(kit: Any) -> None:
    """Two of three partitions tick on for a week: nothing; the third follows: the courts that were silent are known."""
    nation = kit.nation(kit.pack(SILENT), 3)
    for partition in range(3):
        nation.put(partition, ticked(0, kit.at(0)))
    for day in range(1, 8):
        for partition in range(2):
            nation.put(partition, ticked(day, kit.at(day)))
    deliver_all(nation)
    assert nation.standing() == []
    for day in range(1, 8):
        nation.put(2, ticked(day, kit.at(day)))
        deliver_all(nation)
    assert {alert.subject for alert in nation.standing()} == {"京0105", "粤0604", "沪01", "浙", "川01"}


@pytest.mark.usefixtures("few_courts")
def test_a_court_is_heard_through_whatever_partition(kit: Any) -> None:
    """An event of a court ends its silence, wherever its case lies; a withdrawal brings the silence back."""
    packs = kit.pack(SILENT)
    event = kit.filed("case-7", 3.5)
    ticks = [kit.at(day) for day in range(8)]
    heard = {alert.subject: alert for alert in kit.offline(packs, [event], ticks) if alert.armed_at == "2023-12-31T16:00:00Z"}
    assert heard["京0105"].ended_at == "2024-01-04T04:00:00Z"
    assert heard["京0105"].evidence == (("/sys/tree", "京0105"), event.ref)
    assert heard["沪01"].ended_at is None
    recorded = kit.at(5)
    withdrawn = kit.replace(event, id="w", recordedtime=recorded, receivedtime=recorded, correctionof=event.ref, data=None)
    alerts = {alert.subject: alert for alert in kit.offline(packs, [event, withdrawn], ticks)}
    assert alerts["京0105"].ended_at is None


@pytest.mark.usefixtures("few_courts")
def test_an_event_that_comes_after_its_own_withdrawal_is_no_sign_of_life(kit: Any) -> None:
    """The withdrawal arrives first, the event it takes back two days later: the court stays silent, as in the other order."""
    packs = kit.pack(SILENT)
    event = kit.filed("case-7", 3.5)
    early, late = kit.at(4), kit.at(6)
    withdrawn = kit.replace(event, id="w", recordedtime=early, receivedtime=early, correctionof=event.ref, data=None)
    behind = kit.replace(event, recordedtime=late, receivedtime=late)
    ticks = [kit.at(day) for day in range(8)]
    alerts = [alert for alert in kit.offline(packs, [withdrawn, behind], ticks) if alert.subject == "京0105"]
    assert [alert.ended_at for alert in alerts] == [None]


@pytest.mark.usefixtures("few_courts")
@pytest.mark.parametrize(
    ("more", "silent"), [("", {"京0105", "粤0604", "沪01", "浙", "川01"}), ('courts = ["粤"]', {"粤0604"})]
)
def test_a_court_never_heard_of_is_judged_by_the_packs_that_hold_in_it(
    kit: Any, tmp_path: Path, more: str, silent: set[str]
) -> None:
    """A pack for some courts says nothing of others; a pack that puts a rule off silences it where it holds."""
    base = tmp_path / "base.toml"
    base.write_text(f'[pack]\nid = "base"\nversion = "1"\ncalendar = "none"\n{more}\n{SILENT}', encoding="utf-8")
    ticks = [kit.at(day) for day in range(3)]
    assert {alert.subject for alert in kit.offline(load_packs([base]), [], ticks)} == silent
    put_off = tmp_path / "later.toml"
    later = '[pack]\nid = "later"\nversion = "1"\nextends = ["base"]\n'
    put_off.write_text(later + '\n[[rule]]\nid = "SILENT"\neffective = { from = "2200-01-01" }\n', encoding="utf-8")
    assert not kit.offline(load_packs([base, put_off]), [], ticks)


@pytest.mark.usefixtures("few_courts")
def test_a_rule_of_silence_that_comes_later_tells_of_the_courts_never_heard_of(kit: Any) -> None:
    """They have been silent since the first tick, and are said to be with the activation, not merely known to be."""
    packs = kit.pack(SILENT)
    nation = kit.nation(packs, 2, always=False)
    activation = pack_activated(9, kit.at(5), pack="g", version="1", sha256=packs[0].sha256)
    for event in (*(ticked(day, kit.at(day)) for day in range(5)), activation, ticked(10, kit.at(6))):
        for partition in range(2):
            nation.put(partition, event)
        deliver_all(nation)
    assert {alert.subject for alert in nation.standing()} == {"京0105", "粤0604", "沪01", "浙", "川01"}
    assert nation.told() == nation.standing()
    assert {step.reason for step in nation.steps} == {"activation g@1"}
