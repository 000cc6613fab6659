"""Activations of packs: what changes with a version, for whom, and from when."""

from typing import Any

import msgspec
import pytest


@pytest.mark.parametrize("restart", [False, True])
def test_an_activation_tells_what_it_changes_for_every_chain(lab: Any, *, restart: bool) -> None:
    """Also for chains that were put away: a restart before it changes nothing in the journal."""
    pack = lab.pack('id = "T1"')
    run = lab.live(pack).take(lab.event("x.a", "2024-03-01 10:00")).tick("2024-03-20")
    if restart:
        run.restart()
    assert run.take(lab.activated(pack, 1)).steps == ["raised"]


def test_a_version_without_a_rule_arms_it_no_more(lab: Any) -> None:
    """What had armed before lives on."""
    old = lab.pack('id = "T1"', 'id = "T2"')
    new = msgspec.structs.replace(old, version="2", rules=old.rules[:1])
    run = lab.live(old, new).take(lab.activated(old, 1), lab.activated(new, 2, "2024-04-01"))
    run.take(lab.event("x.a", "2024-03-01 10:00", case="c1"), lab.event("x.a", "2024-05-01 10:00", case="c2"))
    found = sorted((alert.subject, alert.rule, alert.version) for alert in run.tick("2024-06-20").alerts)
    assert found == [("c1", "T1", "t@1"), ("c1", "T2", "t@1"), ("c2", "T1", "t@2")]


def test_a_version_may_change_the_scope(lab: Any) -> None:
    """From then on one obligation for the chain, not one for each of its cases."""
    old = lab.pack('id = "T1"')
    new = msgspec.structs.replace(old, version="2", rules=(msgspec.structs.replace(old.rules[0], scope="chain"),))
    run = lab.live(old, new).take(lab.activated(old, 1), lab.activated(new, 2, "2024-04-01"))
    run.take(lab.event("x.a", "2024-05-01 10:00", case="c1"), lab.event("x.a", "2024-05-02 10:00", case="c2"))
    assert (run.tick("2024-06-20").alert.scope, run.alert.subject) == ("chain", "chain")


@pytest.mark.parametrize(("start", "pack"), [("2024-05-01 10:00", "b@1"), ("2025-05-01 10:00", "local@1")])
def test_a_local_rule_replaces_only_from_its_activation_on(lab: Any, start: str, pack: str) -> None:
    """Before that, and while the local pack is only at hand, the general rule holds everywhere."""
    base = lab.pack('id = "T1"', pack_id="b")
    local = msgspec.structs.replace(base, id="local", extends=("b",), courts=("京0105",))
    run = lab.live(base, local).take(lab.activated(base, 1), lab.activated(local, 2, "2025-01-01"))
    assert run.take(lab.event("x.a", start)).tick("2025-06-20").alert.version == pack
