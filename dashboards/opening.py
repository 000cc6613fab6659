"""Reading the rows that a number opens, within bounds: two questions at once, so that those of a nation hold up nobody else."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Final, Self

from dashboards.counted import Opened
from dashboards.problems import Unanswerable
from infra.clickhouse.client import ClickHouse, Settings
from infra.clickhouse.errors import Unavailable

AT_ONCE: Final = 2
ANSWER_S: Final = 12.0
"""How long an answer is waited for, also for its turn; less than a page waits."""
BOUNDS: Final[Settings] = {"max_execution_time": 10, "max_memory_usage": 2_000_000_000}
"""Of each statement: seconds, bytes."""
_EXCEEDED: Final = frozenset({159, 241})
"""ClickHouse's TIMEOUT_EXCEEDED, MEMORY_LIMIT_EXCEEDED."""


class Opening:
    """The readers of a process, with threads and connections of their own.

    Args:
        client: Of the warehouse.
        bounds: Settings of each statement.
        answer_s: How long an answer is waited for.
    """

    def __init__(self, client: ClickHouse, *, bounds: Settings = BOUNDS, answer_s: float = ANSWER_S) -> None:
        self._client = client.under(bounds)
        self._answer_s = answer_s
        self._readers = ThreadPoolExecutor(AT_ONCE, "rows")

    async def read(self, question: Callable[[ClickHouse], Opened]) -> Opened:
        """The answer to a question of rows.

        Raises:
            Unanswerable: 503 where it takes more time or memory than there is for one, or its turn doesn't come.
        """
        # A reader whose asker has left goes on to the end of its question, each statement of it within bounds, and its place is
        # taken as long.
        reading = self._readers.submit(question, self._client)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(reading), self._answer_s)
        except TimeoutError:
            raise _busy() if reading.cancelled() else _too_much() from None
        except Unavailable as error:
            if error.code in _EXCEEDED:
                raise _too_much() from error
            raise

    def close(self) -> None:
        """Read nothing more; what is being read ends."""
        self._readers.shutdown(wait=False, cancel_futures=True)
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _too_much() -> Unanswerable:
    return Unanswerable(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "these are more rows than can be read at once: ask for a court below, or for fewer days",
        "范围过大，请选择法院或缩短期间",
        kind="too-much",
    )


def _busy() -> Unanswerable:
    return Unanswerable(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "the rows of other numbers are being read: ask again in a moment",
        "正在读取其他数字所计的行，请稍后再试",
        kind="busy",
    )
