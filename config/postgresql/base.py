"""Stops waiting for a PostgreSQL that hangs, in processes that serve readers; everything else is Django's backend.

A server whose processes are stopped, or whose disk does not answer, keeps its connections: neither the time limit of a
statement (which it would have to notice itself) nor that of a connection ends the wait for it.
"""

from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection, OperationalError, errors
from psycopg.abc import PQGen

from config import serving
from config.breaker import Breaker, NoAnswer, Question

breaker = Breaker(slow=2.0, longest=serving.LONGEST_WAIT, pause=1.0)


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        if serving.serves():
            limit = f"-c statement_timeout={int(serving.LONGEST_STATEMENT * 1000)}"
            # Options in DATABASE_URL come last, so they win.
            params["options"] = f"{limit} {params.get('options', '')}".strip()
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection:
        if not serving.serves():
            return super().get_new_connection(conn_params)
        try:
            with breaker.asking():
                try:
                    connection = super().get_new_connection(conn_params)
                except errors.ConnectionTimeout as error:
                    raise NoAnswer(str(error)) from error
        except NoAnswer as error:
            raise OperationalError(str(error)) from error
        connection.wait = _Waiting(connection)
        return connection


class _Waiting:
    """Replaces a connection's `wait`: waits for answers as psycopg does, but not forever."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __call__(self, generator: PQGen[Any], *limits: Any, **named_limits: Any) -> Any:
        connection = self._connection
        try:
            with breaker.asking() as question:
                return Connection.wait(connection, _watched(generator, question), *limits, **named_limits)
        except NoAnswer as error:
            # Its answer may arrive too late, when nobody expects it; PostgreSQL rolls back the transaction.
            connection.pgconn.finish()
            raise OperationalError(str(error)) from error


def _watched(generator: PQGen[Any], question: Question) -> PQGen[Any]:
    """Run psycopg's generator, and check whether to give up whenever nothing has arrived for a moment."""
    try:
        wanted = next(generator)
        while True:
            ready = yield wanted
            if not ready:
                question.give_up_if_hopeless()
            wanted = generator.send(ready)
    except StopIteration as end:
        return end.value
