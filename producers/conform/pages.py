"""A report to be read: as Markdown, or as one HTML file that stands alone, for screen and print."""

from collections.abc import Iterator
from datetime import datetime
from html import escape

from contract.courts import COURTS
from contract.times import SHANGHAI
from producers.conform.check import Report
from producers.conform.findings import SEVERITIES, SEVERITY_ZH, Finding, Place

_STYLE = """
:root { --error: #b42318; --warning: #a15c07; --note: #175cd3; --good: #067647; --line: #d5d9e0; --soft: #f5f6f8 }
body { font: 15px/1.55 "Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", sans-serif; max-width: 72rem; margin: 2rem auto;
  padding: 0 1.2rem; color: #1d2330; background: #fff }
h1 { margin: 0 0 .2rem } h2 { margin: 2rem 0 .6rem } small, .quiet { color: #5b6472 }
.verdict { display: inline-block; padding: .25rem .9rem; border-radius: 4px; color: #fff; font-weight: 600; margin: .6rem 0;
  -webkit-print-color-adjust: exact; print-color-adjust: exact }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .6rem; margin: 0 }
dl div { background: var(--soft); border-radius: 6px; padding: .5rem .8rem }
dt { color: #5b6472; font-size: 13px }
dd { margin: 0; font-size: 20px; font-variant-numeric: tabular-nums; overflow-wrap: anywhere }
dd.text { font-size: 15px }
.finding { border-left: 5px solid; background: var(--soft); border-radius: 0 6px 6px 0; padding: .5rem .9rem; margin: .6rem 0;
  break-inside: avoid }
.error { border-color: var(--error) } .warning { border-color: var(--warning) } .note { border-color: var(--note) }
.tag { font-weight: 600 }
.error .tag { color: var(--error) } .warning .tag { color: var(--warning) } .note .tag { color: var(--note) }
.finding h3 { margin: 0; font-size: 16px; font-weight: 600 } .finding p { margin: .2rem 0 }
table { border-collapse: collapse; width: 100%; table-layout: fixed }
td, th { border-bottom: 1px solid var(--line); padding: .25rem .5rem; text-align: left; vertical-align: top;
  overflow-wrap: anywhere }
th:first-child, td:first-child { width: 7.5rem }
.finding td:first-child { white-space: nowrap; font-variant-numeric: tabular-nums }
code { font: 13px ui-monospace, "DejaVu Sans Mono", monospace }
"""


def markdown(report: Report) -> str:
    """The report as Markdown."""
    return "\n".join(_markdown(report)) + "\n"


def _markdown(report: Report) -> Iterator[str]:
    yield f"# 接入检查 Conformance: {report.file}\n"
    yield f"**{_verdict(report)}**\n"
    yield "| | |\n|---|---|"
    yield from (f"| {name} | {_cell(value)} |" for name, value in _facts(report))
    for severity in SEVERITIES:
        found = [one for one in report.findings if one.severity == severity]
        if found:
            yield f"\n## {SEVERITY_ZH[severity]} {severity} ({len(found)})"
        for one in found:
            yield f"\n### {one.title} × {one.count}\n\n`{one.code}` {one.advice}\n"
            yield from (f"- {_where(place)}: `{place.text}`" for place in one.places)
            yield from ([f"- … {_rest(one)} more"] if _rest(one) else [])
    yield "\n## 事件类型 Coverage\n\n| family | sent | not sent |\n|---|---|---|"
    for family in report.coverage:
        sent = ", ".join(f"{name} {count}" for name, count in family.sent.items())
        yield f"| {family.name} | {sent or '–'} | {', '.join(family.missing) or '–'} |"


def html(report: Report) -> str:
    """The report as one HTML file."""
    return (
        '<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>接入检查 {escape(report.file)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(_html(report))
        + "\n</body>\n</html>\n"
    )


def _html(report: Report) -> Iterator[str]:
    colour = "good" if report.conforms else "error"
    yield f"<h1>接入检查 <small>Conformance</small></h1><p class=quiet>{escape(report.file)}</p>"
    yield f'<p class=verdict style="background: var(--{colour})">{escape(_verdict(report))}</p>'
    facts = "".join(
        f"<div><dt>{escape(name)}</dt><dd{'' if len(value) < 12 else ' class=text'}>{escape(value)}</dd></div>"
        for name, value in _facts(report)
    )
    yield f"<dl>{facts}</dl>"
    yield "<h2>发现 Findings</h2>"
    if not report.findings:
        yield "<p>没有问题 Nothing found.</p>"
    yield from (_card(one) for one in report.findings)
    yield "<h2>事件类型 Coverage</h2><table><tr><th>family</th><th>已发送 sent</th><th>未发送 not sent</th></tr>"
    for family in report.coverage:
        sent = ", ".join(f"<code>{escape(name)}</code> {count}" for name, count in family.sent.items())
        missing = ", ".join(f"<code>{escape(name)}</code>" for name in family.missing)
        yield f"<tr><td>{escape(family.name)}</td><td>{sent or '–'}</td><td class=quiet>{missing or '–'}</td></tr>"
    yield "</table>"


def _card(one: Finding) -> str:
    places = "".join(f"<tr><td>{_where(place)}</td><td><code>{escape(place.text)}</code></td></tr>" for place in one.places)
    more = f"<tr><td></td><td class=quiet>… 另有 {_rest(one)} 处 more</td></tr>" if _rest(one) else ""
    return (
        f'<div class="finding {one.severity}"><h3><span class=tag>{SEVERITY_ZH[one.severity]}</span> {escape(one.title)}'
        f" × {one.count} <small><code>{escape(one.code)}</code></small></h3>"
        f"<p>{escape(one.advice)}</p><table>{places}{more}</table></div>"
    )


def _verdict(report: Report) -> str:
    grave = sum(finding.severity == "error" for finding in report.findings)
    if report.conforms:
        return "可以接入 The feed can join"
    return f"暂不能接入 The feed can't join yet: {grave} kinds of errors to mend"


def _facts(report: Report) -> list[tuple[str, str]]:
    court = COURTS.get(report.court)
    rates = report.rates
    facts = [
        ("法院 court", court.name if court else "–"),
        ("事件 events", str(report.events)),
        ("案件 cases", str(report.cases)),
        ("网关接收 / 不接收 accepted / refused lines", f"{report.accepted} / {report.refused}"),
        ("来源 sources", str(len(report.sources))),
        ("期间 period", f"{_day(report.first)} – {_day(report.last)}"),
        ("日均 events a day", f"{rates.per_day:g}"),
    ]
    if rates.busiest:
        facts.append(("最多一日 busiest day", f"{rates.busiest[0]}: {rates.busiest[1]}"))
    if rates.entered_within_s:
        median, most = map(_span, rates.entered_within_s)
        facts.append(("录入滞后 entered after (half / 95 %)", f"{median} / {most}"))
    return facts


def _day(instant: datetime | None) -> str:
    return "–" if instant is None else f"{instant.astimezone(SHANGHAI):%Y-%m-%d}"


def _span(seconds: float) -> str:
    for unit, size in (("d", 86400.0), ("h", 3600.0), ("min", 60.0)):
        if abs(seconds) >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"


def _where(place: Place) -> str:
    return f"line {place.line}" if place.line else "file"


def _rest(one: Finding) -> int:
    return max(0, one.count - len(one.places)) if all(place.line for place in one.places) else 0


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
