"""Files into a directory: outputs that cannot be written, and what the journal remembers."""

from __future__ import annotations

import asyncio
import errno
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from dragoman.errors import DiskFull, InputError
from dragoman.inference.engines.fake import FakeEngine
from dragoman.pipeline.files import (
    JOURNAL,
    Done,
    FileJob,
    FileResult,
    FileTranslator,
    Journal,
    check_outputs,
    writing,
)
from support.services import services_on


def inputs(directory: Path, *names: str) -> list[Path]:
    paths = [directory / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("The port has a new bridge now.\n", encoding="utf-8")
    return paths


def translated(directory: Path, jobs: Sequence[FileJob]) -> dict[Path, FileResult]:
    """Each result by the path of its input."""

    async def run(translator: FileTranslator) -> dict[Path, FileResult]:
        return {result.job.path: result async for result in translator.translate(jobs)}

    with services_on(FakeEngine(), directory) as services:
        return asyncio.run(run(FileTranslator(services.articles, lambda *_: "test")))


def job(path: Path, output: Path, target: str = "en") -> FileJob:
    """English to English: the words of the output are not what is tested here."""
    return FileJob(path, target, output, "text", "en")


def test_one_output_that_is_a_directory_does_not_stop_the_others(tmp_path: Path) -> None:
    """Its error says so; the other file is written and in the journal."""
    bad, good = inputs(tmp_path, "bad.txt", "good.txt")
    out = tmp_path / "out"
    (out / "bad.en.txt").mkdir(parents=True)
    results = translated(tmp_path, [job(bad, out / "bad.en.txt"), job(good, out / "good.en.txt")])
    error = results[bad].error
    assert isinstance(error, InputError)
    assert "bad.en.txt cannot be written" in error.message
    assert results[good].error is None
    assert (out / "good.en.txt").read_text(encoding="utf-8") == good.read_text(encoding="utf-8")
    (line,) = (out / JOURNAL).read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["output"] == "good.en.txt"


def test_a_directory_that_cannot_be_made_fails_only_its_own_files(tmp_path: Path) -> None:
    """Here a file stands in its place; the other directory is written to."""
    first, second = inputs(tmp_path, "first.txt", "second.txt")
    (tmp_path / "taken").write_text("a file")
    results = translated(
        tmp_path,
        [
            job(first, tmp_path / "taken" / "first.en.txt"),
            job(second, tmp_path / "out" / "second.en.txt"),
        ],
    )
    error = results[first].error
    assert isinstance(error, InputError)
    assert "taken cannot be written" in error.message
    assert error.hint
    assert (tmp_path / "out" / "second.en.txt").exists()


def test_a_done_file_keeps_its_verdict(tmp_path: Path) -> None:
    """It is found in the journal, with what was decided when it was made."""
    (path,) = inputs(tmp_path, "news.txt")
    work = [job(path, tmp_path / "out" / "news.en.txt")]
    first = translated(tmp_path, work)[path]
    assert first.article is not None
    second = translated(tmp_path, work)[path]
    assert second.article is None
    assert second.before is not None
    assert second.publishable == first.publishable
    journal = tmp_path / "out" / JOURNAL
    entry = json.loads(journal.read_text()) | {"publishable": not first.publishable}
    journal.write_text(json.dumps(entry) + "\n")
    assert translated(tmp_path, work)[path].publishable is not first.publishable


def test_a_line_after_a_cut_line_is_whole(tmp_path: Path) -> None:
    """A crash leaves half a line without an end; the next one begins on its own."""
    (tmp_path / JOURNAL).write_text('{"output": "old.fr.txt", "inp')
    output = tmp_path / "new.fr.txt"
    output.write_text("new")
    done = Done("digest", "models", publishable=True)
    Journal(tmp_path).add(output, done)
    assert Journal(tmp_path).find(output, "digest", "models") == done
    assert Journal(tmp_path).find(output, "digest", "other models") is None


def test_outputs_of_one_name_are_refused(tmp_path: Path) -> None:
    """The message names both inputs and says what to do."""
    first, second = inputs(tmp_path, "a/index.txt", "b/index.txt")
    output = tmp_path / "out" / "index.fr.txt"
    with pytest.raises(InputError) as caught:
        check_outputs([job(first, output), job(second, output)])
    assert str(first) in caught.value.message
    assert str(second) in caught.value.message
    assert "separate runs" in str(caught.value.hint)


def test_an_output_that_is_an_input_is_refused(tmp_path: Path) -> None:
    """An article is not lost because another's translation has its name."""
    first, second = inputs(tmp_path, "news.txt", "news.fr.txt")
    with pytest.raises(InputError, match=r"news\.fr\.txt"):
        check_outputs([job(first, second), job(second, tmp_path / "news.fr.fr.txt")])


def test_the_same_job_twice_is_one(tmp_path: Path) -> None:
    """A file that is named twice is no conflict with itself."""
    (path,) = inputs(tmp_path, "news.txt")
    work = job(path, tmp_path / "out" / "news.en.txt")
    check_outputs([work, work])
    assert translated(tmp_path, [work, work])[path].error is None


@pytest.mark.parametrize(
    ("number", "error", "says"),
    [
        (errno.ENOSPC, DiskFull, "the disk is full"),
        (errno.EACCES, InputError, "Permission denied"),
        (errno.EPIPE, BrokenPipeError, "Broken pipe"),
    ],
)
def test_what_cannot_be_written_is_told_by_its_cause(
    number: int, error: type[Exception], says: str
) -> None:
    """A full disk is another exit code than a wrong path; a reader that left stays as it is."""
    with pytest.raises(error, match=says), writing("The output"):
        raise OSError(number, errno_text(number))


def errno_text(number: int) -> str:
    return {errno.ENOSPC: "No space", errno.EACCES: "Permission denied"}.get(number, "Broken pipe")
