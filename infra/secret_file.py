"""Files that hold one line of secret text, such as a password; a stack mounts them into its containers."""

from pathlib import Path

from contract.errors import YipanqiError


class SecretFileError(YipanqiError):
    """A secret can't be read, or its file holds none."""


def read_secret(path: Path, name: str) -> str:
    """The secret in a file, without the end of its line.

    Args:
        path: The file.
        name: What it is called in errors, e.g. "password of ClickHouse".

    Raises:
        SecretFileError: With what to do about it; it never shows what the file holds.
    """
    try:
        secret = path.read_text(encoding="utf-8").removesuffix("\n").removesuffix("\r")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise SecretFileError(f"the {name} cannot be read from {path}: {why}") from None
    if not secret or secret != secret.strip() or "\n" in secret:
        raise SecretFileError(f"{path} must hold the {name} on one line, without spaces around it, and nothing else")
    return secret
