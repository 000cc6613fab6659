"""docker-compose.yml as tests read it: with its variables filled in, and what is wrong with it as sentences.

The rules are functions over a parsed file, so that a test can break a copy and see that the rule says so.
"""

import importlib.util
import json
import re
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
import yaml
from jsonschema import Draft7Validator

from infra.settings import Settings
from yipanqi.__main__ import cli
from yipanqi.plan import ports

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "docker-compose.yml"
OURS = f"yipanqi:{version('yipanqi')}"
WORKERS = frozenset({"cases", "groups", "duty", "restricted", "projections"})
"""What `--scale` may multiply."""
JOBS = frozenset({"topics", "tables", "tables-restricted"})
FILLED = {"YIPANQI_UID": "10001", "YIPANQI_GID": "10001"}
SECRETS_FOLDER = "./.secrets"

File = dict[str, Any]
_VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")
_EXACT = re.compile(r"[\w./-]+:v?\d+(\.\d+){2,3}(@sha256:[0-9a-f]{64})?")
_SECRETIVE = re.compile(r"PASSWORD|SECRET|TOKEN|_KEY|ACCESS")


def load(given: Mapping[str, str] = FILLED) -> File:
    """The file with its variables filled in as Compose does."""
    return dict(yaml.safe_load(_VARIABLE.sub(lambda match: _fill(match, given), COMPOSE.read_text(encoding="utf-8"))))


def _fill(match: re.Match[str], given: Mapping[str, str]) -> str:
    name, how, rest = match[1], match[2], match[3]
    if name in given:
        return given[name]
    assert how == "-", f"{name} has no default: {rest}"
    return str(rest)


def schema() -> Any:
    """The schema of the Compose specification, as check-jsonschema carries it."""
    found = importlib.util.find_spec("check_jsonschema")
    assert found is not None
    assert found.submodule_search_locations
    folder = Path(found.submodule_search_locations[0]) / "builtin_schemas" / "vendor"
    return json.loads((folder / "compose-spec.json").read_text(encoding="utf-8"))


def services(file: File) -> Iterator[tuple[str, File]]:
    """Each service by name."""
    yield from file["services"].items()


def against_the_schema(file: File) -> Iterator[str]:
    """What the Compose specification doesn't know."""
    for error in Draft7Validator(schema()).iter_errors(file):
        yield f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"


def unguarded(file: File) -> Iterator[str]:
    """Containers that may do more than they must, run without limits or under a tag that moves."""
    for name, service in services(file):
        wanted = {"read_only": True, "cap_drop": ["ALL"], "security_opt": ["no-new-privileges:true"], "init": True}
        yield from (f"{name}: {key} is {service.get(key)}" for key, value in wanted.items() if service.get(key) != value)
        user = str(service.get("user", "root")).partition(":")[0]
        if user in {"", "0", "root"}:
            yield f"{name}: runs as root"
        limits = service.get("deploy", {}).get("resources", {}).get("limits", {})
        yield from (f"{name}: no limit of {what}" for what in ("cpus", "memory", "pids") if what not in limits)
        if service.get("restart") not in {"unless-stopped", "on-failure", "no"}:
            yield f"{name}: nothing starts it again"
        if name not in JOBS | {"tools"} and "healthcheck" not in service:
            yield f"{name}: has no health check"
        if not _EXACT.fullmatch(service["image"]):
            yield f"{name}: the image {service['image']} is not pinned"
        yield from (
            f"{name}: {key} is not allowed" for key in ("privileged", "cap_add", "network_mode", "pid") if key in service
        )


def open_doors(file: File) -> Iterator[str]:
    """Ports published beyond this machine; what stops a service from being multiplied; secrets that are no files."""
    for name, service in services(file):
        for port in service.get("ports", ()):
            if not str(port).startswith("127.0.0.1:"):
                yield f"{name}: {port} is published beyond loopback"
        if name in WORKERS:
            fixed = {"ports", "container_name", "hostname"} & service.keys()
            yield from (f"{name}: {key} lets it run once only" for key in fixed)
        for key in service.get("environment", {}):
            if _SECRETIVE.search(key) and not key.endswith("_FILE"):
                yield f"{name}: {key} is a secret in the environment"


def dangling(file: File) -> Iterator[str]:
    """Files, volumes, secrets, networks and services that are named and aren't there, or are there for nobody."""
    used: dict[str, set[str]] = {"volumes": set(), "secrets": set(), "networks": set()}
    for name, service in services(file):
        used["networks"].update(service.get("networks", ()))
        used["secrets"].update(one if isinstance(one, str) else one["source"] for one in service.get("secrets", ()))
        for mount in service.get("volumes", ()):
            source = mount.split(":")[0]
            if not source.startswith("."):
                used["volumes"].add(source)
            elif not source.startswith(SECRETS_FOLDER) and not (ROOT / source).exists():
                yield f"{name}: {source} does not exist"
        build = service.get("build", ".")
        context = ROOT / (build if isinstance(build, str) else build["context"])
        if not (context / "Dockerfile").exists():
            yield f"{name}: {context} has no Dockerfile"
        yield from (
            f"{name}: depends on {one}, which is no service"
            for one in set(service.get("depends_on", ())) - set(file["services"])
        )
    for kind, names in used.items():
        yield from (f"{kind}: {one} is not declared" for one in names - set(file[kind]))
        yield from (f"{kind}: {one} is used by nobody" for one in set(file[kind]) - names)


def wrong_commands(file: File) -> Iterator[str]:
    """Commands of ours that the program would refuse, variables that it doesn't know, engines that are left to a default."""
    variables = {parameter.envvar for command in commands(cli) for parameter in command.params}
    for name, service in services(file):
        if service["image"] != OURS or name == "tools":
            continue
        environment = service["environment"]
        yield from (
            f"{name}: nothing reads {key}" for key in environment if key.startswith("YIPANQI_") and key not in variables
        )
        try:
            parameters = parse(service["command"]).params
        except click.UsageError as error:
            yield f"{name}: {error.format_message()}"
            continue
        needed = {str(one.envvar) for one in parameters if one.name in {"kafka", "clickhouse", "partitions"}}
        if service["command"][0] == "worker" and name not in {"projections", "restricted"}:
            needed.discard("YIPANQI_CLICKHOUSE")  # every worker has the option; these rooms need the log alone
        yield from (f"{name}: {key} is not said" for key in needed - set(environment))


def commands(group: click.Group) -> Iterator[click.Command]:
    """Every command below a group."""
    for name in group.list_commands(click.Context(group)):
        found = group.get_command(click.Context(group), name)
        assert found is not None
        yield found
        if isinstance(found, click.Group):
            yield from commands(found)


def parse(arguments: list[str]) -> click.Command:
    """The command that is meant, once its options are read (files that it names need not exist).

    Raises:
        click.UsageError: The program would refuse them.
    """
    group: click.Command = cli
    while isinstance(group, click.Group):
        found = group.get_command(click.Context(group), arguments[0])
        if found is None:
            raise click.UsageError(f"{arguments[0]} is no command")
        group, arguments = found, arguments[1:]
    group.make_context(group.name, list(arguments))
    return group


def declared_ports() -> dict[str, int]:
    """Port of each process as the code declares it."""
    return ports(Settings(Path("/nowhere"), simulator=False)) | {"prover": 18110}


def wrong_ports(file: File) -> Iterator[str]:
    """Ports of command, health check and publication that aren't those of the code."""
    for name, port in declared_ports().items():
        service = file["services"][name]
        said = " ".join(service["command"])
        if f" --port {port}" not in said:
            yield f"{name}: is started by {said!r}, declared is port {port}"
        asked = " ".join(service.get("healthcheck", {}).get("test", ()))
        if asked != f"CMD yipanqi health {port}":
            yield f"{name}: its health check is {asked!r}, declared is port {port}"
        for published in service.get("ports", ()):
            if published.rpartition(":")[2] != str(port):
                yield f"{name}: publishes {published}, declared is {port}"


ADDRESS = re.compile(r"(?:https?://)?([a-z][a-z0-9-]*):(\d{2,5})\b")


def listens(file: File) -> dict[str, set[int]]:
    """Ports inside the stack on which each service is known to listen."""
    engines = {
        "kafka": {9092},
        "clickhouse": {9000, 8123, 9363},
        "prometheus": {9090},
        "alertmanager": {9093},
        "grafana": {3000},
    }
    return engines | {name: {port} for name, port in declared_ports().items() if name in file["services"]}


def wrong_addresses(file: File) -> Iterator[str]:
    """Addresses in an environment that nobody listens on, or that can't be reached from there."""
    for name, service in services(file):
        for key, value in service.get("environment", {}).items():
            match = ADDRESS.fullmatch(str(value))
            if match is not None:
                yield from (f"{name}: {key}: {why}" for why in unreachable(file, name, match[1], int(match[2])))


def unreachable(file: File, name: str, host: str, port: int) -> Iterator[str]:
    """Why a service can't reach an address."""
    if port not in listens(file).get(host, set()):
        yield f"nothing listens on {host}:{port}"
    elif not set(file["services"][name]["networks"]) & set(file["services"][host]["networks"]):
        yield f"{host} shares no network with {name}"


RULES: tuple[Callable[[File], Iterator[str]], ...] = (
    against_the_schema,
    unguarded,
    open_doors,
    dangling,
    wrong_commands,
    wrong_ports,
    wrong_addresses,
)


def configurations() -> list[Path]:
    """Every file that configures the stack, Grafana's included."""
    folders = ("infra/stack", "infra/prometheus", "infra/grafana", "infra/alertmanager")
    found = [
        path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in {".yml", ".yaml", ".json", ".xml"}
    ]
    return [COMPOSE, *found]
