"""A calendar file as lines and blocks (RFC 5545 §3.1, §3.6), forgiving of what real programs write. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

READ = frozenset({"VEVENT", "VFREEBUSY", "VTIMEZONE"})
_FOLD = re.compile(r"(?:\r\n|\n|\r)[ \t]")
_LINE_END = re.compile(r"\r\n|\n|\r")
_NAME = re.compile(r"[A-Za-z0-9-]+")
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)=("[^"]*"|[^";:,]*(?:,(?:"[^"]*"|[^";:,]*))*)')


class Line(NamedTuple):
    """One content line: `parameters` have upper-case names and no quotes."""

    name: str
    parameters: dict[str, str]
    value: str

    def __str__(self) -> str:
        inner = "".join(f";{name}={_quoted(value)}" for name, value in self.parameters.items())
        return f"{self.name}{inner}:{self.value}"


@dataclass
class Block:
    """One event, free-busy list or zone, as it was written; `lines` without those of blocks inside it (alarms)."""

    kind: str
    lines: list[str] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    whole: bool = False


@dataclass
class CalendarText:
    """One VCALENDAR: its own lines and its blocks."""

    lines: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)

    def of(self, kind: str) -> list[Block]:
        return [block for block in self.blocks if block.kind == kind]


def decode(content: bytes) -> str:
    """Text of any usual encoding; what cannot be read becomes a replacement character."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    return content.decode("utf-8-sig", "replace").replace("\0", "")


def unfolded(text: str) -> list[str]:
    """Logical lines: a line that begins with a space or a tab goes on with the one before it."""
    return _LINE_END.split(_FOLD.sub("", text))


def calendars(lines: Iterable[str]) -> list[CalendarText]:
    """Every VCALENDAR of a file. A file that was cut off gives what is there, its last block not `whole`."""
    found: list[CalendarText] = []
    block: Block | None = None
    depth = 0
    for line in lines:
        opens, closes = line[:6].upper() == "BEGIN:", line[:4].upper() == "END:"
        kind = line[6:].strip().upper() if opens else ""
        if opens and kind == "VCALENDAR":
            found.append(CalendarText())
            block = None
        elif not found or not line.strip():
            continue
        elif block is None and opens:
            block, depth = Block(kind, raw=[line]), 1
            found[-1].blocks += [block] if kind in READ else []
        elif block is None:
            found[-1].lines.append(line)
        else:
            block.raw.append(line)
            depth += opens - closes
            if depth == 0:
                block.whole, block = True, None
            elif depth == 1 and not closes:
                block.lines.append(line)
    return found


def parse_line(line: str) -> Line | None:
    """Name, parameters and value; None for what is no content line."""
    name = _NAME.match(line)
    if name is None:
        return None
    at, parameters = name.end(), {}
    while match := _PARAMETER.match(line, at):
        parameters[match[1].upper()] = match[2].strip().strip('"')
        at = match.end()
    return Line(name[0].upper(), parameters, line[at + 1 :].strip()) if line[at : at + 1] == ":" else None


def values(lines: Iterable[str], names: frozenset[str]) -> list[Line]:
    """The lines called one of `names`, in order. Only these are ever looked into."""
    found = []
    for line in lines:
        name = _NAME.match(line)
        if name and name[0].upper() in names and (parsed := parse_line(line)):
            found.append(parsed)
    return found


def _quoted(value: str) -> str:
    return f'"{value}"' if re.search("[:;,]", value) else value
