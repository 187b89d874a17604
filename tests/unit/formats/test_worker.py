from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dragoman.errors import (
    ExtractionTimeout,
    InputTooLarge,
    ShuttingDown,
    UnreadableInput,
    WorkerDied,
)
from dragoman.formats.base import ParseLimits
from dragoman.formats.html import PageFormat
from dragoman.formats.worker import ExtractionWorker, WorkerOptions

SCRIPTED = WorkerOptions(formats="support.scripted_formats:get_format", preload=())
LIMITS = ParseLimits()
PATIENT_S = 60.0
PAGE = b"""<!doctype html><html lang="en"><title>Ferry</title><body><article>
<h1>Ferry runs again</h1>
<p>The ferry between the two islands runs again after the storm, its owner said on Monday.</p>
<p>Engineers had worked for nine days and nights to mend the landing stage in the harbour.</p>
<p>Islanders can cross twice a day until the larger boat comes back from the yard in May.</p>
</article></body></html>"""


@pytest.fixture
def worker() -> Iterator[ExtractionWorker]:
    with ExtractionWorker(PATIENT_S, SCRIPTED) as worker:
        yield worker


def run(worker: ExtractionWorker, script: str) -> int:
    """The id of the process that ran the script."""
    return int(worker.parse("page", script.encode(), LIMITS).blocks[0].text)


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_article_is_what_the_format_itself_reads() -> None:
    """A page parsed in the process is equal to the same page parsed here, skeleton included."""
    with ExtractionWorker(PATIENT_S) as worker:
        assert worker.parse("page", PAGE, LIMITS) == PageFormat().parse(PAGE, LIMITS)


def test_heavy_libraries_stay_out_of_the_caller() -> None:
    """Parsing and rendering a page through the worker imports neither trafilatura nor lxml here."""
    code = (
        f"import sys; sys.path[:] = {sys.path!r}\n"
        "from dragoman.formats.base import ParseLimits\n"
        "from dragoman.formats.registry import get_format\n"
        "from dragoman.formats.worker import ExtractionWorker\n"
        f"with ExtractionWorker({PATIENT_S}) as worker:\n"
        f"    article = worker.parse('page', {PAGE!r}, ParseLimits())\n"
        "get_format('page').render(article, {}, 'fr')\n"
        "print(len(article.blocks), sorted({'trafilatura', 'lxml'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "4 []\n"


def test_a_process_is_reused(worker: ExtractionWorker) -> None:
    """The second page is read by the process that read the first, which is not this one."""
    first = run(worker, "hello")
    assert run(worker, "hello") == first != os.getpid()


def test_the_deadline_ends_the_process() -> None:
    """What takes too long is told so, its process is gone, and the next page gets a new one."""
    with ExtractionWorker(1.0, SCRIPTED) as hasty:
        process = run(hasty, "hello")
        with pytest.raises(ExtractionTimeout, match="longer than 1 s"):
            run(hasty, "stall")
        assert not is_running(process)
        assert run(hasty, "hello") != process


def test_a_page_of_endless_paragraphs_is_ended() -> None:
    """A real page that is too much for its deadline raises instead of being waited for."""
    endless = PAGE.replace(b"</article>", b"<p>Nine boats waited.</p>" * 50_000 + b"</article>")
    with ExtractionWorker(0.02) as hasty, pytest.raises(ExtractionTimeout):
        hasty.parse("page", endless, ParseLimits(max_nodes=1_000_000))


def test_a_crash_is_an_answer(worker: ExtractionWorker) -> None:
    """A page that breaks the process is unreadable input, and the next page is read."""
    with pytest.raises(UnreadableInput, match="broke the process"):
        run(worker, "crash")
    assert is_running(run(worker, "hello"))


def test_a_process_that_died_idle_is_replaced(worker: ExtractionWorker) -> None:
    """A page does not pay for a process that somebody killed while it waited for work."""
    process = run(worker, "hello")
    os.kill(process, signal.SIGKILL)
    assert run(worker, "hello") != process


def test_memory_is_bounded(worker: ExtractionWorker) -> None:
    """A page that asks for more memory than allowed is unreadable, and nothing else happens."""
    with pytest.raises(UnreadableInput, match="MemoryError"):
        run(worker, "swell")
    run(worker, "hello")


def test_errors_come_through_whole(worker: ExtractionWorker) -> None:
    """An error of ours keeps its class, message and hint on the way out of the process."""
    with pytest.raises(InputTooLarge) as caught:
        run(worker, "refuse")
    assert (caught.value.message, caught.value.hint) == ("Too large by the script.", "Shorten it.")


def test_errors_of_libraries_are_unreadable_input(worker: ExtractionWorker) -> None:
    """Whatever a library raises over a page is told as the page's fault, by its name."""
    with pytest.raises(UnreadableInput, match="KeyError"):
        run(worker, "stumble")


def test_two_pages_are_read_at_once(worker: ExtractionWorker, tmp_path: Path) -> None:
    """Two processes work at the same time: each of two pages waits to see the other."""
    with ThreadPoolExecutor() as threads:
        futures = [threads.submit(run, worker, f"meet {tmp_path}") for _ in range(2)]
        assert len({future.result() for future in futures}) == 2


def test_more_callers_than_processes_are_all_served() -> None:
    """Callers wait for the one process there is, and each gets its answer."""
    options = WorkerOptions(processes=1, formats=SCRIPTED.formats, preload=())
    with ExtractionWorker(PATIENT_S, options) as worker, ThreadPoolExecutor(6) as threads:
        assert len(set(threads.map(lambda _: run(worker, "hello"), range(6)))) == 1


def test_close_ends_what_runs(tmp_path: Path) -> None:
    """Closing ends a process at work, whose caller is told, and later callers are refused."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    worker = ExtractionWorker(PATIENT_S, SCRIPTED)
    idle = run(worker, "hello")
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(run, worker, f"stall {pipe}")
        pipe.read_bytes()  # comes back when the process is at work
        worker.close()
        with pytest.raises(ShuttingDown):
            waiting.result()
    assert not is_running(idle)
    with pytest.raises(ShuttingDown):
        run(worker, "hello")


def test_a_process_that_cannot_start_is_told() -> None:
    """Without a process the caller hears so at once, in words, and not by waiting."""
    options = WorkerOptions(formats="nowhere:nothing", preload=())
    with ExtractionWorker(PATIENT_S, options) as worker, pytest.raises(WorkerDied, match="start"):
        run(worker, "hello")


def test_small_input_of_our_own_formats_needs_no_process() -> None:
    """A short fragment is parsed right here, even where no process could be started."""
    options = WorkerOptions(formats="nowhere:nothing", preload=())
    with ExtractionWorker(PATIENT_S, options) as worker:
        assert (
            worker.parse("fragment", b"<p>Nine boats.</p>", LIMITS).blocks[0].text == "Nine boats."
        )


def test_large_input_of_any_format_is_isolated() -> None:
    """A fragment of some size is parsed in a process, under the deadline."""
    with ExtractionWorker(PATIENT_S, SCRIPTED) as worker:
        data = b"hello " + b"x" * 300_000
        assert int(worker.parse("fragment", data, LIMITS).blocks[0].text) != os.getpid()
