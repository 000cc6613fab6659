"""A broker that doesn't answer, told as the ways in tell it."""

from collections.abc import Iterator
from contextlib import contextmanager

from kafka.errors import KafkaError

from infra.kafka.connect import NoBroker
from producers.errors import BrokerAway


@contextmanager
def broker_away(bootstrap: str) -> Iterator[None]:
    """Let what kafka-python raises in the block be a `BrokerAway` that says which broker, and what to do."""
    try:
        yield
    except NoBroker as error:
        raise BrokerAway(str(error)) from None
    except KafkaError as error:
        raise BrokerAway(f"the broker at {bootstrap} answers no more: {error}") from None
