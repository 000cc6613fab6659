"""The file of channels, and the buckets in front of them."""

from pathlib import Path

import pytest

from infra.channels.buckets import Bucket
from infra.channels.config import ChannelConfigError, Channels, load_channels

pytestmark = pytest.mark.unit


def _nowhere(court: str) -> bool:
    return not court


def _everywhere(court: str) -> bool:
    return bool(court)


def _file(folder: Path, text: str) -> Path:
    (folder / "url").write_text("http://127.0.0.1:9/k\n")
    path = folder / "channels.toml"
    path.write_text(text)
    return path


def test_a_desk_gets_its_own_channel_before_everybodys(tmp_path: Path) -> None:
    """Channels with courts serve those and all below, and come before those for everybody."""
    text = """
    [[channel]]
    name = "全国"
    kind = "wecom"
    url_file = "url"
    [[channel]]
    name = "北京"
    kind = "wecom"
    url_file = "url"
    courts = ["京"]
    """
    channels = load_channels(_file(tmp_path, text))
    assert [one.name for one in channels.of("robot", lambda court: court == "京")] == ["北京", "全国"]
    assert [one.name for one in channels.of("robot", _nowhere)] == ["全国"]
    assert channels.of("mail", _everywhere) == ()


def test_no_file_is_no_channels(tmp_path: Path) -> None:
    """An installation without channels pages nobody, and says so by the pages that fail."""
    assert load_channels(tmp_path / "none.toml") == Channels()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[channel]]\nname = "a"\nkind = "fax"', "channel 1: kind: 'fax' is none of wecom, dingtalk"),
        ('[[channel]]\nkind = "wecom"', "channel 1: name: is missing"),
        ('[[channel]]\nname = "a"\nkind = "sms"\nurl = "http://x"', "channel 1: secret_file: is missing: put the secret into"),
        ('[[channel]]\nname = "a"\nkind = "wecom"\nurl_file = "none"', "channel 1: url_file: .*No such file"),
        (
            '[[channel]]\nname = "a"\nkind = "wecom"\nurl_file = "url"\ncolour = 1',
            "channel 1: colour: a channel of kind 'wecom' has",
        ),
        ("channels = 1", "unknown field 'channels'"),
        ("=", "channels.toml: "),
    ],
)
def test_a_wrong_file_says_where_and_what_to_do(tmp_path: Path, text: str, message: str) -> None:
    """File, channel and field are named."""
    with pytest.raises(ChannelConfigError, match=message):
        load_channels(_file(tmp_path, text))


def test_a_bucket_lets_a_burst_through_then_the_rate() -> None:
    """15 at once, then one every four seconds; a provider's pause holds whatever is in the bucket."""
    bucket = Bucket(15)
    assert sum(bucket.take(0) for _ in range(20)) == 15
    assert not bucket.take(3.9)
    assert bucket.take(4.0)
    assert bucket.wait_s(4.0) == pytest.approx(4.0)
    bucket.close(60, 600)
    assert not bucket.take(300)
    assert bucket.wait_s(300) == 360
    assert bucket.take(660)
