"""Markdown to harmless HTML: raw HTML is shown as text, what remains is sanitised, citations become numbers.

`::: you`, `::: warning` and `::: technique <slug>` make boxes; `[^key]` cites a source by its key.
"""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.footnote import footnote_plugin

from app.articles import reading

BOXES = ("you", "warning", "technique")

_TAGS = {"p", "h2", "h3", "ul", "ol", "li", "strong", "em", "a", "blockquote", "code", "pre", "hr", "br", "sup"}
_TAGS |= {"aside", "div", "table", "thead", "tbody", "tr", "th", "td"}
_ATTRIBUTES = {
    "a": {"href", "id", "aria-label"},
    "h2": {"id"},
    "h3": {"id"},
    "ol": {"start"},
    "div": {"tabindex", "role", "aria-label"},
}
_CLASSES = {
    "aside": {f"box-{name}" for name in BOXES} | {"box"},
    "sup": {"cite"},
    "div": {"table-box"},
    "table": {"table"},
}
_TECHNIQUE = re.compile(r"technique\s+([a-z0-9-]+)\s*$")


@dataclass(frozen=True, slots=True)
class Heading:
    """A part of the text, for the table of contents."""

    anchor: str
    title: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text ready for a page. `cited` are source keys in the order of their numbers; `text` is for searching."""

    html: str
    contents: tuple[Heading, ...]
    cited: tuple[str, ...]
    links: tuple[str, ...]
    minutes: int
    text: str


def render(markdown: str, techniques: Mapping[str, str] | None = None) -> Rendered:
    """Render a text. `techniques` are the names by slug of the techniques that a box may link to."""
    environment: dict[str, Any] = {"techniques": techniques or {}}
    parser = _parser()
    tokens = _without_notes(parser.parse(markdown, environment))
    contents = _number_headings(tokens)
    html = nh3.clean(
        parser.renderer.render(tokens, parser.options, environment),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        allowed_classes=_CLASSES,
        url_schemes={"http", "https", "mailto"},
    )
    return Rendered(
        html=html,
        contents=contents,
        cited=_cited(tokens),
        links=tuple(_links(tokens)),
        minutes=reading.minutes(markdown),
        text="\n".join([*(each.title for each in contents), *reading.passages(markdown)]),
    )


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    parser.use(footnote_plugin, inline=False, always_match_refs=True)
    for name in BOXES:
        parser.use(container_plugin, name, render=_box)
    parser.add_render_rule("footnote_ref", _citation)
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("table_close", _table_close)
    return parser


def _box(_self: RendererHTML, tokens: Sequence[Token], at: int, _options: Any, env: Mapping[str, Any]) -> str:
    """An aside; a technique's box opens with its name as a link, when the technique exists."""
    name = tokens[at].type.split("_")[1]
    if tokens[at].nesting < 0:
        return "</aside>\n"
    opening = f'<aside class="box box-{name}">\n'
    wanted = _TECHNIQUE.search(tokens[at].info)
    slug = wanted.group(1) if wanted else ""
    if slug in env["techniques"]:
        opening += f'<p><a href="/techniques/{slug}">{escape(env["techniques"][slug])}</a></p>\n'
    return opening


def _citation(_self: RendererHTML, tokens: Sequence[Token], at: int, _options: Any, _env: object) -> str:
    number, again = tokens[at].meta["id"] + 1, tokens[at].meta["subId"]
    anchor = f"cite-{number}-{again + 1}" if again else f"cite-{number}"
    link = f'<a id="{anchor}" href="#source-{number}" aria-label="Source {number}">{number}</a>'
    return f'<sup class="cite">{link}</sup>'


def _table_open(_self: RendererHTML, *_rest: object) -> str:
    return '<div class="table-box" tabindex="0" role="region" aria-label="Table"><table class="table">\n'


def _table_close(_self: RendererHTML, *_rest: object) -> str:
    return "</table></div>\n"


def _without_notes(tokens: list[Token]) -> list[Token]:
    """The sources are shown by the page, so what the plugin gathers at the end is cut off."""
    ends = [at for at, token in enumerate(tokens) if token.type == "footnote_block_open"]
    return tokens[: ends[0]] if ends else tokens


def _number_headings(tokens: list[Token]) -> tuple[Heading, ...]:
    """Give every heading an anchor; those of the second level make the contents."""
    found: list[Heading] = []
    taken: set[str] = set()
    for token, inline in itertools.pairwise(tokens):
        if token.type == "heading_open":
            title = "".join(child.content for child in inline.children or [])
            anchor = _free("part-" + "-".join(re.findall(r"[a-z0-9]+", title.lower())), taken)
            token.attrSet("id", anchor)
            if token.tag == "h2":
                found.append(Heading(anchor, title))
    return tuple(found)


def _free(anchor: str, taken: set[str]) -> str:
    number, free = 2, anchor
    while free in taken:
        number, free = number + 1, f"{anchor}-{number}"
    taken.add(free)
    return free


def _children(tokens: list[Token]) -> list[Token]:
    return [child for token in tokens for child in token.children or []]


def _cited(tokens: list[Token]) -> tuple[str, ...]:
    keys = {token.meta["id"]: token.meta["label"] for token in _children(tokens) if token.type == "footnote_ref"}
    return tuple(keys[number] for number in sorted(keys))


def _links(tokens: list[Token]) -> list[str]:
    return [str(token.attrGet("href")) for token in _children(tokens) if token.type == "link_open"]
