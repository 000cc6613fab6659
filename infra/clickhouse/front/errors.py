"""Errors of the embedded ClickHouse front.

FrontError
├── FolderInUse     another process owns the data folder
└── EngineError     the engine refused a statement; goes to the client with its code
"""

import re
from pathlib import Path
from typing import Final

_ENGINE_TEXT: Final = re.compile(r"Code: (\d+)\. (DB::.*)", re.DOTALL)
_STD_EXCEPTION: Final = 1001


class FrontError(Exception):
    """Root of what the front raises."""


class FolderInUse(FrontError):
    """Another process holds the lock of the data folder."""

    def __init__(self, folder: Path, holder: str) -> None:
        super().__init__(f"the ClickHouse data folder {folder} is in use by process {holder}; stop it or choose another --data")


class EngineError(FrontError):
    """A refusal with ClickHouse's own error code and message."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"Code: {code}. {message}")
        self.code = code
        self.message = message

    @classmethod
    def of(cls, error: Exception) -> "EngineError":
        """Read code and message out of the text with which chdb raises."""
        found = _ENGINE_TEXT.search(str(error))
        return cls(int(found[1]), found[2]) if found else cls(_STD_EXCEPTION, f"DB::Exception: {error}")
