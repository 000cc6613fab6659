"""Where a warehouse is, and as whom it is asked: the embedded front, or a server with users and passwords."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from infra.clickhouse.errors import ClickHouseError
from infra.secret_file import read_secret

if TYPE_CHECKING:
    from infra.clickhouse.client import ClickHouse

_MOST_PORT = 65535


class BadPlace(ClickHouseError):
    """An address that is none."""


class Place(msgspec.Struct, frozen=True):
    """A warehouse.

    Attributes:
        address: ``host:port`` of the native protocol.
        user: The user of the server.
        password_file: File of the user's password; None = it has none, as the embedded front.
    """

    address: str
    user: str = "default"
    password_file: Path | None = None

    def client(self, database: str = "", **options: Any) -> "ClickHouse":
        """A client for one database; ``options`` are those of `ClickHouse`.

        Raises:
            BadPlace: The address is no ``host:port``.
            SecretFileError: The password can't be read.
        """
        from infra.clickhouse.client import ClickHouse  # noqa: PLC0415  # the driver costs who names a place 0.1 s

        host, _, port = self.address.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) <= _MOST_PORT:
            raise BadPlace(f"{self.address!r} is no address of ClickHouse: write host:port, such as clickhouse:9000")
        password = read_secret(self.password_file, "password of ClickHouse") if self.password_file else ""
        return ClickHouse(host, int(port), database=database, user=self.user, password=password, **options)
