"""Prometheus beside the embedded system: the stack's rules over the processes that are here, and a real one that runs them."""

import re
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from prometheus_client import CollectorRegistry, Gauge, start_http_server

from infra.kafka.embedded import EmbeddedKafka
from infra.processes import free_ports
from infra.prometheus import program
from infra.services import Child
from infra.settings import Settings
from yipanqi.plan import ports, units

STACK = Path(program.__file__).parent
APART = {"prover", "clickhouse"}
"""Of the stack alone: `yipanqi prover` is called by hand, and the engine in process has no page of metrics."""


def rules(path: Path) -> dict[str, Any]:
    """Alert → its rule."""
    groups = yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


@pytest.mark.parametrize("simulator", [True, False])
def test_up_gives_it_every_process_and_the_stacks_rules(
    tmp_path: Path,
    simulator: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All on loopback; no rule asks after what isn't here, and none reads simulated time as the wall's."""
    monkeypatch.setattr(program, "find_program", lambda: "/usr/bin/prometheus")
    settings = Settings(tmp_path, simulator=simulator)
    plan = {unit.name: unit.service for unit in units(settings, EmbeddedKafka(tmp_path / "kafka", 1))}
    child = plan["prometheus"]
    assert isinstance(child, Child)
    assert f"--web.listen-address=127.0.0.1:{child.port}" in child.arguments
    assert f"--storage.tsdb.path={tmp_path}/prometheus/data" in child.arguments
    config = yaml.safe_load((tmp_path / "prometheus" / "prometheus.yml").read_text(encoding="utf-8"))
    scraped = {job["job_name"]: job["static_configs"][0]["targets"] for job in config["scrape_configs"]}
    expected = ports(settings) | {"prometheus": child.port}
    if "alertmanager" in plan:
        assert isinstance(plan["alertmanager"], Child)
        expected["alertmanager"] = plan["alertmanager"].port
        assert config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"] == scraped["alertmanager"]
    assert scraped == {name: [f"127.0.0.1:{port}"] for name, port in expected.items()}
    stack = yaml.safe_load((STACK / "prometheus.yml").read_text(encoding="utf-8"))
    assert config["global"] == stack["global"]
    assert {job["job_name"] for job in stack["scrape_configs"]} - set(scraped) <= APART | {"alertmanager"}

    here, there = rules(tmp_path / "prometheus" / "rules" / "platform.yml"), rules(STACK / "rules" / "platform.yml")
    assert set(there) - set(here) == ({"ClockStopped"} if simulator else set())
    assert {name for name in here if here[name] != there[name]} == {"ProcessMissing"}
    asked = {name: set(re.findall(r'job="(\w+)"', one["ProcessMissing"]["expr"])) for name, one in (("a", here), ("b", there))}
    assert asked["b"] - asked["a"] == APART
    assert asked["a"] <= set(scraped)


@pytest.mark.prometheus
def test_a_real_one_scrapes_and_judges(tmp_path: Path) -> None:
    """It takes the configuration as it is written, finds the process, reads the rules, and ends when it is told to."""
    found = program.find_program()
    assert found is not None
    registry = CollectorRegistry()
    Gauge("yipanqi_pages_waiting", "Waiting", registry=registry).set(7)
    shown, own = free_ports(2)
    server, thread = start_http_server(shown, "127.0.0.1", registry)
    config = program.write_config(tmp_path, {"notifier": shown, "prometheus": own}, alertmanager=None, simulated=False)
    config.write_text(config.read_text(encoding="utf-8").replace("15s", "1s").replace("10s", "1s"), encoding="utf-8")
    child = Child(program.command_line(found, config, tmp_path, own), own, tmp_path / "log", health=program.READY, ours=False)
    try:
        child.start()
        assert _value(own, "yipanqi_pages_waiting") == "7"
        groups = httpx.get(f"http://127.0.0.1:{own}/api/v1/rules", timeout=10).json()["data"]["groups"]
        told = {rule["name"]: rule for group in groups for rule in group["rules"]}
        assert set(told) == set(rules(STACK / "rules" / "platform.yml"))
        assert (tmp_path / "data").is_dir()
        assert child.stop(20), (tmp_path / "log").read_text()
    finally:
        child.stop(1)
        server.shutdown()
        server.server_close()
        thread.join()


def _value(port: int, query: str) -> str:
    for _ in range(120):
        found = httpx.get(f"http://127.0.0.1:{port}/api/v1/query", params={"query": query}, timeout=10).json()["data"]["result"]
        if found:
            return str(found[0]["value"][1])
        time.sleep(0.5)
    raise AssertionError(f"nothing is known of {query}")
