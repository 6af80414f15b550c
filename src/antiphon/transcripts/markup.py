"""Turns what a model wrote into HTML that cannot do anything: drawings first, then markdown, then an allow-list.

Remote pictures are never loaded, and never even named as pictures. It knows no event and no page.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.token import Token

from antiphon.transcripts.ascii_art import passages
from antiphon.transcripts.safe import for_html, printable

__all__ = ["ATTRIBUTES", "SCHEMES", "TAGS", "marked_up"]

_BLOCKS = ("blockquote", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "ul")
_TABLES = ("table", "tbody", "td", "th", "thead", "tr")
TAGS = frozenset((*_BLOCKS, *_TABLES, "a", "br", "code", "em", "s", "span", "strong"))
"""The only elements a message can bring into a page."""
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "span": {"class"}, "pre": {"class"}}
"""The only attributes; classes are narrowed to our own two besides."""
SCHEMES = frozenset({"http", "https", "mailto"})
"""Where a link may lead when a reader follows it; nothing is ever fetched by itself."""
_LONGEST = 100_000
"""Characters that are read as markdown; a longer message is set as it is, for nesting costs more than linear time."""
_MOST_BRACKETS = 2_000
"""Opening brackets in one passage, for the same reason: the search for each link's end starts anew."""
_HEADING = 3
"""A message's headings stand this much below the page's own, so that the outline stays the page's."""


def marked_up(text: str) -> str:
    """Give safe HTML for a message."""
    clean = printable(text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(clean) > _LONGEST:
        return _fixed(clean)
    return "".join(_fixed(part.text) if part.drawn else _flowing(part.text) for part in passages(clean))


def _fixed(text: str) -> str:
    return f'<pre class="art">{for_html(text)}\n</pre>'


def _flowing(text: str) -> str:
    if not text.strip():
        return ""
    if text.count("[") > _MOST_BRACKETS:
        return _fixed(text)
    reader = _reader()
    tokens = reader.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1]) + _HEADING)}"
    rendered = reader.renderer.render(tokens, reader.options, {})
    return nh3.clean(
        rendered,
        tags=set(TAGS),
        clean_content_tags=set(),
        attributes={tag: names - {"class"} for tag, names in ATTRIBUTES.items()},
        allowed_classes={"span": {"remote"}, "pre": {"art"}},
        url_schemes=set(SCHEMES),
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
    )


@cache
def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True, "maxNesting": 20})
    reader.enable(["table", "strikethrough"])
    reader.add_render_rule("image", _unloaded)
    return reader


def _unloaded(
    _: RendererProtocol,
    tokens: Sequence[Token],
    index: int,
    *_rest: Any,  # Any: the renderer's options and environment, not looked at
) -> str:
    """Say in words what a remote picture would have been."""
    token = tokens[index]
    address = str(token.attrs.get("src", ""))
    return f'<span class="remote">[picture not loaded: {for_html(token.content)} {for_html(address)}]</span>'
