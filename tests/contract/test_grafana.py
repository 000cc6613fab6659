"""What Grafana reads is what the code builds, and names only what there is: metrics, versions, mounts, users, secrets."""

import json
import re
from importlib.metadata import version

import yaml
from declared_metrics import declared
from lxml import etree
from stack_file import ROOT, load, unreachable

from dashboards.grafana.board import FOLDERS
from dashboards.grafana.build import MOUNT, files
from dashboards.grafana.platform import PLATFORM
from dashboards.grafana.query import PLUGIN_VERSION
from dashboards.grafana.seats import secret_of
from dashboards.grafana.sources import GRAFANA_SERIES
from infra.clickhouse.rights import NATIONAL, grants, policies, seats, user_of

FOLDER = ROOT / "infra" / "grafana"


def test_no_file_is_missing_stale_or_left_over() -> None:
    """Building again gives the committed bytes, and no dashboard lies beside them."""
    made = files()
    for name, text in made.items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, f"{name} is stale: run `make contract`"
    present = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.suffix in {".json", ".yml"}}
    assert present == made.keys()
    assert (ROOT / "infra/clickhouse/policies/grafana.sql").read_text(encoding="utf-8") == policies(), "run `make contract`"


def test_a_uid_is_the_name_of_its_file() -> None:
    """Two files with one uid would be found now and then."""
    for path in FOLDER.glob("dashboards/*/*.json"):
        assert json.loads(path.read_text(encoding="utf-8"))["uid"] == path.stem
        assert path.parent.name in FOLDERS


def test_every_metric_on_the_board_of_the_platform_is_declared() -> None:
    """A metric that was renamed in code is renamed on the board, and a label is one of its own."""
    names = declared()
    for section in PLATFORM.sections:
        for panel in section.panels:
            for ask in panel.asks:
                found = re.findall(r"\byipanqi_\w+", ask.text)
                assert found, panel.title
                assert set(found) <= names.keys(), panel.title
                by = {one.strip() for group in re.findall(r"by \(([^)]*)\)", ask.text) for one in group.split(",")}
                assert by - {"le"} <= set().union(*(names[name] for name in found)), panel.title


def test_image_and_plug_in_are_those_whose_json_is_written() -> None:
    """The series of the pinned SDK, and the version that every query bears."""
    docker = (FOLDER / "Dockerfile").read_text(encoding="utf-8")
    assert re.findall(r"^FROM grafana/grafana:(\d+\.\d+)\.\d+$", docker, re.MULTILINE) == [GRAFANA_SERIES]
    assert f"ARG CLICKHOUSE_PLUGIN={PLUGIN_VERSION}" in docker
    assert version("grafana-foundation-sdk").partition("!")[2].startswith(f"{GRAFANA_SERIES}.")


def test_the_stack_mounts_what_provisioning_names() -> None:
    """Folders, the secret of the national data source, and addresses that Grafana's container reaches."""
    file = load()
    grafana = file["services"]["grafana"]
    mounts = dict(one.split(":")[:2] for one in grafana["volumes"])
    assert mounts["./infra/grafana/dashboards"] == MOUNT
    for kind in ("datasources", "dashboards", "alerting"):
        assert mounts[f"./infra/grafana/provisioning/{kind}"] == f"/etc/grafana/provisioning/{kind}"
    sources = yaml.safe_load(files()["provisioning/datasources/yipanqi.yml"])["datasources"]
    assert sources[0]["secureJsonData"]["password"] == f"$__file{{/run/secrets/{secret_of('最高法')}}}"
    assert secret_of("最高法") in grafana["secrets"]
    assert sources[0]["jsonData"]["username"] == NATIONAL
    assert list(unreachable(file, "grafana", sources[0]["jsonData"]["host"], sources[0]["jsonData"]["port"])) == []
    assert list(unreachable(file, "grafana", "prometheus", 9090)) == []
    assert list(unreachable(file, "grafana", "alertmanager", 9093)) == []


def test_alerting_has_no_dollar_sign() -> None:
    """Provisioning takes what follows one for a variable of the environment."""
    text = files()["provisioning/alerting/yipanqi.yml"]
    assert "$" not in text
    rules = yaml.safe_load(text)["groups"][0]["rules"]
    headings = set(re.findall(r"^#+ (\S+)$", (ROOT / "docs" / "grafana.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert {rule["uid"] for rule in rules} <= headings


def test_rights_of_the_national_user_are_the_generated_ones() -> None:
    """The stack's own file grants column by column what the code says; provinces have names and secrets of their own."""
    root = etree.fromstring((ROOT / "infra/stack/clickhouse-users.xml").read_bytes())
    found = [query.text for query in root.iterfind("users/grafana/grants/query")]
    assert found == [grant.removesuffix(f" TO {NATIONAL}") for grant in grants(NATIONAL)]
    users = [user_of(court.code) for court in seats()]
    assert len(set(users)) == len(users) == 33
    assert all(re.fullmatch(r"grafana(_\w+)?", user) for user in users)
