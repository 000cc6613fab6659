"""The names of the intake's agents: Faust derives topics and groups from them, so none may come from a function's name."""

import asyncio
from pathlib import Path

from contract.topics import ALERTS, EMBEDDED_PARTITIONS, EVENTS
from streams.duty.policy_file import load_policies
from streams.shell.consumer import build_app
from streams.shell.duty import GROUP, duty_room
from streams.shell.duty_intake import Intake
from streams.shell.metrics import Metrics
from streams.shell.rule_facts import RuleLookup
from streams.shell.seam import Seam


def test_agents_have_explicit_names_and_read_declared_topics_one_at_a_time(tmp_path: Path) -> None:
    """Faust's own log shows a label made of the function; the name is what counts."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        metrics, policies = Metrics(GROUP), load_policies()
        room = duty_room(policies, kafka="127.0.0.1:1", master_key=bytes(64), metrics=metrics)
        app = build_app(GROUP, Seam(room), metrics, kafka="127.0.0.1:1", data=str(tmp_path))
        Intake(app, RuleLookup([]), policies, EMBEDDED_PARTITIONS)
        read = {name: (tuple(agent.get_topic_names()), agent.concurrency) for name, agent in app.agents.items()}
        assert read == {"duty-alerts": ((ALERTS,), 1), "duty-courts": ((EVENTS,), 1)}
    finally:
        asyncio.set_event_loop(None)
        loop.close()
