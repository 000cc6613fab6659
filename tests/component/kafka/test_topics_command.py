"""`yipanqi topics`: the job that makes the topics of a broker which is not ours to start."""

from click.testing import CliRunner

from contract.topics import TOPICS
from infra.kafka.embedded import EmbeddedKafka
from infra.kafka.topics import delete_topics
from yipanqi.topics import command


def test_makes_what_is_missing_and_refuses_what_differs(kafka: EmbeddedKafka) -> None:
    """Missing topics fail a check and are then made; a second run makes none; another number of partitions is refused."""
    delete_topics(kafka.bootstrap)
    options = ["--kafka", kafka.bootstrap, "--partitions", "2"]
    missing = CliRunner().invoke(command, [*options, "--check"])
    assert missing.exit_code == 1
    assert "court.events.v1: is missing" in missing.output
    made = CliRunner().invoke(command, options)
    assert (made.exit_code, made.output.count("made ")) == (0, len(TOPICS)), made.output
    again = CliRunner().invoke(command, options)
    assert again.output == f"{len(TOPICS)} topics of 2 partitions are as declared\n"
    other = CliRunner().invoke(command, ["--kafka", kafka.bootstrap, "--partitions", "3"])
    assert other.exit_code == 1
    assert "has 2 partitions, declared are 3" in other.output
    delete_topics(kafka.bootstrap)
