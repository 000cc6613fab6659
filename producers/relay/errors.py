"""The errors of the relay.

YipanqiError
├── OutboxError    the table is missing or laid out otherwise, or a file of secrets can't be used: trying again can't help
└── Away           the gateway didn't take a batch: sending all of it again later is safe
"""

from contract.errors import YipanqiError


class OutboxError(YipanqiError):
    """The outbox can't be used as it is; the text says what to do."""


class Away(YipanqiError):
    """The gateway didn't take a batch, or nobody knows whether it did; sending it again is safe.

    Attributes:
        cause: Short stable name, the label of a metric: ``connection``, ``token``, ``busy``, ``broker``, ``answer``.
        retry_after_s: The least time that the gateway asked to wait.
    """

    def __init__(self, cause: str, text: str, retry_after_s: float = 0.0) -> None:
        super().__init__(text)
        self.cause = cause
        self.retry_after_s = retry_after_s
