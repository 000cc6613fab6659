"""The dashboards against Grafana's own TypeScript types, `@grafana/schema` of the series that everything else is pinned to."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from dashboards.grafana.build import dashboards
from dashboards.grafana.sources import GRAFANA_SERIES

_TYPES = Path(__file__).parent / "grafana_types"
_NPM = shutil.which("npm") or "npm"
_TSC = ["--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--module", "es2022", "--moduleResolution", "bundler"]


def test_types_are_of_the_pinned_series_and_no_registry_is_named() -> None:
    """The lock carries hashes and no addresses."""
    lock = json.loads((_TYPES / "package-lock.json").read_text(encoding="utf-8"))
    assert lock["packages"]["node_modules/@grafana/schema"]["version"].startswith(f"{GRAFANA_SERIES}.")
    assert "://" not in json.dumps(lock)


@pytest.mark.nightly
def test_every_dashboard_is_one_to_the_compiler(tmp_path: Path) -> None:
    """No key that Grafana's types lack, no value of another type; and a wrong key is seen to be refused."""
    for name in ("package.json", "package-lock.json", "types.ts"):
        shutil.copy(_TYPES / name, tmp_path / name)
    subprocess.run([_NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=tmp_path, check=True, capture_output=True)
    made = {uid: json.dumps(board, ensure_ascii=False) for uid, (_, board) in dashboards().items()}
    assert _compiled(tmp_path, made) == ""
    wrong = {"wrong": made["yipanqi-w01"].replace('"gridPos"', '"gridPosition"', 1)}
    assert "gridPosition" in _compiled(tmp_path, wrong)


def _compiled(folder: Path, boards: dict[str, str]) -> str:
    """What the compiler says of them; nothing if all is well."""
    lines = [f"const b{number}: Board = {text};" for number, text in enumerate(boards.values())]
    (folder / "check.ts").write_text("import type { Board } from './types';\n" + "\n".join(lines) + "\n", encoding="utf-8")
    compiler = folder / "node_modules" / "typescript" / "bin" / "tsc"
    ran = subprocess.run(["node", str(compiler), *_TSC, "check.ts"], cwd=folder, capture_output=True, text=True, check=False)  # noqa: S607
    return ran.stdout + ran.stderr
