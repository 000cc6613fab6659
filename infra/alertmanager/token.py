"""The token by which Alertmanager proves to the notifier that it is the one that posts: one line in a file that both read."""

import secrets
from pathlib import Path

from infra.key_file import make_once
from infra.secret_file import read_secret

NAME = "alertmanager.token"


def webhook_token(data: Path, file: Path | None = None) -> str:
    """The token; made in the data folder if it isn't there.

    ``file``: it lies there, and is never made, since Alertmanager may have another.

    Raises:
        SecretFileError: With what to do about it.
    """
    if file is None:
        file = token_file(data)
        make_once(file, secrets.token_urlsafe(32).encode())
    return read_secret(file, "token of Alertmanager's posts")


def token_file(data: Path) -> Path:
    """Where it lies in a data folder."""
    return data / "keys" / NAME
