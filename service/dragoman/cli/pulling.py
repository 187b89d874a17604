"""How a pull is shown: a bar on a terminal, nothing in a pipe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from dragoman.inference.hub import Progress, Stage

_SAYS = {
    Stage.WAITING: "another pull of it is under way, waiting",
    Stage.CONVERTING: "converting",
}


@contextmanager
def watch(stream: TextIO) -> Iterator[Callable[[Progress], None]]:
    """A function to be told the progress, which draws it on ``stream`` where that is a terminal."""
    if not stream.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TransferSpeedColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
    )
    with Bars(*columns, console=Console(file=stream), transient=True) as bars:
        task = bars.add_task("asking the hub", total=None)

        def tell(progress: Progress) -> None:
            says = _SAYS.get(progress.stage, progress.file or "")
            bars.update(
                task,
                description=f"{progress.repository}: {says}",
                completed=progress.done_bytes,
                total=progress.total_bytes,
            )

        yield tell
