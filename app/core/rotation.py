"""Sealing everything anew with the newest data key, so that an old key can be thrown away."""

from collections.abc import Callable

from sqlalchemy import Column, LargeBinary, MetaData, Table, bindparam, select, type_coerce
from sqlalchemy.orm import Session

from app.core.bulk import chunks
from app.core.crypto import EncryptedText, rotate

BATCH = 500


def sealed_columns(metadata: MetaData) -> list[tuple[Table, Column[str]]]:
    return [
        (table, column)
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, EncryptedText)
    ]


def rotate_all(session: Session, metadata: MetaData, progress: Callable[[int], object] = lambda _: None) -> int:
    """Seal every encrypted value with the newest key; how many. ValueError when a value opens with no installed key."""
    return sum(_rotate(session, table, column, progress) for table, column in sealed_columns(metadata))


def _rotate(session: Session, table: Table, column: Column[str], progress: Callable[[int], object]) -> int:
    keys = list(table.primary_key)
    rows = session.execute(select(*keys, type_coerce(column, LargeBinary)).where(column.is_not(None))).all()
    change = table.update().values({column.name: bindparam("sealed_anew", type_=LargeBinary)})
    for key in keys:
        change = change.where(key == bindparam(f"key_{key.name}"))
    for part in chunks(rows, BATCH):
        values = [
            {f"key_{key.name}": at for key, at in zip(keys, row, strict=False)}
            | {"sealed_anew": rotate(bytes(row[-1]))}
            for row in part
        ]
        session.connection().execute(change, values)
        progress(len(part))
    return len(rows)
