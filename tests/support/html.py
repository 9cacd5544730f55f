"""What is wrong with a page: parse errors, titles, duplicate ids, inline styles and scripts."""

from collections import Counter
from xml.etree.ElementTree import Element

import html5lib


def problems_of(text: str) -> list[str]:
    """One line a defect; empty for a sound page."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    tree: Element = parser.parse(text)
    found = [f"parse error at {place}: {code}" for place, code, _ in parser.errors]
    titles = [node for node in tree.iter("title") if (node.text or "").strip()]
    if not tree.findall("./head/title") or not titles:
        found.append("no title")
    ids = Counter(node.get("id") for node in tree.iter() if node.get("id"))
    found += [f"duplicate id {name!r}" for name, count in ids.items() if count > 1]
    found += [f"inline style on <{node.tag}>" for node in tree.iter() if node.get("style")]
    found += ["script without nonce" for node in tree.iter("script") if not node.get("src") and not node.get("nonce")]
    found += [f"handler {name}" for node in tree.iter() for name in node.attrib if str(name).startswith("on")]
    return found
