"""Topics on a live broker against their declaration."""

from collections.abc import Callable

import msgspec
import pytest

from contract.topics import EVENTS, KEYS, TOPICS, Topic
from infra.kafka.embedded import EmbeddedKafka
from infra.kafka.topics import TopicsDiffer, check_topics, delete_topics, ensure_topics


def test_declared_topics_are_made_once(kafka: EmbeddedKafka) -> None:
    """The first call creates every declared topic, the second creates none and finds nothing to object to."""
    delete_topics(kafka.bootstrap)
    assert set(ensure_topics(kafka.bootstrap)) == set(TOPICS)
    assert ensure_topics(kafka.bootstrap) == ()
    check_topics(kafka.bootstrap)


def test_every_difference_is_listed(topics: str) -> None:
    """A refusal names each missing topic, each wrong partition count and each wrong setting, not only the first."""
    keys = msgspec.structs.replace(TOPICS[KEYS], settings={**TOPICS[EVENTS].settings, "max.message.bytes": "7"})
    with pytest.raises(TopicsDiffer) as refusal:
        check_topics(topics, 3, [TOPICS[EVENTS], keys, Topic("court.nothing.v1", "any", "truth", {})])
    assert refusal.value.differences == (
        "court.events.v1: has 4 partitions, declared are 3",
        "court.keys.v1: cleanup.policy is compact, declared is delete",
        "court.keys.v1: has 4 partitions, declared are 3",
        "court.keys.v1: max.message.bytes is 2097152, declared is 7",
        "court.nothing.v1: is missing",
    )


def test_a_setting_that_the_broker_refuses_is_told(kafka: EmbeddedKafka) -> None:
    """A topic that cannot be created is named with the broker's reason."""
    wrong = Topic("scratch.refused", "any", "truth", {"cleanup.policy": "burn"})
    with pytest.raises(TopicsDiffer, match=r"scratch\.refused: cannot be created: .*burn"):
        ensure_topics(kafka.bootstrap, 1, [wrong])


def test_topics_are_never_made_by_a_typing_error(kafka: EmbeddedKafka, scratch_topic: Callable[..., str]) -> None:
    """Two scratch topics have different names, and looking for an undeclared one does not create it."""
    assert scratch_topic() != scratch_topic()
    missing = Topic("court.evnets.v1", "any", "truth", {})
    for _ in range(2):
        with pytest.raises(TopicsDiffer, match="is missing"):
            check_topics(kafka.bootstrap, 4, [missing])
