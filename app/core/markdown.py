"""What a person writes about themselves: a little Markdown, to HTML that can do no harm."""

from functools import cache

import nh3
from markdown_it import MarkdownIt

_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "blockquote"}


def simple(text: str) -> str:
    """Paragraphs, emphasis, lists and links. Raw HTML is shown as text; pictures and headings are not made."""
    return nh3.clean(
        _parser().render(text),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="nofollow noopener noreferrer",
    )


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(
        ["image", "heading", "lheading", "code", "fence"]
    )
