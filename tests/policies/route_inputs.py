"""Policy inputs of every listed route with all members of the kind, as bare and with reasons."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gateway.policy.permitted_inputs import permitted_input

Json = Any


def route_inputs(
    data: Mapping[str, Json], decide: Callable[[dict[str, Json]], Json]
) -> Iterator[dict[str, Json]]:
    """Give for each route two inputs: one that *decide* permits if there is any, and its twin.

    One of the two gives for each member why it is needed, the other for none, so that every row
    of the necessity table is seen from both sides. Then, without members, one for each purpose
    of the route, claiming every basis: which of them hold, the decision says.
    """
    bases = sorted(name for name, row in data["legal_bases"].items() if row["effect"] == "permit")
    for kind, senders in sorted(data["routes"].items()):
        for sender, recipients in sorted(senders.items()):
            for recipient, route in sorted(recipients.items()):
                alone = {**data, "routes": {kind: {sender: {recipient: route}}}}
                given = permitted_input(kind, alone, decide)
                yield given
                yield {**given, "members": _other(given["members"])}
                for purpose in route["recipient_purposes"]:
                    yield {
                        **given,
                        "facts": _without_competence(given["facts"]),
                        "legal_basis_claimed": bases,
                        "purpose": purpose,
                        "original_purpose": purpose,
                        "members": {},
                    }


def _without_competence(facts: Mapping[str, Json]) -> dict[str, Json]:
    """The facts but for one that the route table answers where it is not given."""
    return {name: fact for name, fact in facts.items() if name != "recipient_task_competence"}


def _other(members: Mapping[str, Mapping[str, Json]]) -> dict[str, Json]:
    if any("necessity_reason" in said for said in members.values()):
        return {
            name: {key: value for key, value in said.items() if key != "necessity_reason"}
            for name, said in members.items()
        }
    return {name: {**said, "necessity_reason": True} for name, said in members.items()}
