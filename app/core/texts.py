"""Sentences for people, written where no page is at hand: they are marked here and translated by the door that shows them.

And lines that people typed, for others to read.
"""

from collections.abc import Callable, Mapping


def N_(text: str) -> str:  # noqa: N802 - gettext's own name
    """Marks a sentence for the catalogue where it cannot be translated yet: a door does that when it is shown."""
    return text


class Sentence(str):
    """An English sentence that a door can still say in another language: it knows its `key` and its `values`.

    The key names values as `%(name)s`; a value may be a sentence itself.
    """

    __slots__ = ("key", "values")
    key: str
    values: Mapping[str, object]

    def __new__(cls, key: str, **values: object) -> "Sentence":
        made = super().__new__(cls, key % values if values else key)
        made.key, made.values = key, values
        return made


def one_line(text: str) -> str:
    """What somebody typed as a line, without what is not seen: line ends, controls, marks that turn the line around."""
    return " ".join("".join(each for each in text if each.isprintable() or each.isspace()).split())


def in_words(text: str, say: Callable[[str], str]) -> str:
    """A sentence in the language that `say` speaks."""
    if not isinstance(text, Sentence):
        return say(text)
    values = {name: in_words(each, say) if isinstance(each, Sentence) else each for name, each in text.values.items()}
    return say(text.key) % values if values else say(text.key)


def taken_apart(text: str) -> list[object]:
    """A sentence as JSON keeps it: [key, values]."""
    return [text.key, dict(text.values)] if isinstance(text, Sentence) else [text, {}]


def put_together(key: str, values: Mapping[str, object]) -> str:
    """The sentence that was taken apart."""
    return Sentence(key, **values) if values else key
