"""The relay on SQLite, before a gateway of recorded answers: order, backing off, setting aside, going on."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, text, update

from producers.relay.errors import Away, OutboxError
from producers.relay.metrics import RelayMetrics
from producers.relay.post import GatewayPost
from producers.relay.run import Relay
from producers.relay.table import DIALECTS, Outbox, ddl, layout, open_database

Answer = tuple[int, dict[str, str], Any]


class Recorded:
    """A gateway that gives the answers of its list, and after them takes everything; keeps what it was sent."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.bodies: list[list[Any]] = []
        self.tokens: list[str] = []
        self.refuses: dict[str, str] = {}
        recorded = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, headers, answer = recorded.take(body, self.headers.get("Authorization", ""))
                raw = json.dumps(answer).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(raw))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def take(self, body: bytes, token: str) -> Answer:
        """Answer as docs/gateway.md says."""
        self.tokens.append(token)
        events = json.loads(body)
        self.bodies.append(events)
        if self.answers:
            return self.answers.pop(0)
        results = [self.result(index, event) for index, event in enumerate(events)]
        bad = sum(one["status"] != 202 for one in results)
        status = 202 if not bad else 422 if bad == len(results) else 207
        return status, {}, {"accepted": len(results) - bad, "refused": bad, "results": results}

    def result(self, index: int, event: Any) -> dict[str, Any]:
        """The answer to one event."""
        if event["id"] not in self.refuses:
            return {"index": index, "status": 202, "id": event["id"], "partition": 0, "offset": 1}
        error = {
            "field": "data.claim_fen",
            "pointer": "/data/claim_fen",
            "code": self.refuses[event["id"]],
            "detail": "mend it",
        }
        return {"index": index, "status": 422, "id": event["id"], "errors": [error]}

    @property
    def ids(self) -> list[str]:
        """Every id that it was sent, in order."""
        return [event["id"] for body in self.bodies for event in body]

    def close(self) -> None:
        """End it."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def gateway() -> Iterator[Recorded]:
    """A gateway of recorded answers."""
    one = Recorded()
    yield one
    one.close()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A court's database with an outbox, made by what the command prints."""
    database = open_database(f"sqlite:///{tmp_path / 'court.db'}")
    with database.begin() as connection:
        for statement in ddl("outbox", "sqlite").split(";\n"):
            if statement:
                connection.execute(text(statement))
    yield database
    database.dispose()


@pytest.fixture
def write(engine: Engine) -> Callable[..., None]:
    """Write events into the outbox: `write("e1", "e2", …)`, texts that begin with a brace or another character as they are."""

    def add(*ids: str) -> None:
        rows = [{"event": one if not one.isalnum() else json.dumps({"id": one, "subject": "case-1"})} for one in ids]
        with engine.begin() as connection:
            connection.execute(insert(layout("outbox")), rows)

    return add


@pytest.fixture
def relay(engine: Engine, gateway: Recorded) -> Iterator[Relay]:
    """A relay between the two, in batches of three."""
    with GatewayPost(gateway.url, lambda: "secret") as post:
        yield Relay(Outbox(engine, "outbox"), post, RelayMetrics(), batch=3)


def states(engine: Engine) -> list[tuple[str, str | None]]:
    """State and reason of every row, by id."""
    table = layout("outbox")
    with engine.connect() as connection:
        return [(row.state, row.reason) for row in connection.execute(select(table).order_by(table.c.id))]


def test_rows_go_in_order_and_are_marked(relay: Relay, write: Callable[..., None], gateway: Recorded, engine: Engine) -> None:
    """By id, in batches, under the feed's token; a row that was sent isn't sent again."""
    write("e1", "e2", "e3", "e4", "e5")
    relay.run(threading.Event(), once=True)
    assert gateway.ids == ["e1", "e2", "e3", "e4", "e5"]
    assert [len(body) for body in gateway.bodies] == [3, 2]
    assert gateway.tokens == ["Bearer secret"] * 2
    assert states(engine) == [("sent", None)] * 5
    relay.run(threading.Event(), once=True)
    assert len(gateway.bodies) == 2


def test_a_refused_row_is_set_aside_and_holds_nothing_up(
    relay: Relay, write: Callable[..., None], gateway: Recorded, engine: Engine
) -> None:
    """With the reason in the table; later events of its case go on; mended, it is sent under the same id."""
    gateway.refuses = {"e2": "not_an_integer"}
    write("e1", "e2", "e3", "e4")
    relay.run(threading.Event(), once=True)
    reason = "data.claim_fen: mend it [not_an_integer]"
    assert states(engine) == [("sent", None), ("refused", reason), ("sent", None), ("sent", None)]
    gateway.refuses = {}
    table = layout("outbox")
    with engine.begin() as connection:
        connection.execute(update(table).where(table.c.id == 2).values(state="new"))
    relay.run(threading.Event(), once=True)
    assert gateway.ids == ["e1", "e2", "e3", "e4", "e2"]
    assert states(engine) == [("sent", None)] * 4


@pytest.mark.parametrize(
    ("bad", "code"), [("{", "not_json"), ("[1]", "not_an_object"), ('{"id": "' + "x" * (1 << 20) + '"}', "too_large")]
)
def test_what_would_spoil_a_batch_is_never_sent(
    relay: Relay, write: Callable[..., None], gateway: Recorded, engine: Engine, bad: str, code: str
) -> None:
    """No JSON object, or larger than an event may be: set aside here, the rows beside it go on."""
    write("e1", bad, "e3")
    relay.run(threading.Event(), once=True)
    assert gateway.ids == ["e1", "e3"]
    (_, (state, reason), _) = states(engine)
    assert state == "refused"
    assert reason is not None
    assert code in reason


@pytest.mark.parametrize(
    ("status", "kind", "cause"),
    [
        (429, "too-many-requests", "busy"),
        (503, "broker-unavailable", "broker"),
        (401, "feed-token", "token"),
        (502, "", "answer"),
    ],
)
def test_a_gateway_that_cant_take_a_batch_gets_all_of_it_again(
    relay: Relay, write: Callable[..., None], gateway: Recorded, engine: Engine, status: int, kind: str, cause: str
) -> None:
    """Nothing is marked, the cause is told, and at least as long as the gateway asked for is waited."""
    write("e1", "e2")
    gateway.answers = [(status, {"Retry-After": "7"}, {"type": f"/problems/{kind}", "detail": "later"})]
    with pytest.raises(Away) as away:
        relay.step()
    assert away.value.cause == cause
    assert away.value.retry_after_s >= 7
    assert states(engine) == [("new", None)] * 2
    assert relay.step() == 2
    assert gateway.ids == ["e1", "e2", "e1", "e2"]


def test_waiting_ends_at_once_when_the_relay_is_stopped(relay: Relay, write: Callable[..., None], gateway: Recorded) -> None:
    """Also within a Retry-After of an hour; and it waits that long, not less."""
    write("e1")
    gateway.answers = [(429, {"Retry-After": "3600"}, {"type": "/problems/too-many-requests"})]
    stop = threading.Event()
    thread = threading.Thread(target=relay.run, args=(stop,))
    thread.start()
    time.sleep(0.7)
    assert gateway.ids == ["e1"]
    stop.set()
    thread.join(5)
    assert not thread.is_alive()


def test_a_batch_too_large_for_something_in_between_is_halved(
    relay: Relay, write: Callable[..., None], gateway: Recorded, engine: Engine
) -> None:
    """One event that alone is too large is set aside; an answer that isn't the gateway's own judges nobody."""
    write("e1", "e2", "e3")
    large = (413, {}, {"type": "/problems/too-large", "detail": "too large"})
    gateway.answers = [large, large]
    relay.run(threading.Event(), once=True)
    assert [[event["id"] for event in body] for body in gateway.bodies] == [["e1", "e2", "e3"], ["e1"], ["e2", "e3"]]
    assert states(engine) == [("refused", "too large"), ("sent", None), ("sent", None)]
    write("e4")
    gateway.answers = [(413, {}, {"html": "a proxy"})]
    with pytest.raises(Away):
        relay.step()


def test_an_answer_that_doesnt_fit_its_batch_marks_nothing(
    relay: Relay, write: Callable[..., None], gateway: Recorded, engine: Engine
) -> None:
    """Fewer results than events: nobody knows of which."""
    write("e1", "e2")
    gateway.answers = [(202, {}, {"accepted": 1, "results": [{"index": 0, "status": 202}]})]
    with pytest.raises(Away):
        relay.step()
    assert states(engine) == [("new", None)] * 2


def test_a_lower_id_that_commits_later_is_not_passed_over(
    relay: Relay, write: Callable[..., None], gateway: Recorded, engine: Engine
) -> None:
    """Serial ids have gaps while transactions are open, and the gap may fill."""
    table = layout("outbox")
    with engine.begin() as connection:
        connection.execute(insert(table), {"id": 10, "event": '{"id": "late-begun"}'})
    relay.run(threading.Event(), once=True)
    with engine.begin() as connection:
        connection.execute(insert(table), {"id": 9, "event": '{"id": "early-begun"}'})
    relay.run(threading.Event(), once=True)
    assert gateway.ids == ["late-begun", "early-begun"]


def test_what_waits_is_counted(engine: Engine, write: Callable[..., None]) -> None:
    """How many, and since when, as an aware time."""
    outbox = Outbox(engine, "outbox")
    assert outbox.backlog().waiting == 0
    write("e1", "e2")
    backlog = outbox.backlog()
    assert backlog.waiting == 2
    assert backlog.oldest is not None
    assert timedelta() <= datetime.now(UTC) - backlog.oldest < timedelta(minutes=1)


def test_a_table_that_cant_be_used_is_named(engine: Engine) -> None:
    """Missing, or laid out otherwise; and a URL is never repeated, since it may hold a password."""
    with pytest.raises(OutboxError, match="relay ddl"):
        Outbox(engine, "nothing")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE other (id INTEGER, event TEXT)"))
    with pytest.raises(OutboxError, match="lacks created_at, done_at, reason, state"):
        Outbox(engine, "other")
    with pytest.raises(OutboxError) as error:
        open_database("no-such-kind://court:hunter2@host/db")
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_the_layout_is_printed_for_each_kind_of_database(dialect: str) -> None:
    """With a schema where the name has one."""
    done = subprocess.run(
        [sys.executable, "-m", "yipanqi", "relay", "ddl", "--dialect", dialect, "--table", "court.outbox"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "CREATE TABLE court.outbox (" in done.stdout
    assert "CREATE INDEX" in done.stdout


def test_a_file_of_secrets_that_holds_none_is_named(tmp_path: Path) -> None:
    """With what it must hold."""
    file = tmp_path / "url"
    file.write_text("\n")
    done = subprocess.run(
        [sys.executable, "-m", "yipanqi", "relay", "--database", str(file)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert f"{file} must hold the URL of the database" in done.stderr
