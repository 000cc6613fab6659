"""`yipanqi duty audit|quality` on a real Kafka: nothing to find in a whole log; what is lost or altered is named."""

from collections.abc import Sequence
from datetime import date

import msgspec
from click.testing import CliRunner, Result
from duty_script import BASIC, Script
from kafka import KafkaProducer

from contract.duty import commands as c
from contract.duty.decisions import Decision, encode
from contract.duty.roster import Rota, Rotation
from contract.topics import COMMANDS, DECISIONS, EMBEDDED_PARTITIONS
from yipanqi.duty import command


def story() -> Script:
    """A red alert that climbs, is answered, and ends; its pages are delivered."""
    script = Script(count=EMBEDDED_PARTITIONS)
    script.roster(BASIC, officer="甲", officer_b="乙", technician="技", leader="丙")
    script.raises("a", "red", hours=False, hold="10 minutes")
    script.advance(minutes=10)
    script.advance(minutes=5)
    script.does("乙", c.Acknowledge)
    for page in script.pages():
        if page.get("state", "due") == "due":
            script.notifier(c.PageClaim, page["id"], channel="call")
    script.advance(minutes=1)
    script.ends("a")
    script.advance(minutes=5)
    return script


def write(kafka: str, script: Script, decisions: Sequence[Decision]) -> None:
    """Put a script's input and decisions into the log, each into its partition."""
    producer = KafkaProducer(bootstrap_servers=kafka, acks="all")
    for partition, _, told in script.log:
        producer.send(COMMANDS, key=told.target.encode(), value=c.encode(told), partition=partition)
    for one in decisions:
        partition = int(one.position.partition(":")[0])
        producer.send(DECISIONS, key=one.target.encode(), value=encode(one), partition=partition)
    producer.flush()
    producer.close()


def run(kafka: str) -> Result:
    """The command."""
    return CliRunner().invoke(command, ["audit", "--kafka", kafka])


def test_a_whole_log_has_nothing_to_find(topics: str) -> None:
    """Repeats of a crash are no second decision."""
    script = story()
    write(topics, script, [*script.decisions, *script.decisions[-3:]])
    result = run(topics)
    assert result.exit_code == 0, result.output
    assert "every escalation that was due happened" in result.output


def test_a_lost_and_an_altered_decision_are_named(topics: str) -> None:
    """The level that was jumped, the decision that the log lacks, and the one whose bytes differ."""
    script = story()
    lost = next(one for one in script.decisions if one.what == "escalated")
    altered = script.decisions[0]
    kept = [
        msgspec.structs.replace(one, reason="改过") if one is altered else one for one in script.decisions if one is not lost
    ]
    write(topics, script, kept)
    result = run(topics)
    assert result.exit_code == 1
    assert "1 decisions that differ from those made again" in result.output
    assert "1 decisions that the log lacks" in result.output
    assert lost.id in result.output


def test_quality_is_read_off_the_log(topics: str) -> None:
    """What the desk was asked, how fast it answered, how long the cure took."""
    script = story()
    assert "nothing was decided yet" in CliRunner().invoke(command, ["quality", "--kafka", topics]).output
    write(topics, script, [*script.decisions, *script.decisions[-3:]])
    result = CliRunner().invoke(command, ["quality", "--kafka", topics, "--days", "1"])
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert any(BASIC in line and " 2 " in line for line in lines)
    assert any("R-OBJ-01.a" in line and "0:05:00" in line and "0:16:00" in line for line in lines)
    assert "red 100.0 % (about 5 %)" in result.output


def test_a_policy_is_rehearsed_against_the_rosters_of_the_log(topics: str) -> None:
    """Who would be paged when; the log is as it was."""
    script = Script(count=EMBEDDED_PARTITIONS)
    turn = Rotation(post="officer", accounts=("甲",), every="week", first_on=date(2024, 1, 1))
    rota = Rota(id=BASIC, court=BASIC, from_on=date(2024, 3, 4), rotations=(turn,))
    set_it = script.does("局长", c.RotaSet, f"roster/{BASIC}", role="director", rota=rota)
    assert set_it.outcome == "accepted"
    write(topics, script, script.decisions)
    asked = ["simulate", BASIC, "--kafka", topics, "--severity", "orange", "--at", "2024-03-05T10:00+08:00", "--days", "2"]
    result = CliRunner().invoke(command, asked)
    assert result.exit_code == 0, result.output
    assert "2024-03-06 09:00" in result.output
    assert "1 people would be paged: 甲" in result.output
    assert "无人在岗" in result.output
    for wrong, text in (
        (["simulate", "nowhere"], "no court has the code"),
        ([*asked, "--rule", "R-NO"], "no pack given has a rule"),
    ):
        refused = CliRunner().invoke(command, wrong)
        assert refused.exit_code == 2
        assert text in refused.output
