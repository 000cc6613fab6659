"""What workers keep has no rings, and is not looked at again and again."""

import gc
import subprocess
import sys
import textwrap
from collections import Counter
from collections.abc import Iterator

import pytest
from national import national
from simulated_tables import of_groups, received

from streams.cases.partition import Partition
from streams.cases.rulebook import RuleBook
from streams.groups.partition import Groups

LIVES = 6


@pytest.fixture
def nothing_looks() -> Iterator[None]:
    """No look for garbage but those that are asked for; what reading a pack leaves behind, once, is not meant."""
    national()
    gc.collect()
    gc.disable()
    yield
    gc.set_debug(0)
    gc.garbage.clear()
    gc.enable()


def rings() -> Counter[str]:
    """The classes of ours of whose objects a look at everything finds some that nothing but each other refers to."""
    gc.set_debug(gc.DEBUG_SAVEALL)
    gc.collect()
    return Counter(type(one).__name__ for one in gc.garbage if type(one).__module__.split(".")[0] in {"streams", "contract"})


@pytest.mark.usefixtures("nothing_looks")
def test_chains_and_groups_that_were_put_away_leave_nothing_behind() -> None:
    """With room for one of each, every one has been put away many times; they went without a look for garbage."""
    core, groups = Partition(RuleBook([national()]), hot=1), Groups(RuleBook([national()]), hot=1)
    core.activate_all()
    groups.activate_all()
    said = ticks = 0
    for offset, event in enumerate(received(3, LIVES)):
        ticks += event.short == "sys.ticked"
        said += len(list(of_groups(groups, core.apply((0, offset), event), f"0:{offset}", ticks)))
        core.drain_dirty()
        groups.drain_dirty()
    assert said
    assert not rings()


SPARED = """
    import gc
    from streams.shell.heap import spare_what_stays

    class Node:
        pass

    def looks(count: int) -> None:
        for _ in range(count):
            gc.collect()

    kept = [Node() for _ in range(1000)]
    spare_what_stays()
    spare_what_stays()
    assert len([one for one in gc.callbacks if one.__name__ == "_set_apart"]) == 1
    looks(1)
    assert not any(isinstance(one, Node) for one in gc.get_objects()), "what stays is looked at again"
    assert gc.get_freeze_count() > 1000

    import weakref
    ring = Node()
    ring.itself = ring
    gone, held = weakref.ref(ring), weakref.ref(kept[0])
    del ring
    looks(1)
    assert gone() is None, "a new ring is not found"
    del kept
    assert held() is None, "what was set apart does not go with its last reference"
    print("well")
"""


def test_what_a_whole_look_has_found_in_use_is_not_looked_at_again() -> None:
    """In a process of its own, since it is for the whole process."""
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(SPARED)], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "well", done.stderr
