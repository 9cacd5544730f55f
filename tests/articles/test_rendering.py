"""Markdown becomes harmless HTML, whoever wrote it."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.articles.rendering import render

HARMLESS = {"p", "h2", "h3", "ul", "ol", "li", "strong", "em", "a", "blockquote", "code", "pre", "hr", "br", "sup"}
HARMLESS |= {"aside", "div", "table", "thead", "tbody", "tr", "th", "td"}


class Seen(HTMLParser):
    """An independent reading of what came out: every element and attribute in it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_comment(self, data: str) -> None:
        self.elements.append(("!--", {}))


def harms(html: str) -> list[object]:
    found: list[object] = []
    for tag, attributes in Seen(html).elements:
        if tag not in HARMLESS:
            found.append(tag)
        found += [
            name for name in attributes if name.startswith("on") or name in {"style", "src", "srcdoc", "formaction"}
        ]
        href = (attributes.get("href") or "").strip().lower()
        if ":" in href.split("/")[0].split("#")[0] and not href.startswith(("http:", "https:", "mailto:")):
            found.append(href)
    return found


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<style>*{display:none}</style>",
    "<!-- --><form action=//evil.example><button>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt&#58;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    '[x](/ok "onmouseover=alert(1)")',
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "[x]: javascript:alert(1)\n\n[x]",
    '::: technique "><script>alert(1)</script>\ntext\n:::',
    "::: you onclick=alert(1)\ntext\n:::",
    '[^"><script>alert(1)</script>]',
    "text[^a]\n\n[^a]: <script>alert(1)</script>",
    '## "><img src=x onerror=alert(1)>',
    "| a |\n|---|\n| <script>alert(1)</script> |",
    '```"><script>\nalert(1)\n```',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<a href='javascript:alert(1)'>x</a>",
]


@pytest.mark.parametrize("markdown", HOSTILE)
def test_hostile_input_renders_harmless(markdown: str) -> None:
    assert harms(render(markdown, {"swedish": "<b>Swedish</b>"}).html) == []


@given(st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30)), max_size=6))
def test_any_mixture_renders_harmless(pieces: list[str]) -> None:
    assert harms(render("".join(pieces)).html) == []
    assert harms(render("\n\n".join(pieces)).html) == []


def test_the_check_for_harm_sees_harm() -> None:
    for html in ("<script>", "<p onclick=x>", "<a href=' javascript:x'>", "<p style=x>", "<!-- x -->"):
        assert harms(html), html


def test_citations_are_numbered_by_first_use_and_link_to_the_foot() -> None:
    page = render("One.[^b] Two.[^a] Again.[^b]")
    assert page.cited == ("b", "a")
    links = [attributes for tag, attributes in Seen(page.html).elements if tag == "a"]
    assert [each["href"] for each in links] == ["#source-1", "#source-2", "#source-1"]
    assert len({each["id"] for each in links}) == 3


def test_headings_make_the_contents_with_anchors_of_their_own() -> None:
    page = render("## Rest\n\ntext\n\n### Deeper\n\n## Rest\n\n## *Move* & walk")
    assert [each.title for each in page.contents] == ["Rest", "Rest", "Move & walk"]
    anchors = [each.anchor for each in page.contents]
    assert anchors == ["part-rest", "part-rest-2", "part-move-walk"]
    assert all(f'id="{anchor}"' in page.html for anchor in anchors)


def test_a_technique_box_links_only_to_a_technique_that_exists() -> None:
    known = {"swedish": "Swedish massage"}
    assert '<a href="/techniques/swedish"' in render("::: technique swedish\nCalm.\n:::", known).html
    assert "href" not in render("::: technique magic\nCalm.\n:::", known).html


def test_text_for_searching_has_no_marks() -> None:
    page = render("## Rest\n\nA **calm** [hour](/x).[^a]\n\n::: you\n- Walk\n:::")
    assert page.text == "Rest\nA calm hour.\nWalk"
    assert page.links == ("/x",)
