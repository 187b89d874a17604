"""Two pulls of one model at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dragoman.errors import (
    DownloadFailed,
)
from dragoman.inference.hub import (
    Progress,
    Stage,
)
from dragoman.inference.model import InstalledModel
from support.pulling import CONTENT, NAME, WEIGHTS, Puller, pulling

HALF = len(CONTENT) // 2


@pytest.fixture
def puller(tmp_path: Path) -> Iterator[Puller]:
    with pulling(tmp_path) as ready:
        yield ready


def test_of_two_pulls_at_once_one_downloads(puller: Puller) -> None:
    """The second pull of a model waits for the first, says so, and finds it installed."""
    gate = puller.hub.hold(f"/cdn/{NAME}/{WEIGHTS}")
    second_waits = threading.Event()
    results: dict[str, InstalledModel] = {}

    def run(which: str, progress: Callable[[Progress], None]) -> None:
        results[which] = puller(progress=progress)

    def notice(step: Progress) -> None:
        if step.stage is Stage.WAITING:
            second_waits.set()

    first = threading.Thread(target=run, args=("first", lambda _: None))
    first.start()
    assert gate.reached.wait(30)
    second = threading.Thread(target=run, args=("second", notice))
    second.start()
    assert second_waits.wait(30)
    gate.open()
    first.join(30)
    second.join(30)

    assert results["first"] == results["second"]
    assert len(puller.hub.downloads(WEIGHTS)) == 1
    assert puller.store.verify() == []


def test_the_second_pull_goes_on_when_the_first_fails(puller: Puller) -> None:
    """A pull that waited for one that failed does the work itself."""
    gate = puller.hub.hold("vocab.json")
    puller.hub.fail("vocab.json", status=404, headers={"X-Error-Code": "EntryNotFound"})
    second_waits = threading.Event()
    outcome: dict[str, object] = {}

    def first() -> None:
        try:
            puller()
        except DownloadFailed as error:
            outcome["first"] = error

    def second() -> None:
        outcome["second"] = puller(progress=lambda _: second_waits.set())

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert gate.reached.wait(30)
    threads[1].start()
    assert second_waits.wait(30)
    gate.open()
    for thread in threads:
        thread.join(30)

    assert isinstance(outcome["first"], DownloadFailed)
    assert outcome["second"] == puller.store.get(NAME)
