"""Everything that Grafana reads, as text: {path under infra/grafana: content}. Pure: the same code gives the same bytes."""

import json
from typing import Any, Final

import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as m

from contract.courts import SPC
from dashboards.grafana.alert_rules import alerting
from dashboards.grafana.board import CONSOLE, FOLDERS, dashboard_of
from dashboards.grafana.model import Board
from dashboards.grafana.modules import boards as court_boards
from dashboards.grafana.platform import PLATFORM
from dashboards.grafana.seats import Warehouse, prometheus_source, warehouse_source

_HEAD: Final = "# Written by `make contract` from dashboards/grafana; never edited.\n"
MOUNT: Final = "/etc/yipanqi/dashboards"
"""Where the stack mounts the folder `dashboards`."""


def boards() -> tuple[Board, ...]:
    """The whole catalogue, in the order of the menus."""
    return (*court_boards(), PLATFORM)


def dashboards(console: str = CONSOLE) -> dict[str, tuple[str, dict[str, Any]]]:
    """{uid: (uid of its folder, JSON)} of every dashboard."""
    every = boards()
    return {one.uid: (one.folder, as_json(dashboard_of(one, every, console))) for one in every}


def as_json(made: m.Dashboard) -> dict[str, Any]:
    """A dashboard as plain JSON."""
    plain: dict[str, Any] = json.loads(json.dumps(made, cls=JSONEncoder))
    return plain


def files(console: str = CONSOLE) -> dict[str, str]:
    """All files of infra/grafana."""
    found = {
        f"dashboards/{folder}/{uid}.json": json.dumps(made, ensure_ascii=False, indent=1) + "\n"
        for uid, (folder, made) in dashboards(console).items()
    }
    found["provisioning/datasources/yipanqi.yml"] = _yaml(
        {"apiVersion": 1, "datasources": [warehouse_source(SPC, Warehouse()), prometheus_source()]}
    )
    found["provisioning/dashboards/yipanqi.yml"] = _yaml({"apiVersion": 1, "providers": [_provider(uid) for uid in FOLDERS]})
    found["provisioning/alerting/yipanqi.yml"] = _yaml(alerting())
    return found


def _provider(folder: str) -> dict[str, Any]:
    return {
        "name": folder,
        "orgId": 1,
        "folder": FOLDERS[folder],
        "folderUid": folder,
        "type": "file",
        "disableDeletion": False,
        "allowUiUpdates": False,
        "updateIntervalSeconds": 30,
        "options": {"path": f"{MOUNT}/{folder}"},
    }


def _yaml(content: dict[str, Any]) -> str:
    plain = json.loads(json.dumps(content, cls=JSONEncoder))
    text: str = yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=120)
    return _HEAD + text
