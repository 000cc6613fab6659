"""A real Alertmanager: what fires is grouped, inhibited, silenced and resolved, and nothing is told twice after a crash."""

import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from contract.duty.alerts import DeskDuty
from infra.alertmanager.client import AlertmanagerAway, Client, Firing, active, read_notice
from infra.alertmanager.program import READY, command_line, find_program, write_config
from infra.alertmanager.token import token_file, webhook_token
from infra.processes import free_ports
from streams.duty import notices as duty_notices
from streams.duty.deed import Deed
from streams.duty.desks import Desks
from streams.duty.policy_file import load_policies
from streams.shell.notifier_app import notices

pytestmark = [pytest.mark.component, pytest.mark.alertmanager]
COURTS = [f"京01{number:02d}" for number in range(1, 26)]
RULES = [f"R-X-{number:02d}" for number in range(1, 41)]
SINCE = datetime.now(UTC) - timedelta(minutes=5)
_WAIT_S = 60.0


class Alertmanager:
    """The program over a folder of its own, with the shipped configuration at a faster pace."""

    def __init__(self, folder: Path, receiver: str) -> None:
        program = find_program()
        assert program is not None, "install prometheus-alertmanager"
        webhook_token(folder)
        config = write_config(folder, receiver, token_file(folder))
        text = config.read_text()
        for slow, fast in (("group_wait: 30s", "group_wait: 1s"), ("group_interval: 5m", "group_interval: 1s")):
            assert slow in text
            text = text.replace(slow, fast)
        config.write_text(text)
        (self.port,) = free_ports(1)
        self._command = command_line(program, config, folder, self.port)
        self._log = folder / "log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start and wait until it is ready."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)
        wait_for(lambda: _answers(self.url + READY), "Alertmanager", self._log.read_text)

    def kill(self) -> None:
        """SIGKILL."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=1).status_code == 200
    except httpx.HTTPError:
        return False


def wait_for(condition: Callable[[], bool], what: str, why: Callable[[], str] = str) -> None:
    """Wait for a condition."""
    end = time.monotonic() + _WAIT_S
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}: {why()[-3000:]}"
        time.sleep(0.1)


@pytest.fixture
def alertmanager(tmp_path: Path, provider: Any) -> Iterator[Alertmanager]:
    """A running Alertmanager that posts to the provider's server."""
    made = Alertmanager(tmp_path, provider.url)
    made.start()
    yield made
    made.kill()


def _firing(rules: list[str], courts: list[str], **labels: str) -> list[Firing]:
    return [
        Firing(
            labels={"alertname": rule, "court": court, "court_l2": "京01", "severity": "red", **labels},
            annotations={"summary": f"{court} {rule} 3件"},
            since=SINCE,
        )
        for rule in rules
        for court in courts
    ]


def _posted(provider: Any, status: str) -> Counter[tuple[str, str]]:
    """(rule, court) → in how many posts it stood with that status."""
    found: Counter[tuple[str, str]] = Counter()
    for taken in list(provider.taken):
        if taken.path == "/integrations/alertmanager":
            notice = read_notice(taken.body)
            found.update((one.labels["alertname"], one.labels["court"]) for one in notice.alerts if one.status == status)
    return found


def test_a_thousand_alerts_are_grouped_inhibited_silenced_and_resolved(
    alertmanager: Alertmanager, provider: Any, tmp_path: Path
) -> None:
    """40 rules at 25 courts: a post a rule; a silent feed mutes its court; a silenced rule is not posted; all end resolved."""
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    silence = {
        "matchers": [{"name": "alertname", "value": RULES[0], "isRegex": False, "isEqual": True}],
        "startsAt": datetime.now(UTC).isoformat(),
        "endsAt": until,
        "createdBy": "u-1",
        "comment": "维护",
    }
    assert httpx.post(alertmanager.url + "/api/v2/silences", json=silence, timeout=5).status_code == 200
    client = Client(alertmanager.url)
    down = _firing(["R-DATA-01.a"], [COURTS[0]], feed_down="true")
    client.send(down, datetime.now(UTC))
    wait_for(lambda: _posted(provider, "firing")["R-DATA-01.a", COURTS[0]] > 0, "the silent feed")
    assert client.send([*down, *_firing(RULES, COURTS)], datetime.now(UTC)) == 1002  # and the watchdog

    wanted = {(rule, court) for rule in RULES[1:] for court in COURTS[1:]}
    wait_for(lambda: wanted <= set(_posted(provider, "firing")), "all that may be posted")
    posts = [read_notice(taken.body) for taken in provider.taken if taken.path == "/integrations/alertmanager"]
    assert all(len({one.labels["alertname"] for one in post.alerts}) == 1 for post in posts), "a post is of one rule"
    posted = set(_posted(provider, "firing")) - {("R-DATA-01.a", COURTS[0])}
    assert not {pair for pair in posted if pair[0] == RULES[0]}, "silenced"
    assert not {pair for pair in posted if pair[1] == COURTS[0]}, "inhibited by the court's own silence"
    wait_for(lambda: any(taken.path == "/integrations/watchdog" for taken in provider.taken), "the watchdog")
    bearers = {taken.headers.get("Authorization") for taken in provider.taken if taken.path.startswith("/integrations/")}
    assert bearers == {f"Bearer {webhook_token(tmp_path)}"}
    shown = active(alertmanager.url, {"alertname": RULES[1], "court_l2": "京01"})
    assert {one.labels["court"] for one in shown} == set(COURTS[1:])  # what a post leaves out can be asked for

    client.send([], datetime.now(UTC))
    wait_for(lambda: wanted <= set(_posted(provider, "resolved")), "all as resolved")


def test_killed_and_started_again_the_desk_hears_each_once(alertmanager: Alertmanager, provider: Any) -> None:
    """SIGKILL forgets what was posted: it is posted again, and the desk drops what it has heard; what is new is heard."""
    client = Client(alertmanager.url)
    client.send(_firing(RULES[:4], COURTS[:5]), datetime.now(UTC))
    wanted = {(rule, court) for rule in RULES[:4] for court in COURTS[:5]}
    wait_for(lambda: wanted <= set(_posted(provider, "firing")), "the first posts")
    alertmanager.kill()
    with pytest.raises(AlertmanagerAway, match="does not answer"):
        client.send(_firing(RULES[:5], COURTS[:5]), datetime.now(UTC))
    alertmanager.start()
    more = [*_firing(RULES[:4], COURTS[:5]), *_firing(RULES[4:5], COURTS[:5])]
    client.send(more, datetime.now(UTC))
    wait_for(lambda: {(RULES[4], court) for court in COURTS[:5]} <= set(_posted(provider, "firing")), "what is new")

    desk = DeskDuty(id="desk/京01", court="京01")
    heard: Counter[tuple[str, str]] = Counter()
    for taken in provider.taken:
        if taken.path != "/integrations/alertmanager":
            continue
        for told in notices(read_notice(taken.body)):
            deed = Deed(desk, datetime.now(UTC), Desks(load_policies()))
            duty_notices.take_notice(deed, told)
            for said in deed.outcome().said:
                heard.update((item["rule"], item["court"]) for item in said.detail["items"])
    first = {(rule, court): heard[rule, court] for rule in RULES[:5] for court in COURTS[:5]}
    assert set(first.values()) == {1}, first
