"""Progress bars on standard error, for work that takes long."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


@contextmanager
def bar(title: str, *, hidden: bool) -> Iterator[Callable[[int, int], None]]:
    """Show a bar while the work runs; yield what is told (done, total)."""
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=hidden,
    )
    task = progress.add_task(title, total=None)
    with progress:
        yield lambda done, total: progress.update(task, completed=done, total=total)
