"""What people ask of the duty room, by the API: done, refused with the reason, repeated, stale, in bulk, or not decided yet."""

import json
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest
from asked_of_wall import ask, refused
from kafka import KafkaConsumer, TopicPartition

from contract.duty.people import Principal
from contract.times import civil_date
from contract.topics import COMMANDS, EMBEDDED_PARTITIONS
from infra.accounts.passes import load_pass_key, sign

ZH = "京0105"


def commands_of(desk: Any, target: str) -> list[dict[str, Any]]:
    """The commands of a target that are in the log."""
    with KafkaConsumer(bootstrap_servers=desk.wall.kafka, group_id=None, auto_offset_reset="earliest") as consumer:
        parts = [TopicPartition(COMMANDS, number) for number in range(EMBEDDED_PARTITIONS)]
        consumer.assign(parts)
        ends = consumer.end_offsets(parts)
        found: list[dict[str, Any]] = []
        while any(consumer.position(part) < end for part, end in ends.items()):
            for records in consumer.poll(timeout_ms=200).values():
                found += [json.loads(r.value) for r in records if r.key.decode() == target]
    return found


def test_an_acknowledgement_goes_round_and_is_seen(desk: Any) -> None:
    """Wall → gateway → log → room → log → wall: who did it is the session's account, and the version moves."""
    target = desk.alert()
    client = desk.wall.logged_in("duty_officer", ZH)
    me = client.get("/api/v1/me").json()
    before = client.get(f"/api/v1/alerts/{target}")
    headers = {"If_Match": before.headers["ETag"], "X_CSRF_Token": me["csrf"]}
    answer = ask(client, f"/alerts/{target}:acknowledge", {"note": "在办"}, **headers)
    assert answer.status_code == 200, answer.text
    decision = answer.json()["decision"]
    assert (decision["outcome"], decision["principal"]) == ("accepted", me["principal"])
    assert answer.headers["ETag"] == f'"{decision["version"]}"' != before.headers["ETag"]
    deadline = time.monotonic() + 10
    while (seen := client.get(f"/api/v1/alerts/{target}")).json()["duty"]["state"] != "acked":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert seen.headers["ETag"] == answer.headers["ETag"]
    assert seen.json()["duty"]["owner"] == me["principal"]["account"]
    queue = client.get("/api/v1/duty/alerts", params={"state": "acked"}).json()["items"]
    assert target in {item["id"] for item in queue}
    (command,) = [one for one in commands_of(desk, target) if one["kind"] == "alert.acknowledge"]
    assert command["principal"]["account"] == me["principal"]["account"]


def test_the_same_key_asks_once_and_another_command_under_it_is_refused(desk: Any) -> None:
    """A repeat is answered with the same decision, and the log has the command once while the gateway remembers it."""
    target, client, key = desk.alert(), desk.wall.token("duty_officer", ZH), uuid.uuid4().hex
    first, again = (ask(client, f"/alerts/{target}:acknowledge", Idempotency_Key=key) for _ in range(2))
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert len([one for one in commands_of(desk, target) if one["kind"] == "alert.acknowledge"]) == 1
    refused(ask(client, f"/alerts/{target}:comment", {"text": "另一命令"}, Idempotency_Key=key), 422, "key-reused")
    answer = client.post(f"/api/v1/alerts/{target}:acknowledge", json={})
    refused(answer, 422, "422")


def test_a_stale_command_is_told_what_happened_meanwhile(desk: Any) -> None:
    """409 with the versions since, by whom, and the version that holds."""
    target = desk.alert()
    one, other = desk.wall.token("duty_officer", ZH), desk.wall.token("director", ZH)
    seen = one.get(f"/api/v1/alerts/{target}").headers["ETag"]
    assert ask(other, f"/alerts/{target}:acknowledge", If_Match=seen).status_code == 200
    problem = refused(ask(one, f"/alerts/{target}:acknowledge", If_Match=seen), 409, "stale_version")
    assert [change["what"] for change in problem["since"]]
    assert problem["since"][-1]["by"] == other.get("/api/v1/me").json()["principal"]["account"]
    assert problem["version"] > int(seen.strip('"'))
    refused(ask(one, f"/alerts/{target}:acknowledge", If_Match="yesterday"), 400, "400")


def test_commands_that_may_not_be_are_refused_with_the_reason(desk: Any) -> None:
    """Another court's alert, the kiosk, a visitor, snoozing past the deadline, an unknown target, a role without the right."""
    target = desk.alert()
    officer = desk.wall.token("duty_officer", ZH)
    refused(ask(desk.wall.token("duty_officer", "京0101"), f"/alerts/{target}:acknowledge"), 403, "not_your_court")
    refused(ask(desk.wall.token("duty_officer", "粤"), f"/alerts/{target}:acknowledge"), 403, "not_your_court")
    kiosk = desk.wall.client(Authorization=f"Bearer {desk.wall.accounts.tokens.add('kiosk', ZH, by='/cli/test')}")
    refused(ask(kiosk, f"/alerts/{target}:acknowledge"), 403, "403")
    program = desk.wall.accounts.tokens.add("program", ZH, by="/cli/test", role="director")
    refused(ask(desk.wall.client(Authorization=f"Bearer {program}"), f"/alerts/{target}:acknowledge"), 403, "403")
    refused(ask(desk.wall.client(), f"/alerts/{target}:acknowledge"), 401, "401")
    refused(ask(desk.wall.token("reader", ZH), f"/alerts/{target}:acknowledge"), 403, "role_may_not")
    refused(ask(officer, f"/alerts/{'0' * 32}:acknowledge"), 404, "unknown_target")
    late = (datetime.now(UTC) + timedelta(days=19, hours=12)).isoformat()
    refused(ask(officer, f"/alerts/{target}:snooze", {"until": late, "reason": "等待回函"}), 422, "past_deadline")
    refused(ask(officer, f"/alerts/{target}:snooze", {"until": late[:19], "reason": "等待回函"}), 422, "invalid-command")
    refused(ask(officer, f"/alerts/{target}:snooze", {"until": late}), 422, "invalid-command")
    asked = [one["principal"]["role"] for one in commands_of(desk, target) if one["kind"] == "alert.acknowledge"]
    assert not {"kiosk", "director"} & set(asked)


def test_nobody_says_in_a_body_or_header_who_or_when_it_is(desk: Any) -> None:
    """What only the gateway says is refused in a body; a forged header changes nothing."""
    target, officer = desk.alert(), desk.wall.token("duty_officer", ZH)
    president = {"account": "u-1", "role": "president", "court": "最高法", "via": "session"}
    for forged in ({"principal": president}, {"at": "2020-01-01T00:00:00Z"}, {"id": "0" * 32}, {"role": "president"}):
        refused(ask(officer, f"/alerts/{target}:acknowledge", forged), 422, "invalid-command")
    for forged in ({"target": "0" * 32}, {"kind": "alert.close"}, {"expected": 1}, {"idempotency_key": "k"}):
        refused(ask(officer, f"/alerts/{target}:acknowledge", forged), 422, "422")
    headers = {"X_Account": "u-1", "X_Role": "president", "X_Principal": json.dumps(president | {"court": "SPC"})}
    refused(ask(officer, f"/alerts/{target}:close", **headers), 403, "role_may_not")
    assert {one["principal"]["role"] for one in commands_of(desk, target)} <= {"duty_officer", "system"}


def test_in_bulk_each_alert_has_an_answer_of_its_own(desk: Any) -> None:
    """Done, stale and another court's in one call; repeating the call asks nothing anew; 201 are too many."""
    mine, stale, other = desk.alert(), desk.alert(), desk.alert_in("京0101")
    client, key = desk.wall.token("duty_officer", ZH), uuid.uuid4().hex
    version = int(client.get(f"/api/v1/alerts/{stale}").headers["ETag"].strip('"'))
    items = [{"id": mine}, {"id": stale, "expected": version + 7}, {"id": other}]
    body = {"action": "acknowledge", "items": items, "fields": {"note": "批量"}}
    answer = ask(client, "/alerts:bulk", body, Idempotency_Key=key)
    assert answer.status_code == 200, answer.text
    assert [one["status"] for one in answer.json()["results"]] == [200, 409, 403]
    assert [one["id"] for one in answer.json()["results"]] == [mine, stale, other]
    assert ask(client, "/alerts:bulk", body, Idempotency_Key=key).json() == answer.json()
    refused(ask(client, "/alerts:bulk", body | {"items": [{"id": uuid.uuid4().hex}] * 201}), 422, "422")
    refused(ask(client, "/alerts:bulk", body | {"action": "tell"}), 422, "422")


def test_what_is_not_decided_in_two_seconds_is_found_where_the_answer_says(desk: Any) -> None:
    """202 with a place to look, for the asker alone; asking again under the same key gives the decision."""
    target, client, key = desk.alert(), desk.wall.token("duty_officer", ZH), uuid.uuid4().hex
    desk.pause.set()
    time.sleep(0.5)
    try:
        answer = ask(client, f"/alerts/{target}:acknowledge", Idempotency_Key=key)
        assert answer.status_code == 202, answer.text
        where = answer.headers["Location"]
        assert client.get(where).status_code == 404
    finally:
        desk.pause.clear()
    deadline = time.monotonic() + 20
    while (found := client.get(where)).status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert found.json()["decision"]["outcome"] == "accepted"
    assert desk.wall.token("duty_officer", ZH).get(where).status_code == 404
    assert ask(client, f"/alerts/{target}:acknowledge", Idempotency_Key=key).json()["decision"] == found.json()["decision"]


def test_a_directive_goes_down_and_no_order_goes_up(desk: Any) -> None:
    """Drafted and issued by two people, signed for below, seen by both courts, not beside; neither upward nor alone."""
    officer, director = desk.wall.token("duty_officer", "京"), desk.wall.token("director", "京")
    below, beside = desk.wall.token("duty_officer", ZH), desk.wall.token("president", "粤")
    draft = {
        "directive_kind": "督办",
        "from_court": "京",
        "to_court": ZH,
        "text": "请在期限内办理",
        "legal_basis": "执行规定71",
    }
    made = ask(officer, "/directives", draft)
    assert made.status_code == 200, made.text
    target = made.json()["decision"]["target"]
    issued = ask(director, f"/directives/{target}:issue", If_Match=made.headers["ETag"])
    assert issued.status_code == 200, issued.text
    received = ask(below, f"/directives/{target}:receive")
    assert received.status_code == 200, received.text
    deadline = time.monotonic() + 10
    while (seen := below.get(f"/api/v1/directives/{target}")).json().get("directive", {}).get("state") != "received":
        assert time.monotonic() < deadline, seen.text
        time.sleep(0.05)
    assert seen.headers["ETag"] == received.headers["ETag"]
    for client, here in ((officer, True), (below, True), (beside, False)):
        listed = {one["id"] for one in client.get("/api/v1/directives").json()["items"]}
        assert (target in listed) is here
        assert client.get(f"/api/v1/directives/{target}").status_code == (200 if here else 404)
    own = ask(director, "/directives", draft).json()["decision"]["target"]
    refused(ask(director, f"/directives/{own}:issue"), 403, "self_approval")
    up = draft | {"from_court": ZH, "to_court": "京"}
    refused(ask(desk.wall.token("director", ZH), "/directives", up), 403, "order_upward")


def test_decisions_stream_to_those_who_see_them_until_their_token_ends(desk: Any) -> None:
    """A decision beside the scope isn't told, a kiosk reads none, and a stream ends with the account of its token."""
    other, target = desk.alert_in("京0101"), desk.alert()
    client, beside = desk.wall.token("duty_officer", ZH), desk.wall.token("duty_officer", "京0101")
    assert desk.wall.client().get("/api/v1/duty/stream").status_code == 403
    with client.stream("GET", "/api/v1/duty/stream") as told:
        lines = told.iter_lines()
        assert next(lines) == "retry: 3000"
        assert ask(beside, f"/alerts/{other}:acknowledge").status_code == 200
        assert ask(client, f"/alerts/{target}:acknowledge").status_code == 200
        decision = json.loads(next(line for line in lines if line.startswith("data: ")).removeprefix("data: "))
        assert (decision["target"], decision["what"]) == (target, "acknowledged")
        account = client.get("/api/v1/me").json()["principal"]["account"]
        desk.wall.accounts.people.set_enabled(account, "/cli/test", enabled=False)
        ask(desk.wall.token("duty_officer", ZH), f"/alerts/{target}:comment", {"text": "之后"})
        assert not [line for line in lines if "之后" in line]


def test_a_roster_is_set_and_tells_who_is_on_call(desk: Any) -> None:
    """Set by the director, with names for colleagues; a court beside neither sets nor sees it."""
    director = desk.wall.token("director", ZH)
    _, account = desk.wall.person("duty_officer", ZH)
    today = civil_date(datetime.now(UTC)).isoformat()
    posts = ("officer", "officer_b", "technician", "leader")
    rotations = [{"post": post, "accounts": [account], "every": "day", "first_on": today} for post in posts]
    rota = {"rota": {"id": ZH, "court": ZH, "from_on": today, "rotations": rotations}}
    answer = ask(director, "/duty/rota", rota)
    assert answer.status_code == 200, answer.text
    later = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    deadline = time.monotonic() + 10
    while not (seen := director.get("/api/v1/duty/on-call", params={"at": later}).json()["posts"]):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert seen["officer"] == [{"account": account, "name": "测试"}]
    refused(ask(desk.wall.token("director", "京0101"), "/duty/rota?court=京0105", rota), 403, "not_your_court")
    assert desk.wall.token("director", "京0101").get("/api/v1/duty/on-call", params={"court": ZH}).status_code == 403
    assert desk.wall.client().get("/api/v1/duty/on-call", params={"court": ZH}).status_code == 403


def test_the_gateway_takes_commands_with_a_pass_alone(desk: Any) -> None:
    """No token, another token, a pass of another key, for another body, used before, of a kiosk or of a part of the system."""
    target, url = desk.alert(), desk.gateway + "/duty/commands"
    form = {"kind": "alert.acknowledge", "target": target, "idempotency_key": "direct"}
    body = msgspec.json.encode(form)
    key = load_pass_key(desk.wall.data)
    officer = Principal(account="u-direct", role="duty_officer", court=ZH)

    def post(token: str, sent: bytes = body) -> httpx.Response:
        return httpx.post(url, content=sent, headers={"Authorization": f"Bearer {token}"} if token else {}, timeout=20)

    refused(httpx.post(url, content=body, headers={"X-Principal": "u-1"}), 401, "pass-refused")
    program = desk.wall.accounts.tokens.add("program", ZH, by="/cli/test", role="director")
    for token in ("nonsense", program, sign(b"x" * 32, officer, body)):
        refused(post(token), 401, "pass-refused")
    refused(post(sign(key, officer, b"another body")), 401, "pass-refused")
    once = sign(key, officer, body)
    assert post(once).status_code == 200
    refused(post(once), 401, "pass-refused")
    kiosk = Principal(account="/kiosk/1", role="kiosk", court=ZH, via="kiosk")
    system = Principal(account="/sys/duty", role="system", court="最高法", via="system")
    for principal in (kiosk, system):
        refused(post(sign(key, principal, body)), 403, "forbidden")
    for kind in ("tick", "broadcast", "alert.told", "court.told", "link.told", "page.claim", "page.result", "nothing"):
        told = msgspec.json.encode(form | {"kind": kind})
        refused(post(sign(key, officer, told), told), 422, "invalid-command")
    for broken in (b"[]", b'{"kind":"alert.wake"}', msgspec.json.encode(form | {"target": "@duty"})):
        refused(post(sign(key, officer, broken), broken), 422, "invalid-command")
    refused(post(sign(key, officer, b"{"), b"{"), 400, "malformed-body")
    large = b" " * (64 * 1024 + 1)
    refused(post(sign(key, officer, large), large), 413, "too-large")


def test_every_verb_is_described(desk: Any) -> None:
    """OpenAPI names each action with its fields, and none that a caller can't say."""
    paths = desk.wall.token("director", ZH).get("/api/openapi.json").json()["paths"]
    verbs = [
        "acknowledge",
        "take-over",
        "escalate",
        "snooze",
        "wake",
        "merge",
        "unmerge",
        "dispute",
        "answer-dispute",
        "resolve",
    ]
    for verb in [*verbs, "second", "close", "comment", "assign"]:
        operation = paths[f"/api/v1/alerts/{{target}}:{verb}"]["post"]
        assert operation["summary"]
        fields = operation["requestBody"]["content"]["application/json"]["schema"]["properties"]
        assert not {"id", "principal", "at", "expected", "kind", "target"} & set(fields)
    for path in ("sign-in", "handover", "swap", "rota", "override", "window"):
        assert f"/api/v1/duty/{path}" in paths


@pytest.mark.parametrize("path", ["duty/alerts", "directives", "duty/on-call", "duty/alerts?court=粤"])
def test_a_kiosk_reads_nothing_of_duty(desk: Any, path: str) -> None:
    """Neither the queue, nor directives, nor who is on call; a court beside is refused too."""
    path = "/api/v1/" + path
    assert desk.wall.client().get(path).status_code == 403
    assert desk.wall.token("duty_officer", ZH).get(path).status_code == (403 if "粤" in path else 200)


def test_without_a_gateway_the_wall_says_so(desk: Any) -> None:
    """503 with when to try again; the same key is safe then."""
    alone = type(desk.wall)(
        desk.wall.kafka, desk.wall.clickhouse, desk.wall.database, desk.wall.data, "wall", ("--gateway", "http://127.0.0.1:9")
    )
    alone.start()
    try:
        answer = ask(alone.token("duty_officer", ZH), f"/alerts/{'1' * 32}:acknowledge")
        refused(answer, 503, "gateway-away")
        assert answer.headers["Retry-After"] == "2"
    finally:
        alone.stop()


def test_a_draft_is_about_what_its_giver_sees(desk: Any) -> None:
    """An alert, a case or a court outside, or one that isn't there, is refused alike; the case's chain is filled in."""
    inside, outside = desk.alert(), desk.alert_in("粤0605")
    director = desk.wall.token("director", "京")
    draft = {"directive_kind": "督办", "from_court": "京", "to_court": ZH, "text": "请办理"}
    record = director.get(f"/api/v1/alerts/{inside}").json()["duty"]
    about = {"alert_ids": [inside], "subject": record["subject"]}
    made = ask(director, "/directives", draft | about)
    assert made.status_code == 200, made.text
    shown = made.json()["decision"]["record"]
    assert (shown["subject"], shown["rootid"]) == (record["subject"], record["rootid"])
    for wrong, field in (
        ({"alert_ids": [outside]}, "alert_ids"),
        ({"alert_ids": ["0" * 32]}, "alert_ids"),
        ({"subject": "no-such-case"}, "subject"),
        ({"subject": "court/粤0605"}, "subject"),
        ({"rootid": "some-chain"}, "rootid"),
        (about | {"rootid": "another-chain"}, "rootid"),
    ):
        body = refused(ask(director, "/directives", draft | wrong), 403, "not_in_scope")
        assert [error["field"] for error in body["errors"]] == [field]
    target = made.json()["decision"]["target"]
    refused(ask(director, f"/directives/{target}:draft", draft | {"alert_ids": [outside]}), 403, "not_in_scope")
    assert ask(director, "/directives", draft | {"subject": f"court/{ZH}"}).status_code == 200
