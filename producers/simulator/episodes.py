"""Which short case a life is, if it is one."""

import random

from producers.simulator.case import Case
from producers.simulator.episodes_case import ACT_EPISODES, CASE_EPISODES, KNOWN_EPISODES, LIVELIHOOD_EPISODES
from producers.simulator.episodes_check import CHECK_EPISODES, out_of_order
from producers.simulator.episodes_clock import CLOCK_EPISODES
from producers.simulator.episodes_feed import FEED_EPISODES
from producers.simulator.episodes_group import GROUP_EPISODES, piling_up
from producers.simulator.nation import World
from producers.simulator.stage import opened

_PLAIN = (*CLOCK_EPISODES, *CASE_EPISODES, *CHECK_EPISODES, *GROUP_EPISODES, *FEED_EPISODES)


def episode(world: World, rng: random.Random, number: int, name: str, day: int) -> list[Case]:
    """One short case from the repertoire, or a few of one court."""
    draw = rng.random()
    if draw > 0.985:
        return piling_up(world, rng, number, name, day)
    if draw < 0.04:
        stage = opened(world, rng, number, name, day, applied={"claim_kind": "act"}, filed={"claim_kind": "act"})
        play = rng.choice(ACT_EPISODES)
    elif draw < 0.12:
        stage = opened(world, rng, number, name, day, filed={"tags": [rng.choice(("涉民生", "劳动报酬", "人损"))]})
        play = rng.choice(LIVELIHOOD_EPISODES)
    elif draw < 0.16:
        stage = opened(world, rng, number, name, day, applied={"assets_known": True})
        play = rng.choice(KNOWN_EPISODES)
    else:
        play = rng.choice(_PLAIN)
        stage = opened(world, rng, number, name, day, notice=play is not out_of_order or rng.random() < 0.7)
    play(stage)
    return [stage.case]
