"""What an exchange takes over from the request for data that it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = Any


@dataclass(frozen=True, slots=True)
class Asked:
    """The request, and the facts that come from it alone, as the policy sees them."""

    request_id: str
    facts: Mapping[str, Json]
