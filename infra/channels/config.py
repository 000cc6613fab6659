"""The channels of an installation, from a TOML file; secrets are in files of their own and never in it.

```toml
link = "https://command.example"            # where the console is, for the links in messages

[[channel]]
name = "值班群"
kind = "wecom"                               # wecom | dingtalk | feishu | webhook | sms | call | mail
url_file = "secrets/wecom.url"               # robots: the address is the secret
courts = ["京"]                              # whose desks: these courts and all below; left out = everybody's

[[channel]]
name = "短信网关"
kind = "sms"
url = "http://10.0.0.9/sms"
secret_file = "secrets/sms.key"
```
"""

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from contract.errors import YipanqiError
from infra.channels.base import Channel
from infra.channels.mail import Mail
from infra.channels.robots import DingTalk, Feishu, WeCom
from infra.channels.webhook import Webhook

ROBOTS = frozenset({"wecom", "dingtalk", "feishu"})


class ChannelConfigError(YipanqiError):
    """The file of channels can't be used: which channel, which field, and what to do."""


class Configured(msgspec.Struct, frozen=True):
    """A channel, the kind by which a policy asks for it, and the courts whose desks it serves (empty = all)."""

    channel: Channel
    asked_as: str
    courts: tuple[str, ...]


class Channels(msgspec.Struct, frozen=True):
    """All channels of an installation, in the order of the file, and the address of its console."""

    items: tuple[Configured, ...] = ()
    link: str = ""

    def of(self, kind: str, within: Callable[[str], bool]) -> tuple[Channel, ...]:
        """Channels for what a policy asks for (call, sms, robot, mail, webhook), nearest courts first.

        ``within`` says of a court of the file whether the desk stands under it.
        """
        fitting = [one for one in self.items if one.asked_as == kind and (not one.courts or any(map(within, one.courts)))]
        return tuple(one.channel for one in sorted(fitting, key=lambda one: not one.courts))


def load_channels(path: Path) -> Channels:
    """Read the file; one that is not there gives no channels.

    Raises:
        ChannelConfigError: It can't be used.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return Channels()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ChannelConfigError(f"{path}: {error}") from None
    if unknown := table.keys() - {"link", "channel"}:
        raise ChannelConfigError(f"{path}: unknown field {min(unknown)!r}; known are link and [[channel]]")
    items = tuple(_Reader(path, number, one).read() for number, one in enumerate(table.get("channel", []), 1))
    return Channels(items, str(table.get("link", "")))


class _Reader:
    """One [[channel]] table."""

    def __init__(self, path: Path, number: int, table: Mapping[str, Any]) -> None:
        self._path, self._number, self._table = path, number, dict(table)

    def read(self) -> Configured:
        name, kind = self._text("name"), self._text("kind")
        courts = tuple(self._table.pop("courts", ()))
        makers: Mapping[str, Callable[[], Channel]] = {
            "wecom": lambda: WeCom(name, self._secret("url")),
            "dingtalk": lambda: DingTalk(name, self._secret("url"), self._secret("secret")),
            "feishu": lambda: Feishu(name, self._secret("url"), self._secret("secret")),
            "webhook": lambda: self._webhook(name, "webhook"),
            "sms": lambda: self._webhook(name, "sms"),
            "call": lambda: self._webhook(name, "call"),
            "mail": lambda: self._mail(name),
        }
        if kind not in makers:
            raise self._wrong("kind", f"{kind!r} is none of {', '.join(makers)}")
        channel = makers[kind]()
        if self._table:
            raise self._wrong(min(self._table), f"a channel of kind {kind!r} has no such field")
        return Configured(channel, "robot" if kind in ROBOTS else kind, courts)

    def _webhook(self, name: str, kind: str) -> Webhook:
        per_minute = float(self._table.pop("per_minute", 60))
        return Webhook(name, self._secret("url"), self._secret("secret"), kind, per_minute)

    def _mail(self, name: str) -> Mail:
        port, tls = int(self._table.pop("port", 25)), bool(self._table.pop("require_tls", False))
        user = str(self._table.pop("user", ""))
        password = self._secret("password") if user else ""
        return Mail(name, self._text("host"), port, self._text("sender"), user, password, require_tls=tls)

    def _text(self, field: str) -> str:
        value = self._table.pop(field, None)
        if not isinstance(value, str) or not value:
            raise self._wrong(field, "is missing, or is no text")
        return value

    def _secret(self, field: str) -> str:
        """``<field>_file`` names a file beside this one; an address that is no secret may stand here itself."""
        named = self._table.pop(f"{field}_file", None)
        if named is None:
            if field != "url":
                raise self._wrong(f"{field}_file", f"is missing: put the {field} into a file of its own and name it here")
            return self._text(field)
        try:
            return (self._path.parent / str(named)).read_text().strip()
        except OSError as error:
            raise self._wrong(f"{field}_file", str(error)) from None

    def _wrong(self, field: str, message: str) -> ChannelConfigError:
        return ChannelConfigError(f"{self._path}: channel {self._number}: {field}: {message}")
