"""Statements to PostgreSQL in one piece: one way there and one back, however many they are.

The driver's own pipeline sends and listens at each statement, which takes as long as to wait for each answer. So this
speaks to libpq, as the driver hands it out: all that is asked, one point of synchronisation, all that is answered
(PostgreSQL manual, "Pipeline Mode"). Connecting, converting, waiting, errors and the end of a transaction stay with the
driver.
"""

from collections.abc import Sequence
from itertools import count
from typing import Any, NamedTuple

from psycopg import Connection, OperationalError
from psycopg.abc import PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.generators import fetch_many, send
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult
from sqlalchemy import Engine, event

FINE = frozenset({ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK})
STALE = frozenset({"0A000", "26000"})
"""SQLSTATE of a prepared statement whose columns have other types now (a migration), and of one that is gone (a pooler
between us): the next transaction prepares them anew."""

Asked = tuple[str, Sequence[Any]]
"""A statement with $1, $2 … in its text, and their values."""
ASKED = None
Step = dict[str, bytes] | None
"""What a result is the answer to: ASKED, or the beginning, or that statements are prepared by these names now."""


def prepare(engine: Engine) -> None:
    """Set an engine up; nothing to do for another database than PostgreSQL.

    The driver prepares nothing by itself: it would give its statements up at each rollback, and all others with them.
    """
    if engine.dialect.name == "postgresql":
        event.listen(engine, "connect", _on_connect)


def _on_connect(driver: Connection[Any], _record: object) -> None:
    driver.prepare_threshold = None


class Answer(NamedTuple):
    """The rows that came back, and of each of their columns the number of its type."""

    rows: list[tuple[Any, ...]]
    types: Sequence[int]


class Wire:
    """One connection of an engine that was set up by `prepare`, and the names of the statements that it has prepared."""

    def __init__(self, driver: Connection[Any]) -> None:
        if driver.prepare_threshold is not None:
            raise ValueError("the driver would give prepared statements up: set its engine up with `wire.prepare`")
        self._driver = driver
        self._prepared: dict[str, bytes] = {}
        self._numbers = count()
        self._values = Transformer(driver)

    def send(self, asked: Sequence[Asked], answers: list[Answer]) -> None:
        """Do all that is asked, in order, in the connection's transaction; where one fails, nothing after it is done.

        `answers` grows by one with each that is done, also when the driver's error is raised for the next one.
        """
        dumped = [(text, self._values.dump_sequence(values, [PyFormat.TEXT] * len(values))) for text, values in asked]
        driver = self._driver
        with driver.lock:
            steps, results = driver.wait(self._exchange(dumped))
        answered = list(zip(steps, results, strict=False))
        for step, result in answered:
            if step is not ASKED and result.status in FINE:
                self._prepared |= step
        for step, result in answered:
            if result.status not in FINE:
                error = error_from_result(result, encoding=driver.info.encoding)
                if error.sqlstate in STALE:
                    self._prepared.clear()
                raise error
            if step is ASKED:
                answers.append(self._read(result))

    def _exchange(self, asked: Sequence[Asked]) -> PQGen[tuple[list[Step], list[PGresult]]]:
        """What each result is the answer to, and the results, up to where the connection was lost."""
        connection = self._driver.pgconn
        connection.enter_pipeline_mode()
        try:
            steps = self._say(asked)
            connection.pipeline_sync()
        except BaseException:
            self._driver.close()  # it would wait for the rest
            raise
        yield from send(connection)
        results: list[PGresult] = []
        while True:
            try:
                found = yield from fetch_many(connection)
                if not found:
                    raise OperationalError("the connection ended in the middle of an answer")
            except OperationalError:
                if any(result.status not in FINE for result in results):
                    return steps, results  # why it was lost
                raise
            if found[0].status == ExecStatus.PIPELINE_SYNC:
                connection.exit_pipeline_mode()
                return steps, results
            results += found

    def _say(self, asked: Sequence[Asked]) -> list[Step]:
        connection, steps = self._driver.pgconn, list[Step]()
        if connection.transaction_status == TransactionStatus.IDLE and not self._driver.autocommit:
            connection.send_query_params(b"BEGIN", None)
            steps.append({})
        new: dict[str, bytes] = {}
        for text, values in asked:
            name = self._prepared.get(text) or new.get(text)
            if name is None:
                name = new[text] = b"unknot_%d" % next(self._numbers)
                connection.send_prepare(name, text.encode())
                steps.append({text: name})
            connection.send_query_prepared(name, values)
            steps.append(ASKED)
        return steps

    def _read(self, result: PGresult) -> Answer:
        if not result.nfields:
            return Answer([], ())
        self._values.set_pgresult(result)
        types = [result.ftype(column) for column in range(result.nfields)]
        return Answer(self._values.load_rows(0, result.ntuples, tuple), types)
