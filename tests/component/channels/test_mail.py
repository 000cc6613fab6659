"""Mail against a real SMTP server on loopback."""

import email
import email.policy
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from infra.channels.base import Message, Rejected, Throttled, Unreachable
from infra.channels.mail import Mail

pytestmark = pytest.mark.component
PAGE = Message(id="p1", title="特急 案款发放超期", text="3 件", link="https://c.example/a", urgent=True)


class _Box:
    """Takes mail; one recipient is unknown, one mailbox is busy."""

    def __init__(self) -> None:
        self.mails: list[Any] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        del server, session, options
        if address.startswith("nobody"):
            return "550 no such mailbox"
        if address.startswith("busy"):
            return "451 try later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd names it so
        del server, session
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 taken"


@pytest.fixture
def box() -> Iterator[tuple[_Box, int]]:
    """A server and its port."""
    handler = _Box()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    controller.stop()


def test_a_mail_says_what_it_is_and_can_be_recognized(box: tuple[_Box, int]) -> None:
    """Title, text and link; a Message-ID made of the page's id, so that a repeat is recognized; marked as automatic."""
    handler, port = box
    Mail("邮件", "127.0.0.1", port, "yipanqi@court.example").send(PAGE, "duty@court.example")
    mail = handler.mails[0]
    assert mail["Subject"] == PAGE.title
    assert mail["Message-ID"] == "<p1@yipanqi>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().split() == ["3", "件", PAGE.link]


def test_unknown_mailbox_busy_server_no_server(box: tuple[_Box, int]) -> None:
    """5xx is for ever, 4xx for later, no answer leaves it open."""
    _, port = box
    mail = Mail("邮件", "127.0.0.1", port, "yipanqi@court.example")
    with pytest.raises(Rejected, match="SMTP 550"):
        mail.send(PAGE, "nobody@court.example")
    with pytest.raises(Throttled):
        mail.send(PAGE, "busy@court.example")
    with socket.create_server(("127.0.0.1", 0)) as free:
        closed = free.getsockname()[1]
    with pytest.raises(Unreachable):
        Mail("邮件", "127.0.0.1", closed, "a@court.example").send(PAGE, "b@court.example")


def test_without_encryption_only_if_allowed(box: tuple[_Box, int]) -> None:
    """A configuration that requires TLS sends nothing to a server without it."""
    handler, port = box
    with pytest.raises(Rejected, match="STARTTLS"):
        Mail("邮件", "127.0.0.1", port, "a@court.example", require_tls=True).send(PAGE, "duty@court.example")
    assert not handler.mails
