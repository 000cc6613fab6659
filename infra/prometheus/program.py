"""The Prometheus program: used if it is found on PATH; the stack's configuration and rules with this installation's ports."""

import re
import shutil
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import yaml

READY: Final = "/-/ready"
_RETENTION = "30d"
_ON_THE_LINE = frozenset({"ClockStopped"})
"""Rules that compare the line's time with the wall's: on a simulated line they would always fire."""
_ABSENT = re.compile(r'absent\(up\{job="(\w+)"\}\)')


def find_program() -> str | None:
    """The program's path, None if it is not installed."""
    return shutil.which("prometheus")


def write_config(folder: Path, targets: Mapping[str, int], *, alertmanager: int | None, simulated: bool) -> Path:
    """Write the stack's configuration and rules for processes on loopback; returns the configuration.

    Args:
        folder: Where they go; the rules into ``rules`` below it.
        targets: Port of each process that shows metrics, by its job.
        alertmanager: Port of Alertmanager; None = alerts are told to nobody.
        simulated: Whether the time line is simulated.
    """
    config = _shipped("prometheus.yml")
    config["scrape_configs"] = [_job(name, port) for name, port in targets.items()]
    config["alerting"] = {"alertmanagers": [] if alertmanager is None else [{"static_configs": [_at(alertmanager)]}]}
    rules = _shipped("rules/platform.yml")
    for group in rules["groups"]:
        group["rules"] = [_here(one, targets) for one in group["rules"] if not (simulated and one["alert"] in _ON_THE_LINE)]
    (folder / "rules").mkdir(parents=True, exist_ok=True)
    _write(folder / "rules" / "platform.yml", rules)
    return _write(folder / "prometheus.yml", config)


def command_line(program: str, config: Path, folder: Path, port: int) -> Sequence[str]:
    """How it is started: on loopback, its figures in a folder of its own."""
    return (
        program,
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--storage.tsdb.retention.time={_RETENTION}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    )


def _here(rule: dict[str, Any], targets: Mapping[str, int]) -> dict[str, Any]:
    """A rule that asks after each process asks after those that run here."""
    asked = _ABSENT.findall(rule["expr"])
    return rule | {"expr": " or ".join(f'absent(up{{job="{job}"}})' for job in asked if job in targets)} if asked else rule


def _job(name: str, port: int) -> dict[str, Any]:
    return {"job_name": name, "static_configs": [_at(port)]}


def _at(port: int) -> dict[str, Any]:
    return {"targets": [f"127.0.0.1:{port}"]}


def _shipped(name: str) -> Any:
    return yaml.safe_load(files("infra.prometheus").joinpath(name).read_text(encoding="utf-8"))


def _write(path: Path, content: Any) -> Path:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path
