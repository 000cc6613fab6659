"""Mail by SMTP, with STARTTLS where the server offers it. Always available on an isolated court network."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate

from infra.channels.base import Message, Receipt, Rejected, Throttled, Unreachable

_TIMEOUT_S = 10.0
_RETRY_S = 60.0
_BUSY = frozenset({421, 450, 451, 452})


class Mail:
    """One mail server; an address is a mailbox.

    Args:
        name: As in the configuration.
        host, port: The server.
        sender: The From address.
        user, password: Login, if it wants one.
        require_tls: Refuse a server that offers no STARTTLS.
    """

    per_minute = 60.0

    def __init__(
        self, name: str, host: str, port: int, sender: str, user: str = "", password: str = "", *, require_tls: bool = False
    ) -> None:
        self.name = name
        self._host, self._port, self._sender = host, port, sender
        self._user, self._password, self._require_tls = user, password, require_tls

    def send(self, message: Message, address: str) -> Receipt:
        """Send; the Message-ID is made of the message's id, so that a mailbox can drop a repeat."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self._sender, address, message.title.replace("\n", " ")
        mail["Date"] = formatdate(localtime=False)
        mail["Message-ID"] = f"<{message.id}@yipanqi>"
        mail["Auto-Submitted"] = "auto-generated"
        if message.urgent:
            mail["Importance"] = "high"
        mail.set_content("\n".join(part for part in (message.text, message.link) if part))
        try:
            with smtplib.SMTP(self._host, self._port, timeout=_TIMEOUT_S) as server:
                self._login(server)
                server.send_message(mail)
        except smtplib.SMTPResponseException as error:
            raise _of_code(error.smtp_code, _text(error.smtp_error)) from None
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            raise _of_code(code, _text(text)) from None
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(f"no answer of the mail server: {type(error).__name__}") from None
        return Receipt(provider_id=mail["Message-ID"])

    def _login(self, server: smtplib.SMTP) -> None:
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        elif self._require_tls:
            raise Rejected("the mail server offers no STARTTLS, and the configuration requires it")
        if self._user:
            server.login(self._user, self._password)


def _of_code(code: int, text: str) -> Throttled | Rejected:
    """A server's 4xx is for later, its 5xx for ever."""
    if code in _BUSY:
        return Throttled(f"SMTP {code}: {text}", _RETRY_S)
    return Rejected(f"SMTP {code}: {text}")


def _text(raw: bytes | str) -> str:
    return (raw.decode(errors="replace") if isinstance(raw, bytes) else raw)[:200]
