"""SQL statements that are compiled once, and then go to the driver as text.

SQLAlchemy writes the SQL, for whichever database it is; at each run it would look the
statement up, convert values and wrap the result, for ten times what SQLite needs. That is
right where a person waits, and too dear where every entry of the log passes.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.expression import ClauseElement

Values = dict[str, Any]
_NONE: Values = {}


class Statement:
    """One statement with named parameters, as SQLAlchemy writes it for each database.

    Values go to the driver and come from it as they are: numbers, texts, bytes. Every method
    raises what SQLAlchemy itself would raise, without the values.
    """

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._texts: dict[str, str] = {}

    def run(self, connection: Connection, values: Values = _NONE) -> int:
        """Return how many rows it changed."""
        return self._run(connection, values)[0]

    def first(self, connection: Connection, values: Values = _NONE) -> Any:
        """Return the first row of the result as a tuple, or None."""
        return self._run(connection, values)[1]

    def run_each(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Run it for every row in one call of the driver; without rows do nothing."""
        if rows:
            self._run(connection, rows)

    def text_for(self, dialect: Dialect) -> str:
        """Return the SQL that goes to databases of that kind."""
        text = self._texts.get(dialect.name)
        if text is None:
            text = self._texts[dialect.name] = str(self._statement.compile(dialect=dialect))
        return text

    def _run(self, connection: Connection, values: Values | Sequence[Values]) -> tuple[int, Any]:
        dialect = connection.dialect
        text = self.text_for(dialect)
        try:
            cursor = connection.connection.cursor()
            if isinstance(values, dict):
                cursor.execute(text, values)
            else:
                cursor.executemany(text, values)
            return cursor.rowcount, cursor.fetchone() if cursor.description else None
        except dialect.loaded_dbapi.Error as error:
            raise DBAPIError.instance(
                text, None, error, dialect.loaded_dbapi.Error, hide_parameters=True, dialect=dialect
            ) from error
