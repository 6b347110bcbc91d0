"""Who activates a set waits for every live node, and is told who is late."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.lifecycle.staging import LiveNode, wait_until_staged

NEW = "2" * 64


def a_node(name: str, *staged: str) -> LiveNode:
    return LiveNode(name, f"serve {name}", frozenset(staged), "1" * 64)


@dataclass
class Nodes:
    """Shows one state after the other, and the last one again and again."""

    states: list[Sequence[LiveNode]]

    def live(self) -> Sequence[LiveNode]:
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]


def test_it_waits_until_every_node_has_loaded_the_set() -> None:
    nodes = Nodes(
        [
            [a_node("a"), a_node("b")],
            [a_node("a", NEW), a_node("b")],
            [a_node("a", NEW), a_node("b", NEW)],
        ]
    )

    assert list(wait_until_staged(nodes, NEW, 60)) == []
    assert len(nodes.states) == 1


def test_a_node_that_dies_meanwhile_holds_nobody_up() -> None:
    nodes = Nodes([[a_node("a", NEW), a_node("b")], [a_node("a", NEW)]])

    assert list(wait_until_staged(nodes, NEW, 60)) == []


def test_late_nodes_are_named() -> None:
    nodes = Nodes([[a_node("a", NEW), a_node("b", "3" * 64), a_node("c")]])

    late = wait_until_staged(nodes, NEW, 0.2)

    assert [node.process for node in late] == ["serve b", "serve c"]


def test_without_nodes_there_is_nobody_to_wait_for() -> None:
    assert list(wait_until_staged(Nodes([[]]), NEW, 60)) == []
