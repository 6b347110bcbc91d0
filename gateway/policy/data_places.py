"""Where a place of the data document stands: the file that it came from, and the line."""

from collections.abc import Mapping

from gateway.policy.json_places import Where, lines_of


class DataPlaces:
    """The `data.json` files of a policy set; each is read for its lines when one is asked for."""

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self._contents = contents
        self._lines: dict[str, dict[Where, int]] = {}

    def of(self, where: Where) -> tuple[str, int]:
        """Return file and line; of a place that no file has, those of the nearest above it."""
        for length in range(len(where), -1, -1):
            path = "/".join(("policies", *where[:length], "data.json"))
            if path in self._contents:
                return path, self._line(path, where[length:])
        return "policies", 0

    def _line(self, path: str, inside: Where) -> int:
        if path not in self._lines:
            text = self._contents[path].decode("utf-8", "replace")
            self._lines[path] = lines_of(text)
        lines = self._lines[path]
        return next(lines[inside[:n]] for n in range(len(inside), -1, -1) if inside[:n] in lines)


def dotted(where: Where) -> str:
    return ".".join(("data", *where))
