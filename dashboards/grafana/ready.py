"""The SDK's builders take builders; this hands them what is already built."""

from typing import TypeVar

from grafana_foundation_sdk.cog.builder import Builder

T = TypeVar("T")


class Ready(Builder[T]):
    """A builder of one thing that is there."""

    def __init__(self, made: T) -> None:
        self._made = made

    def build(self) -> T:
        """The thing."""
        return self._made
