"""The `RateStore` over SQL: one small transaction a second for each process."""

import asyncio
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, delete, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import SQLAlchemyError

from gateway.adapters.tables.rate import RateCount
from gateway.errors import LogUnavailable
from gateway.rates import Window

_rate: Any = RateCount.__table__  # type: ignore[attr-defined]


class SqlRates:
    """Counts in the table `rate_count`. Nothing is written while nobody calls."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def add(self, counts: Mapping[Window, int], oldest_s: int) -> Mapping[Window, int]:
        try:
            return await asyncio.to_thread(self._add, counts, oldest_s)
        except (SQLAlchemyError, OSError) as error:
            raise LogUnavailable("the counts of calls cannot be shared") from error

    def _add(self, counts: Mapping[Window, int], oldest_s: int) -> dict[Window, int]:
        read_only = not counts
        engine = self._engine.execution_options(read_only=True) if read_only else self._engine
        with engine.begin() as connection:
            if counts:
                insert = sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert
                statement: Any = insert(_rate)
                connection.execute(
                    statement.on_conflict_do_update(
                        index_elements=[_rate.c.unit, _rate.c.length, _rate.c.number],
                        set_={"count": _rate.c.count + statement.excluded.count},
                    ),
                    [
                        {"unit": unit, "length": length, "number": number, "count": count}
                        for (unit, length, number), count in counts.items()
                    ],
                )
                connection.execute(
                    delete(_rate).where((_rate.c.number + 1) * _rate.c.length <= oldest_s)
                )
            return {
                (row.unit, row.length, row.number): row._mapping["count"]
                for row in connection.execute(select(_rate))
            }
