"""Prometheus: its rules by promtool's own tests, and every name in them against what the code declares."""

import copy
import json
import math
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from declared_metrics import declared
from stack_file import ROOT, configurations, load, unreachable

from streams.shell.proof_metrics import ProofMetrics
from streams.shell.sides import APART

FOLDER = ROOT / "infra" / "prometheus"
PROMTOOL = shutil.which("promtool") or "promtool"
RULES = FOLDER / "rules" / "platform.yml"
RUNBOOK = ROOT / "docs" / "runbooks" / "platform.md"
GRAFANA = ROOT / "infra" / "grafana"
_OF_GRAFANA = {"-- Grafana --", "-- Dashboard --", "-- Mixed --", "grafana"}
_FILES = {"yipanqi_passwords"}  # a file's name in docker-compose.yml
_METRIC = re.compile(r"\b((?:yipanqi|ClickHouse)\w+|up)\b(?:\{([^}]*)\})?")


def rules() -> list[dict[str, Any]]:
    """Every alert."""
    return [rule for group in yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"] for rule in group["rules"]]


def wrong(alerts: list[dict[str, Any]], names: dict[str, set[str]], headings: set[str]) -> Iterator[str]:
    """What is wrong with alerts: unknown metrics or labels, missing texts, a runbook that says nothing of them."""
    for alert in alerts:
        name = alert["alert"]
        for metric, matchers in _METRIC.findall(alert["expr"]):
            if metric not in names:
                yield f"{name}: no process shows {metric}"
            yield from (
                f"{name}: {metric} has no label {label}"
                for label in re.findall(r"(\w+)\s*[=!]", matchers)
                if label not in names.get(metric, label)
            )
        yield from (
            f"{name}: has no {text}" for text in ("summary", "description", "runbook_url") if not alert["annotations"].get(text)
        )
        path, _, heading = alert["annotations"].get("runbook_url", "").partition("#")
        if not (ROOT / path).is_file() or heading != name.lower() or name not in headings:
            yield f"{name}: {path}#{heading} is no heading of a runbook"
        if alert["labels"].get("severity") not in {"critical", "warning", "none"}:
            yield f"{name}: has no severity"


def headings() -> set[str]:
    """The alerts that the runbook has a section for."""
    return set(re.findall(r"^## (\w+)$", RUNBOOK.read_text(encoding="utf-8"), re.MULTILINE))


def test_every_name_in_the_rules_is_declared() -> None:
    """Metrics, labels, texts and runbooks; and the runbook has no section for an alert that isn't there."""
    assert list(wrong(rules(), declared(), headings())) == []
    assert headings() == {rule["alert"] for rule in rules()}


@pytest.mark.parametrize(
    ("place", "value", "sentence"),
    [
        ("expr", "yipanqi_lag_record > 1", "no process shows yipanqi_lag_record"),
        ("expr", "yipanqi_alert_transitions > 1", "no process shows yipanqi_alert_transitions"),
        ("expr", 'yipanqi_pages_total{outcome="failed"} > 1', "yipanqi_pages_total has no label outcome"),
        ("annotations", {"summary": "s", "runbook_url": "docs/runbooks/platform.md#processdown"}, "has no description"),
        ("annotations", {"summary": "s", "description": "d", "runbook_url": "docs/runbooks/platform.md#down"}, "is no heading"),
        ("labels", {}, "has no severity"),
    ],
)
def test_each_check_is_seen_to_speak(place: str, value: Any, sentence: str) -> None:
    """A broken copy of the first alert is refused for just that."""
    alert = copy.deepcopy(rules()[0])
    alert[place] = value
    assert any(sentence in said for said in wrong([alert], declared(), headings()))


def test_metrics_in_any_configuration_are_declared() -> None:
    """Not only in rules: whatever configures the stack, dashboards too, asks for samples that a process shows."""
    names = declared()
    databases = {APART.database}
    for path in configurations():
        asked = set(re.findall(r"\byipanqi_[a-z_]*[a-z]\b", path.read_text(encoding="utf-8"))) - databases
        assert {name for name in asked if name not in names and name != "yipanqi_work"} <= _FILES, path


def test_data_sources_named_by_dashboards_are_provisioned() -> None:
    """By their fixed uid; a dashboard with another one shows nothing."""
    sources = [
        yaml.safe_load(path.read_text(encoding="utf-8")) for path in (GRAFANA / "provisioning/datasources").glob("*.yml")
    ]
    known = {one["uid"] for source in sources for one in source["datasources"]} | _OF_GRAFANA
    for path in (GRAFANA / "dashboards").rglob("*.json"):
        named = set(_uids(json.loads(path.read_text(encoding="utf-8"))))
        assert named <= known, path


def _uids(node: Any) -> Iterator[str]:
    """Uids of data sources anywhere in a dashboard."""
    if isinstance(node, dict):
        source = node.get("datasource")
        if isinstance(source, dict) and "uid" in source:
            yield source["uid"]
    for below in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _uids(below)


def test_what_is_scraped_is_there() -> None:
    """Every target is a service of the stack, on the port that it listens on and a network that Prometheus shares."""
    file, found = load(), set()
    for job in yaml.safe_load((FOLDER / "prometheus.yml").read_text(encoding="utf-8"))["scrape_configs"]:
        for source in job.get("dns_sd_configs", ()):
            found.update((job["job_name"], name, source["port"]) for name in source["names"])
        for target in (one for source in job.get("static_configs", ()) for one in source["targets"]):
            host, _, port = target.replace("localhost", "prometheus").rpartition(":")
            found.add((job["job_name"], host, int(port)))
    assert all(job == host for job, host, _ in found)
    assert [why for _, host, port in found for why in unreachable(file, "prometheus", host, port)] == []
    ours = {name for name, one in file["services"].items() if "yipanqi" in one.get("healthcheck", {}).get("test", ())}
    assert ours <= {host for _, host, _ in found}
    missing = next(rule["expr"] for rule in rules() if rule["alert"] == "ProcessMissing")
    assert set(re.findall(r'job="(\w+)"', missing)) == ours | {"clickhouse"}


def test_what_can_be_multiplied_is_found_by_name() -> None:
    """A scaled service is several targets: its name is asked for again and again, and no single address is written down."""
    jobs = yaml.safe_load((FOLDER / "prometheus.yml").read_text(encoding="utf-8"))["scrape_configs"]
    assert {"cases", "groups", "duty", "restricted", "projections"} <= {
        job["job_name"] for job in jobs if "dns_sd_configs" in job
    }


def promtool(*arguments: str | Path) -> str:
    """Run promtool; its output, whatever it says."""
    done = subprocess.run([PROMTOOL, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.prometheus
def test_promtool_accepts_configuration_and_rules() -> None:
    """Syntax, and each rule's expression."""
    assert f"{len(rules())} rules found" in promtool("check", "config", FOLDER / "prometheus.yml")


@pytest.mark.prometheus
def test_promtool_runs_the_tests_of_the_rules() -> None:
    """Every alert has a case in which it fires and is told; the cases hold."""
    tests = sorted((FOLDER / "tests").glob("*.yml"))
    promtool("test", "rules", *tests)
    files = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in tests]
    cases = [case for file in files for test in file["tests"] for case in test["alert_rule_test"]]
    fire = {case["alertname"] for case in cases if case.get("exp_alerts")}
    silent = {case["alertname"] for case in cases if not case.get("exp_alerts")}
    assert fire == {rule["alert"] for rule in rules()}
    assert fire - silent <= {"PrometheusWatchdog", "LagGrowing"}  # one always fires; the other's case has series that must not


@pytest.mark.prometheus
def test_the_tests_of_the_rules_see_rules_that_never_fire(tmp_path: Path) -> None:
    """With every alert kept from firing promtool names each of them: its case is no decoration."""
    broken = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    for group in broken["groups"]:
        for one in group["rules"]:
            one["expr"] = f"({one['expr']}) and on() vector(0) == 1"
    for folder in ("rules", "tests"):
        (tmp_path / folder).mkdir()
    (tmp_path / "rules" / "platform.yml").write_text(yaml.safe_dump(broken, allow_unicode=True), encoding="utf-8")
    tests = [Path(shutil.copy(path, tmp_path / "tests")) for path in (FOLDER / "tests").glob("*.yml")]
    done = subprocess.run([PROMTOOL, "test", "rules", *tests], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    said = set(re.findall(r"alertname: (\w+), time", done.stdout + done.stderr))
    assert said == {rule["alert"] for rule in rules()}


def test_a_proof_that_was_never_made_is_neither_good_nor_bad() -> None:
    """Before the first proof nothing claims that it holds or fails; afterwards its age counts from the last that held."""
    metrics = ProofMetrics()
    assert math.isnan(metrics.registry.get_sample_value("yipanqi_proof_holds") or 0.0)
    assert metrics.registry.get_sample_value("yipanqi_proof_timestamp_seconds") == 0
    metrics.proved(holds=False, seconds=3)
    assert metrics.registry.get_sample_value("yipanqi_proof_holds") == 0
    assert metrics.registry.get_sample_value("yipanqi_proof_timestamp_seconds") == 0
    metrics.proved(holds=True, seconds=4)
    assert metrics.registry.get_sample_value("yipanqi_proof_holds") == 1
    assert (metrics.registry.get_sample_value("yipanqi_proof_timestamp_seconds") or 0) > 1.7e9
