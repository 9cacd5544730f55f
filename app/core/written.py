"""A statement in one database's words, written out once: its text, and how values go in and columns come out."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, CompoundSelect, Dialect, Insert, Select, TextClause, Update
from sqlalchemy.types import TypeEngine

Words = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]] | Insert | Update | TextClause
Values = Mapping[str, Any]
Rows = list[tuple[Any, ...]]
Convert = Callable[[Any], Any]


@dataclass(slots=True)
class Written:
    """A statement in one database's words, and how values go in and columns come out where they do not as they are.

    `outward` is known from the first answer on, which says what the database made of each column.
    """

    text: str
    fixed: Values
    late: Mapping[str, BindParameter[Any]]
    inward: Mapping[str, Convert]
    order: Sequence[str]
    types: Sequence[TypeEngine[Any]]
    outward: Mapping[int, Convert] | None = None

    def bound(self, values: Values) -> Sequence[Any]:
        found = {**self.fixed, **values}
        for name, parameter in self.late.items():
            found[name] = parameter.effective_value
        for name, convert in self.inward.items():
            found[name] = convert(found[name])
        return [found[name] for name in self.order]

    def read(self, rows: Rows, codes: Sequence[Any], dialect: Dialect) -> Rows:
        if self.outward is None:
            each = (_outward(of, dialect, code) for of, code in zip(self.types, codes, strict=True))
            self.outward = {at: convert for at, convert in enumerate(each) if convert}
        return [_converted(row, self.outward) for row in rows] if self.outward else rows


def _converted(row: tuple[Any, ...], outward: Mapping[int, Convert]) -> tuple[Any, ...]:
    cells = list(row)
    for at, convert in outward.items():
        cells[at] = convert(cells[at])
    return tuple(cells)


def write(what: Words, dialect: Dialect, columns: Collection[str] | None) -> Written:
    """Write a statement out; `columns` are those that an INSERT fills. ValueError when its text depends on its values."""
    written = what.compile(dialect=_numbering(dialect), column_keys=None if columns is None else list(columns))
    if written.post_compile_params or written.literal_execute_params or written.insert_prefetch:
        raise ValueError(f"not the same text and values each time: {written}")
    binds = written.binds
    found = () if isinstance(what, TextClause) else what.exported_columns
    return Written(
        text=str(written),
        fixed={name: each.value for name, each in binds.items() if not each.required and each.callable is None},
        late={name: each for name, each in binds.items() if each.callable is not None},
        inward={name: convert for name, each in binds.items() if (convert := _inward(each.type, dialect))},
        order=written.positiontup or (),
        types=[column.type for column in found],
    )


def _numbering(dialect: Dialect) -> Dialect:
    """The dialect with parameters by number, as the wire wants them ($1); SQLite's are by place (?)."""
    of: Callable[..., Dialect] = type(dialect)
    return of(paramstyle="numeric_dollar") if dialect.name == "postgresql" else dialect


def _inward(of: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return of.dialect_impl(dialect).bind_processor(dialect)


def _outward(of: TypeEngine[Any], dialect: Dialect, code: Any) -> Convert | None:
    return of.dialect_impl(dialect).result_processor(dialect, code)
