"""The system's clock."""

import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from gateway.model.exchange import Moment

_BERLIN = ZoneInfo("Europe/Berlin")
_EPOCH = date(1970, 1, 1).toordinal()


def moment_at(epoch_s: int) -> Moment:
    """Return the moment of *epoch_s*, with its day number in Europe/Berlin."""
    local = datetime.fromtimestamp(epoch_s, UTC).astimezone(_BERLIN)
    return Moment(epoch_s, local.date().toordinal() - _EPOCH)


class SystemClock:
    """Time as the operating system has it."""

    def now(self) -> Moment:
        return moment_at(int(time.time()))
