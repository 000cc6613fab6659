"""The rulebook as one HTML file that stands alone: for reading on a screen and for print."""

import re
from collections.abc import Mapping
from html import escape

from markdown_it import MarkdownIt

_STYLE = """
body { font: 15px/1.6 "Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", sans-serif; max-width: 78rem; margin: 2rem auto;
  padding: 0 1rem; color: #1a1a1a; background: #fff }
table { border-collapse: collapse; display: block; overflow-x: auto; margin: .6rem 0 }
td, th { border: 1px solid #ccc; padding: .25rem .5rem; text-align: left; vertical-align: top; min-width: 4em }
td:first-child { white-space: nowrap }
td:nth-child(2), td:nth-child(3), td:nth-child(4):last-child { min-width: 14em }
code { font-size: 12px; color: #444; white-space: pre-wrap; overflow-wrap: anywhere }
blockquote { margin: .5rem 0; padding: .2rem .9rem; border-left: 4px solid #b8860b; background: #faf7f0 }
section + section { border-top: 2px solid #1a1a1a; margin-top: 3rem }
h2 { margin-top: 2.2rem; break-after: avoid }
table, blockquote { break-inside: avoid }
a { color: #0b4f8a }
@media (prefers-color-scheme: dark) {
  body { color: #e6e6e6; background: #16181c } td, th { border-color: #444 } code { color: #bbb } a { color: #7fb7ea }
  blockquote { background: #22231f } section + section { border-color: #888 }
}
"""
_LINK = re.compile(r'href="([\w.-]+)\.md(?:#([\w-]+))?"')


def html_of(pages: Mapping[str, str]) -> str:
    """All pages, the index first, as one document; links between them stay inside it."""
    markdown = MarkdownIt("commonmark", {"html": True}).enable("table")
    names = {name.removesuffix(".md") for name in pages}

    def inside(match: re.Match[str]) -> str:
        place = "-".join(filter(None, match.groups()))
        return f'href="#{place}"' if match[1] in names else match[0]

    body = []
    for name, text in pages.items():
        page = escape(name.removesuffix(".md"))
        # Two packs may have a rule of one id: here an anchor carries the name of its page.
        content = _LINK.sub(inside, markdown.render(text)).replace('<a id="', f'<a id="{page}-')
        body.append(f'<section id="{page}">\n{content}</section>')
    return (
        '<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>规则书 Rulebook</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n" + "\n".join(body) + "\n</body>\n</html>\n"
    )
