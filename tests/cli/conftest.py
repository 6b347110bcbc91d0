"""The partner API of the edge's room, for commands that call it."""

from tests.http.conftest import _edge, edge

__all__ = ["_edge", "edge"]
