"""`yipanqi grafana deploy|diff` against a server that answers as Grafana's HTTP API does."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from grafana_server import ADMIN, TOKEN, FakeGrafana, grafana_server

from dashboards.grafana.build import dashboards
from dashboards.grafana.deploy import unequal
from dashboards.grafana.server import GrafanaError, GrafanaServer
from yipanqi.grafana import command

UIDS = set(dashboards())
_SAME = "as the code says; passwords not compared: give --secrets FOLDER"


@pytest.fixture
def grafana() -> Iterator[tuple[FakeGrafana, str]]:
    """A server with nothing in it."""
    with grafana_server() as running:
        yield running


@pytest.fixture(autouse=True)
def _secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords of both users, in a folder beside which the command runs."""
    monkeypatch.chdir(tmp_path)
    for user in ("grafana", "grafana_44"):
        (tmp_path / f"clickhouse_{user}").write_text(f"secret of {user}\n")


def call(url: str, *arguments: str, auth: tuple[str, ...] = ("--user", ADMIN[0])) -> Result:
    """Run the command for the nation and one province; a deploy with their passwords."""
    if arguments[0] == "deploy" and "--secrets" not in arguments:
        arguments = (*arguments, "--secrets", ".")
    courts = () if "--court" in arguments else ("--court", "最高法", "--court", "粤")
    environment = {"GRAFANA_PASSWORD": ADMIN[1]}
    return CliRunner().invoke(command, [arguments[0], "--url", url, *auth, *courts, *arguments[1:]], env=environment)


def test_deploying_twice_changes_nothing_the_second_time(grafana: tuple[FakeGrafana, str]) -> None:
    """Organisation, sources, folders and dashboards of both; each source comes as its own user; then not one write."""
    state, url = grafana
    first = call(url, "deploy")
    assert first.exit_code == 0, first.output
    assert "secret of" not in first.output
    assert set(state.names.values()) == {"Main Org.", "一盘棋 广东省高级人民法院"}
    users = []
    for organisation in state.organisations.values():
        assert set(organisation.dashboards) == UIDS
        source = organisation.sources["yipanqi-clickhouse"]
        assert source["secureJsonFields"] == {"password": True}
        users.append(source["jsonData"]["username"])
    assert users == ["grafana", "grafana_44"]

    state.writes.clear()
    second = call(url, "deploy")
    assert (second.exit_code, second.output.strip(), state.writes) == (0, "nothing to do", [])
    same = call(url, "diff")
    assert (same.exit_code, same.output.strip(), state.writes) == (0, _SAME, [])


def test_a_source_is_never_written_without_its_password(grafana: tuple[FakeGrafana, str]) -> None:
    """By its API Grafana reads no file: its name would be the password. Where nothing is to be written, none is needed."""
    state, url = grafana
    arguments = ["deploy", "--url", url, "--user", ADMIN[0], "--court", "粤"]
    found = CliRunner().invoke(command, arguments, env={"GRAFANA_PASSWORD": ADMIN[1]})
    assert found.exit_code == 1
    assert "give --secrets FOLDER" in found.output
    assert not any(one.sources for one in state.organisations.values())
    assert call(url, "deploy").exit_code == 0
    again = CliRunner().invoke(command, arguments, env={"GRAFANA_PASSWORD": ADMIN[1]})
    assert (again.exit_code, again.output.strip()) == (0, "nothing to do")


def test_a_new_password_is_seen_and_brought(grafana: tuple[FakeGrafana, str], tmp_path: Path) -> None:
    """`diff` with --secrets names whose it is, never what; deploy sends it; without --secrets diff says what it can't see."""
    state, url = grafana
    call(url, "deploy")
    assert call(url, "diff", "--secrets", ".").output.strip() == "as the code says"
    (tmp_path / "clickhouse_grafana_44").write_text("another secret\n")
    found = call(url, "diff", "--secrets", ".")
    assert (found.exit_code, found.output.strip()) == (
        1,
        "广东省高级人民法院, data source yipanqi-clickhouse: was written with another password",
    )
    assert call(url, "diff").output.strip() == _SAME
    state.writes.clear()
    assert call(url, "deploy").exit_code == 0
    assert state.writes == [("PUT", "/api/datasources/uid/yipanqi-clickhouse")]
    assert [org.secrets["yipanqi-clickhouse"]["password"] for org in state.organisations.values()] == [
        "secret of grafana",
        "another secret",
    ]
    assert call(url, "diff", "--secrets", ".").output.strip() == "as the code says"
    assert call(url, "deploy").output.strip() == "nothing to do"


def test_a_source_of_before_there_were_digests_is_written_once(grafana: tuple[FakeGrafana, str]) -> None:
    """Nobody knows what password it has, so it gets the one that is given."""
    state, url = grafana
    call(url, "deploy")
    for org in state.organisations.values():
        del org.sources["yipanqi-clickhouse"]["jsonData"]["yipanqiPasswordDigest"]
    assert call(url, "diff").exit_code == 0
    assert "2 changes" in call(url, "deploy").output
    assert call(url, "deploy").output.strip() == "nothing to do"


def test_a_source_that_came_from_files_is_left_to_grafana(grafana: tuple[FakeGrafana, str]) -> None:
    """Its password is read when Grafana starts, so a new one is nothing to write; another user is, and deploy says where."""
    state, url = grafana
    call(url, "deploy", "--court", "最高法")
    source = state.organisations[1].sources["yipanqi-clickhouse"]
    source["readOnly"] = True
    del source["jsonData"]["yipanqiPasswordDigest"]
    assert call(url, "deploy", "--court", "最高法").output.strip() == "nothing to do"
    source["jsonData"]["username"] = "somebody"
    found = call(url, "deploy", "--court", "最高法")
    assert found.exit_code == 1
    assert "data source yipanqi-clickhouse comes from files" in found.output


def test_diff_shows_what_was_changed_behind_its_back(grafana: tuple[FakeGrafana, str]) -> None:
    """A query, a title, a folder, a source, a dashboard that went: each is named, status 1; deploy puts all back."""
    state, url = grafana
    call(url, "deploy")
    org = state.organisations[2]
    org.dashboards["yipanqi-w06"]["dashboard"]["panels"][2]["title"] = "改了"
    org.dashboards["yipanqi-w07"]["dashboard"]["panels"][1]["targets"][0]["rawSql"] = "SELECT 1"
    org.dashboards["yipanqi-g1"]["meta"]["folderUid"] = "elsewhere"
    org.folders["yipanqi-platform"]["title"] = "x"
    org.sources["yipanqi-clickhouse"]["jsonData"]["username"] = "grafana"
    del org.dashboards["yipanqi-g2"]
    state.writes.clear()
    found = call(url, "diff")
    assert found.exit_code == 1
    assert state.writes == []
    for part in (
        "广东省高级人民法院, dashboard yipanqi-w06: panels[2].title is '改了', should be",
        "dashboard yipanqi-w07: panels[1].targets[0].rawSql is 'SELECT 1', should be",
        "dashboard yipanqi-g1: lies in folder 'elsewhere', should lie in 'yipanqi-governance'",
        "folder yipanqi-platform: is called 'x'",
        "data source yipanqi-clickhouse: jsonData.username is 'grafana', should be 'grafana_44'",
        "dashboard yipanqi-g2: is missing",
    ):
        assert part in found.output, part
    assert "最高人民法院" not in found.output

    assert call(url, "deploy").exit_code == 0
    assert call(url, "diff").exit_code == 0


def test_a_dashboard_of_somebody_else_is_named_and_left_alone(grafana: tuple[FakeGrafana, str]) -> None:
    """It is no fault of ours: status 0."""
    state, url = grafana
    call(url, "deploy")
    other = {
        "dashboard": {"uid": "mine", "title": "x", "version": 1, "id": 99},
        "meta": {"folderUid": "yipanqi-modules", "provisioned": False},
    }
    state.organisations[1].dashboards["mine"] = other
    found = call(url, "diff")
    assert found.exit_code == 0
    assert "dashboard mine: lies in folder yipanqi-modules and is none of ours" in found.output
    call(url, "deploy")
    assert state.organisations[1].dashboards["mine"] == other


def test_what_came_from_files_is_not_written_over(grafana: tuple[FakeGrafana, str]) -> None:
    """Grafana refuses it; deploy says where the change belongs, and an unchanged one is no reason to speak."""
    state, url = grafana
    call(url, "deploy")
    for one in state.organisations[1].dashboards.values():
        one["meta"]["provisioned"] = True
    assert call(url, "deploy").output.strip() == "nothing to do"
    state.organisations[1].dashboards["yipanqi-w01"]["dashboard"]["title"] = "x"
    found = call(url, "deploy")
    assert found.exit_code == 1
    assert "yipanqi-w01 comes from files" in found.output


@pytest.mark.parametrize(
    ("arguments", "auth", "said"),
    [
        ((), ("--user", "nobody"), "Unauthorized"),
        (("--console", "http://x"), ("--token-file", "{token}"), "a token is of one organisation"),
        (("--secrets", "/nowhere"), ("--user", ADMIN[0]), "write the password of that user into it"),
    ],
)
def test_refusals_say_what_to_do(
    grafana: tuple[FakeGrafana, str], tmp_path: Path, arguments: tuple[str, ...], auth: tuple[str, ...], said: str
) -> None:
    """Wrong people, a token for two organisations, a secret that isn't there."""
    token = tmp_path / "token"
    token.write_text(TOKEN)
    result = call(grafana[1], "deploy", *arguments, auth=tuple(part.replace("{token}", str(token)) for part in auth))
    assert result.exit_code != 0
    assert said in result.output


def test_a_token_brings_its_one_organisation(grafana: tuple[FakeGrafana, str], tmp_path: Path) -> None:
    """No organisation is looked for or made."""
    token = tmp_path / "token"
    token.write_text(TOKEN)
    result = call(grafana[1], "deploy", "--court", "最高法", auth=("--token-file", str(token)))
    assert result.exit_code == 0, result.output
    assert list(grafana[0].names) == [1]
    assert set(grafana[0].organisations[1].dashboards) == UIDS


def test_a_server_that_is_none_is_said_to_be_none() -> None:
    """Nobody listens; no address."""
    with pytest.raises(GrafanaError, match="doesn't answer as Grafana does"):
        GrafanaServer("http://127.0.0.1:1", ADMIN).folder("x")
    with pytest.raises(GrafanaError, match="write http://host:port"):
        GrafanaServer("grafana:3000", ADMIN)


def test_versions_and_conflicts_are_told_as_the_server_tells_them(grafana: tuple[FakeGrafana, str]) -> None:
    """412 of a changed folder, 409 of a second organisation of one name: an error with what was asked."""
    state, url = grafana
    server = GrafanaServer(url, ADMIN)
    server.save_folder("yipanqi-modules", "x", known=False)
    with pytest.raises(GrafanaError, match=r"folder yipanqi-modules.*\(409\)"):
        server.save_folder("yipanqi-modules", "x", known=False)
    with pytest.raises(GrafanaError, match=r"organisation.*\(409\)"):
        server.add_organisation(server.add_organisation("twice") and "twice")
    assert state.organisations[1].folders["yipanqi-modules"]["version"] == 1


def test_differences_name_their_place() -> None:
    """Missing, extra and changed values, in lists and objects."""
    wanted: dict[str, Any] = {"a": [1, {"b": 2}], "c": 3}
    assert unequal(wanted, json.loads(json.dumps(wanted))) == []
    assert unequal(wanted, {"a": [1, {"b": 5}], "d": 1}) == [
        "a[1].b is 5, should be 2",
        "c is missing",
        "d is there and should not be: 1",
    ]
