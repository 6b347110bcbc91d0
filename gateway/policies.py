"""The active policy set as the steps use it: compiled schemas and the tables they read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from gateway.errors import PolicyUnavailable
from gateway.model.decision import Reason
from gateway.policy.catalogue import Catalogue, CatalogueEntry
from gateway.policy.policy_set import PolicySet
from gateway.schemas import Schemas, compile_schemas

Json = Any
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Policies:
    """One policy set, ready for use."""

    policy_set: PolicySet
    schemas: Schemas

    @property
    def digest(self) -> str:
        return self.policy_set.digest

    @property
    def data(self) -> Mapping[str, Json]:
        """The data tables, as the rules see them."""
        return self.policy_set.data

    @property
    def executors(self) -> Mapping[str, Mapping[str, Json]]:
        """Obligation code -> its row: who fulfils it, by when, with what proof."""
        table: Mapping[str, Mapping[str, Json]] = self.data["obligations"]
        return table

    @property
    def bulk_threshold(self) -> int:
        """More persons or list items than this make an exchange a bulk exchange."""
        threshold: int = self.data["thresholds"]["bulk_threshold"]
        return threshold

    @property
    def age_limits(self) -> tuple[int, ...]:
        """Ages at which the law treats persons differently: items of a list are grouped by them."""
        return tuple(self.data["thresholds"]["age_limits"])

    def is_personal(self, category: str) -> bool:
        """Say whether data of *category* concern persons; an unknown category does."""
        row = self.data["categories"].get(category)
        return row is None or "not_personal" not in row["flags"]

    def is_specific(self, purpose_text: str) -> bool:
        """Say whether the purpose in the sender's words is more than empty or a slogan."""
        rules = self.data["purposes"]
        words = " ".join(purpose_text.casefold().split()).strip(" .!?„“\"'")
        return len(words) >= rules["min_length"] and words not in _folded(tuple(rules["slogans"]))

    def no_delay(self, facts: Mapping[str, Json]) -> bool:
        """Say whether a danger allows no hold: release first, approval after (AUTO-1)."""
        levels: list[str] = self.data["gateway"]["release_before_approval"]["danger_levels"]
        return facts.get("danger_level") in levels

    def refusal_retention(self, today: int) -> tuple[str, int]:
        """Return log class and last day of the record of a refusal on day *today*."""
        return self._retention("refusal_record", today)

    def request_retention(self, today: int) -> tuple[str, int]:
        """Return log class and last day of the record of a request on day *today*."""
        return self._retention("request_record", today)

    def is_neutral(self, exchange_kind: str, holder_kind: str) -> bool:
        """Say whether who asks that holder for that kind never learns why nothing came."""
        neutral, row = self.data["neutral"], self.data["agency_kinds"].get(holder_kind, {})
        groups = neutral["holder_groups"].keys() & {*row.get("groups", [])}
        return bool(groups) or exchange_kind in neutral["exchange_kinds"]

    def evidence(self, fact: Mapping[str, Json]) -> dict[str, str]:
        """Return label, source and evidence of a fact that a decision asks for.

        Raises:
            PolicyUnavailable: No table has such a fact.
        """
        table = self.schemas.member_facts if fact.get("of") == "member" else self.schemas.facts
        try:
            row = table[fact["fact"].partition(".")[0]]
            said = self.data["needs"]["evidence"][fact["fact"]]
        except KeyError as error:
            raise PolicyUnavailable("the decision asks for a fact that no table has") from error
        return {
            "label_de": row["label_de"],
            "source": row["source"],
            "de": said["de"],
            "en": said["en"],
        }

    @property
    def answer_after_s(self) -> int:
        """So many seconds after a request its requester is answered, whatever became of it."""
        hours: int = self.data["neutral"]["answer_after_h"]
        return hours * 3600

    def _retention(self, name: str, today: int) -> tuple[str, int]:
        row = self.data["gateway"][name]
        year = date.fromordinal(today + _EPOCH).year + row["end_of_year_after"]
        return row["log_class"], date(year, 12, 31).toordinal() - _EPOCH

    @property
    def catalogue(self) -> Catalogue:
        return self.policy_set.catalogue

    def said(self, reason: Reason) -> CatalogueEntry:
        """Return norm and sentences of a reason.

        Raises:
            PolicyUnavailable: The catalogue has none: nobody could be told why.
        """
        try:
            return self.catalogue.entry(reason.rule, reason.reason)
        except KeyError as error:
            raise PolicyUnavailable("the decision gives a reason without a sentence") from error


@lru_cache(maxsize=4)
def _folded(slogans: tuple[str, ...]) -> frozenset[str]:
    return frozenset(" ".join(slogan.casefold().split()) for slogan in slogans)


def ready(policy_set: PolicySet) -> Policies:
    """Compile the schemas of *policy_set*."""
    return Policies(policy_set, compile_schemas(policy_set.schemas))
