"""The Alertmanager program: used if it is found on PATH; the shipped configuration with this installation's ports."""

import shutil
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

NAMES = ("prometheus-alertmanager", "alertmanager")
READY = "/-/ready"
_NOTIFIER = "http://127.0.0.1:18108"
_TOKEN = "/run/secrets/alertmanager_token"  # noqa: S105  (where it lies, not what it is)


def find_program() -> str | None:
    """The program's path, None if it is not installed."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def write_config(folder: Path, notifier: str, token: Path) -> Path:
    """Write the shipped configuration with the notifier's address and the file of its token; returns the file."""
    text = files("infra.alertmanager").joinpath("alertmanager.yml").read_text()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "alertmanager.yml"
    path.write_text(text.replace(_NOTIFIER, notifier).replace(_TOKEN, str(token.absolute())))
    return path


def command_line(program: str, config: Path, folder: Path, port: int) -> Sequence[str]:
    """How it is started: on loopback, alone, its memory in a folder of its own."""
    return (
        program,
        f"--config.file={config}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
        "--log.level=warn",
    )
