"""The role table: who may do what.

A test walks every action by every role.
"""

from enum import StrEnum

from gateway.model.person import Role


class Action(StrEnum):
    """What a person can do to rules, registry and log."""

    PROPOSE_POLICY = "propose a change of the rules"
    PROPOSE_REGISTRY = "propose a change of the registry"
    VOTE = "vote"
    OPINION = "give an opinion"
    WITHDRAW = "withdraw a draft"
    ACTIVATE = "activate"
    TIGHTEN = "tighten alone"
    STOP = "stop"


MAY: dict[Action, frozenset[Role]] = {
    Action.PROPOSE_POLICY: frozenset({Role.AUTHOR, Role.DPO, Role.APPROVER}),
    Action.PROPOSE_REGISTRY: frozenset({Role.AUTHOR, Role.DPO, Role.APPROVER, Role.OPERATOR}),
    Action.VOTE: frozenset({Role.APPROVER}),
    Action.OPINION: frozenset({Role.DPO}),
    Action.WITHDRAW: frozenset({Role.AUTHOR, Role.DPO, Role.APPROVER, Role.OPERATOR}),
    Action.ACTIVATE: frozenset({Role.AUTHOR, Role.DPO, Role.APPROVER, Role.OPERATOR}),
    Action.TIGHTEN: frozenset({Role.APPROVER, Role.DPO, Role.OPERATOR}),
    Action.STOP: frozenset({Role.APPROVER, Role.DPO, Role.OPERATOR}),
}
"""Action -> the roles of which one is enough. What is not here, nobody may."""
