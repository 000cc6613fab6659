"""Topics on a broker: created from the declaration in `contract/topics.py`, and compared with it, setting by setting."""

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from contract.errors import YipanqiError
from contract.topics import EMBEDDED_PARTITIONS, TOPICS, Topic
from infra.kafka.connect import connect

_DELETE_S = 15.0
_POLL_S = 0.05
_NO_ERROR = 0
_ALREADY_EXISTS = 36


class TopicsDiffer(YipanqiError):
    """The broker's topics are not what the declaration says.

    Attributes:
        differences: One sentence for each difference, sorted.
    """

    def __init__(self, bootstrap: str, differences: tuple[str, ...]) -> None:
        lines = "".join(f"\n  {difference}" for difference in differences)
        super().__init__(f"the topics of {bootstrap} differ from contract/topics.py; nothing was started:{lines}")
        self.differences = differences


def ensure_topics(
    bootstrap: str,
    partitions: int = EMBEDDED_PARTITIONS,
    topics: Iterable[Topic] = tuple(TOPICS.values()),
    replication: int = 1,
) -> tuple[str, ...]:
    """Create the topics that are missing, then check all of them; return the names that were created.

    Two callers at once are harmless.

    Raises:
        TopicsDiffer: a topic that was there before has other settings, or one could not be created.
        NoBroker: nobody answers.
    """
    declared = tuple(topics)
    with _admin(bootstrap) as admin:
        created, refused = _create(admin, declared, partitions, replication)
        differences = {f"{name}: cannot be created: {why}" for name, why in refused.items()}
        accepted = [topic for topic in declared if topic.name not in refused]
        admin.wait_for_topics([topic.name for topic in accepted])
        differences |= set(_differences(admin, accepted, partitions))
    if differences:
        raise TopicsDiffer(bootstrap, tuple(sorted(differences)))
    return created


def check_topics(
    bootstrap: str,
    partitions: int = EMBEDDED_PARTITIONS,
    topics: Iterable[Topic] = tuple(TOPICS.values()),
) -> None:
    """Compare the live topics with the declaration.

    Raises:
        TopicsDiffer: listing every missing topic and every setting that differs.
        NoBroker: nobody answers.
    """
    with _admin(bootstrap) as admin:
        differences = tuple(sorted(_differences(admin, tuple(topics), partitions)))
    if differences:
        raise TopicsDiffer(bootstrap, differences)


def delete_topics(bootstrap: str, topics: Iterable[Topic] = tuple(TOPICS.values())) -> None:
    """Delete those of the topics that exist, with all that is in them, and wait until the broker knows them no more."""
    wanted = {topic.name for topic in topics}
    deadline = time.monotonic() + _DELETE_S
    with _admin(bootstrap) as admin:
        while present := wanted & set(admin.list_topics()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{bootstrap} still shows {sorted(present)} {_DELETE_S:.0f} s after their deletion")
            admin.delete_topics(sorted(present), raise_errors=False)  # one that is going already is no error
            time.sleep(_POLL_S)


def _admin(bootstrap: str) -> KafkaAdminClient:
    return connect(KafkaAdminClient, bootstrap, client_id="yipanqi-topics")


def _create(
    admin: KafkaAdminClient, topics: Iterable[Topic], partitions: int, replication: int
) -> tuple[tuple[str, ...], dict[str, str]]:
    """Ask for all topics; return the names that are new, and name → reason of those that the broker refuses.

    Existing topics are asked for too: the controller's answer is certain, while a list from a broker may be a moment old.
    """
    request = {
        topic.name: {"num_partitions": partitions, "replication_factor": replication, "configs": topic.settings}
        for topic in topics
    }
    answers = admin.create_topics(request, raise_errors=False)["topics"]
    created = tuple(answer["name"] for answer in answers if answer["error_code"] == _NO_ERROR)
    refused = {
        answer["name"]: answer.get("error_message") or f"error code {answer['error_code']}"
        for answer in answers
        if answer["error_code"] not in {_NO_ERROR, _ALREADY_EXISTS}
    }
    return created, refused


def _differences(admin: KafkaAdminClient, topics: Iterable[Topic], partitions: int) -> Iterator[str]:
    """Yield a sentence for each setting of a live topic that is not what the declaration says."""
    names = set(admin.list_topics())
    present = [topic for topic in topics if topic.name in names]
    for topic in topics:
        if topic.name not in names:
            yield f"{topic.name}: is missing"
    if not present:
        return
    live: dict[str, Any] = {t["name"]: t for t in admin.describe_topics([topic.name for topic in present])}
    resources = [ConfigResource(ConfigResourceType.TOPIC, topic.name) for topic in present]
    configs: Mapping[str, Mapping[str, Mapping[str, Any]]] = admin.describe_configs(resources, config_filter="all")["topic"]
    for topic in present:
        count = len(live[topic.name]["partitions"])
        if count != partitions:
            yield f"{topic.name}: has {count} partitions, declared are {partitions}"
        for setting, wanted in topic.settings.items():
            found = configs[topic.name].get(setting, {}).get("value")
            if found != wanted:
                yield f"{topic.name}: {setting} is {found}, declared is {wanted}"
