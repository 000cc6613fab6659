"""Robots: what goes out, and what each of the answers of the real ones means."""

import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from infra.channels.base import Message, Rejected, Throttled, Unreachable
from infra.channels.robots import DingTalk, Feishu, WeCom
from infra.channels.webhook import Webhook

pytestmark = pytest.mark.component
PAGE = Message(id="p1", title="特急 执行通知超期", text="北京市朝阳区人民法院 3 件", link="https://c.example/a", urgent=True)


def _mac(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


def test_wecom_mentions_by_mobile_and_is_cut_to_its_limit(provider: Any) -> None:
    """Text, not markdown, since only text can mention; at most 2,048 bytes, cut between characters."""
    provider.says({"errcode": 0, "errmsg": "ok"})
    robot = WeCom("群", provider.url + "/send?key=K")
    robot.send(PAGE, "13800000000")
    body = provider.taken[0].json
    assert body["msgtype"] == "text"
    assert body["text"]["mentioned_mobile_list"] == ["13800000000"]
    assert body["text"]["content"].splitlines() == [PAGE.title, PAGE.text, PAGE.link]
    robot.send(Message(id="p2", title="一", text="案" * 3000), "")
    sent = provider.taken[1].json["text"]["content"]
    assert len(sent.encode()) <= 2048
    assert sent.endswith("案…")
    assert "mentioned_mobile_list" not in provider.taken[1].json["text"]


def test_dingtalk_signs_in_the_address(provider: Any) -> None:
    r"""``sign`` = base64 of HMAC-SHA256(secret, "<ms>\n<secret>"), quoted, beside the timestamp."""
    provider.says({"errcode": 0, "errmsg": "ok"})
    DingTalk("群", provider.url + "/robot/send?access_token=T", "SEC1", now=lambda: 1700000000.5).send(PAGE, "13800000000")
    asked = parse_qs(urlsplit(provider.taken[0].path).query)
    assert asked == {"access_token": ["T"], "timestamp": ["1700000000500"], "sign": [_mac("SEC1", "1700000000500\nSEC1")]}
    assert provider.taken[0].json["at"] == {"atMobiles": ["13800000000"]}


def test_feishu_signs_in_the_body(provider: Any) -> None:
    r"""The signature's key is "<s>\n<secret>" and its text is empty."""
    provider.says({"code": 0, "msg": "success"})
    Feishu("群", provider.url, "S", now=lambda: 1700000000.9).send(PAGE, "")
    body = provider.taken[0].json
    assert (body["timestamp"], body["sign"]) == ("1700000000", _mac("1700000000\nS", ""))


@pytest.mark.parametrize(
    ("make", "said", "wait_s"),
    [
        (lambda url: WeCom("群", url), {"errcode": 45009, "errmsg": "api freq out of limit"}, 60),
        (lambda url: DingTalk("群", url, "S"), {"errcode": 130101, "errmsg": "send too fast"}, 600),
        (lambda url: Feishu("群", url, "S"), {"code": 11232, "msg": "frequency limited"}, 60),
    ],
    ids=["wecom", "dingtalk", "feishu"],
)
def test_throttling_hides_in_a_200(provider: Any, make: Any, said: dict[str, Any], wait_s: int) -> None:
    """HTTP 200 with a code is no success: the message waits as long as the provider blocks."""
    provider.says(said)
    with pytest.raises(Throttled) as caught:
        make(provider.url).send(PAGE, "")
    assert caught.value.retry_after_s == wait_s


@pytest.mark.parametrize(
    "said",
    [{"errcode": 93000, "errmsg": "invalid webhook url"}, {"errcode": "0"}, {}, {"message": "welcome"}],
    ids=["refused", "code is text", "no code", "another server"],
)
def test_any_other_code_or_none_is_a_refusal(provider: Any, said: dict[str, Any]) -> None:
    """What doesn't say 0 did not take the message; an answer without a code is somebody else's."""
    provider.says(said)
    with pytest.raises(Rejected):
        WeCom("群", provider.url).send(PAGE, "")


def test_silence_and_server_errors_leave_it_open(provider: Any, answer: Any) -> None:
    """No answer, a 502, or a login page instead of JSON: whether it was delivered is not known. The secret is not told."""
    robot = WeCom("群", provider.url + "/send?key=SECRET")
    for said in (answer(silent=True), answer(status=502), answer(b"<html>login</html>")):
        provider.says(said)
        with pytest.raises(Unreachable) as caught:
            robot.send(PAGE, "")
        assert "SECRET" not in str(caught.value)


def test_http_429_names_its_pause(provider: Any, answer: Any) -> None:
    """Retry-After is obeyed."""
    provider.says(answer(status=429, headers=(("Retry-After", "7"),)))
    with pytest.raises(Throttled) as caught:
        WeCom("群", provider.url).send(PAGE, "")
    assert caught.value.retry_after_s == 7


def test_webhook_is_signed_as_standard_webhooks_are(provider: Any) -> None:
    """``v1,`` + base64 of HMAC-SHA256 over id.timestamp.body with the decoded secret; a receipt is believed."""
    provider.says({"id": "sms-9", "delivered": True})
    secret = "whsec_" + base64.b64encode(b"key of the gateway").decode()
    receipt = Webhook("短信", provider.url + "/in", secret, "sms", now=lambda: 1700000000).send(PAGE, "13800000000")
    taken = provider.taken[0]
    text = b"p1.1700000000." + taken.body
    wanted = "v1," + base64.b64encode(hmac.new(b"key of the gateway", text, hashlib.sha256).digest()).decode()
    assert taken.headers["webhook-signature"] == wanted
    assert (taken.headers["webhook-id"], taken.json["kind"], taken.json["to"]) == ("p1", "sms", "13800000000")
    assert (receipt.provider_id, receipt.delivered) == ("sms-9", True)
