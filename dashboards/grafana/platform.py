"""The board of the platform itself, from Prometheus. Every metric that it names is declared in code; a test compares them."""

from typing import Final

from dashboards.grafana.model import Board, Panel, Question, Section


def _stat(title: str, about: str, expr: str, unit: str = "", orange: float | None = None, red: float | None = None) -> Panel:
    return Panel(
        title=title,
        about=about,
        look="stat",
        asks=(Question(text=expr),),
        source="prometheus",
        unit=unit,
        orange_above=orange,
        red_above=red,
        width=4,
        height=4,
    )


def _lines(title: str, about: str, *asks: tuple[str, str], unit: str = "", width: int = 12) -> Panel:
    return Panel(
        title=title,
        about=about,
        look="lines",
        asks=tuple(Question(text=text, legend=legend) for text, legend in asks),
        source="prometheus",
        unit=unit,
        width=width,
    )


_NOW: Final = (
    _stat(
        "监督延迟",
        "Age of the last tick that the engine is through with, at worst.",
        "max(yipanqi_watermark_age_seconds)",
        "s",
        60,
        300,
    ),
    _stat("积压", "Records not yet applied, all rooms.", "sum(yipanqi_lag_records)", "", 10_000, 100_000),
    _stat("最久未提交", "Seconds since the last commit, at worst.", "max(yipanqi_commit_age_seconds)", "s", 30, 120),
    _stat("数仓写入", "Seconds since the tables were last written.", "max(yipanqi_projection_write_age_seconds)", "s", 30, 300),
    _stat("被静音来源", "Sources that the breaker keeps out.", "sum(yipanqi_muted_sources)", "", 0),
    _stat(
        "看门狗",
        "Seconds since the watchdog came back through Alertmanager.",
        "time() - max(yipanqi_watchdog_timestamp_seconds)",
        "s",
        600,
        900,
    ),
)
_ENGINE: Final = (
    _lines(
        "处理速度", "Records applied a second.", ("sum by (topic) (rate(yipanqi_events_total[5m]))", "{{topic}}"), unit="ops"
    ),
    _lines(
        "积压：按主题",
        "A flat line of speed while this grows = a room hangs.",
        ("sum by (topic) (yipanqi_lag_records)", "{{topic}}"),
    ),
    _lines(
        "检查点用时 p99",
        "Near its interval, the broker is the bottleneck.",
        ("histogram_quantile(0.99, sum by (le, job) (rate(yipanqi_checkpoint_seconds_bucket[5m])))", "{{job}}"),
        unit="s",
    ),
    _lines(
        "事件循环延迟",
        "Over a second, heartbeats and commits suffer.",
        ("max by (job, instance) (yipanqi_loop_lag_seconds)", "{{instance}}"),
        unit="s",
    ),
    _lines(
        "预警流水",
        "Transitions a second, by kind.",
        ("sum by (transition) (rate(yipanqi_alert_transitions_total[5m]))", "{{transition}}"),
        unit="ops",
    ),
    _lines(
        "值班决定",
        "Decisions a second, by outcome.",
        ("sum by (outcome) (rate(yipanqi_duty_decisions_total[5m]))", "{{outcome}}"),
        unit="ops",
    ),
)
_TROUBLE: Final = (
    _lines(
        "死信",
        "Refused records in five minutes, by reason.",
        ("sum by (reason) (increase(yipanqi_dead_letters_total[5m]))", "{{reason}}"),
    ),
    _lines(
        "网关",
        "Accepted and refused a second.",
        ("sum(rate(yipanqi_gateway_events_accepted_total[5m]))", "接收"),
        ("sum(rate(yipanqi_gateway_events_refused_total[5m]))", "拒收"),
        unit="ops",
    ),
    _lines(
        "网关应答 p99",
        "From request to answer.",
        ("histogram_quantile(0.99, sum by (le) (rate(yipanqi_gateway_request_seconds_bucket[5m])))", "p99"),
        unit="s",
    ),
    _lines(
        "通知",
        "Pages in five minutes, by what became of them.",
        ("sum by (result) (increase(yipanqi_pages_total[5m]))", "{{result}}"),
    ),
    _lines("待写记录", "Records that wait for ClickHouse.", ("sum(yipanqi_projection_waiting_records)", "待写")),
    _lines(
        "数仓无应答",
        "Tries that ClickHouse did not answer, in five minutes.",
        ("sum(increase(yipanqi_projection_unavailable_total[5m]))", "次"),
    ),
)
PLATFORM: Final = Board(
    uid="yipanqi-platform",
    title="平台运行",
    about="How the platform itself runs: lag, age of commits, dead letters, gateway, pages. What pages are Prometheus' rules.",
    folder="yipanqi-platform",
    tags=("yipanqi-platform",),
    sections=(Section("现在", _NOW), Section("引擎", _ENGINE), Section("故障", _TROUBLE)),
    courts=False,
    refresh="30s",
    since="now-6h",
)
