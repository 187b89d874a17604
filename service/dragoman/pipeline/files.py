"""Translate files into a directory; a run that was interrupted does only what is left.

Beside the outputs lies a journal, ``.dragoman-journal.jsonl``: one line for each finished output
with the digest of its input, the signature of what made it and the verdict. An output is done when
it exists and its line says that the same input was translated by the same models with the same
options.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import json
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from dragoman.errors import DiskFull, DragomanError, InputError, UnreadableInput
from dragoman.formats.registry import sniff
from dragoman.inference.translator import Priority
from dragoman.pipeline.articles import ArticleTranslator
from dragoman.pipeline.values import ArticleRequest, TranslatedArticle

JOURNAL = ".dragoman-journal.jsonl"


@dataclass(frozen=True, slots=True)
class FileJob:
    """One file into one language. ``output`` is None for a result that is not written.

    ``data`` is the content when it was read already (standard input).
    """

    path: Path
    target: str
    output: Path | None
    format: str = "auto"
    source: str | None = None
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What the journal says of an output: sha256 of the input, models and options, verdict."""

    input: str
    made_by: str
    publishable: bool


@dataclass(frozen=True, slots=True)
class FileResult:
    """``before`` when it was done before; else either ``article`` or ``error`` is set."""

    job: FileJob
    article: TranslatedArticle | None = None
    error: DragomanError | None = None
    before: Done | None = None

    @property
    def publishable(self) -> bool:
        """The verdict of this run or of the one that made it; an error is none."""
        if self.article is not None:
            return self.article.report.publishable
        return self.before is not None and self.before.publishable


def output_path(path: Path, target: str, directory: Path) -> Path:
    """``news.html`` in French becomes ``news.fr.html``."""
    return directory / f"{path.stem}.{target}{path.suffix}"


def check_outputs(jobs: Sequence[FileJob]) -> None:
    """Raise InputError if one output would replace another, or an input."""
    inputs = {job.path.resolve(): job.path for job in jobs if job.data is None}
    taken: dict[Path, FileJob] = {}
    for job in jobs:
        if job.output is None:
            continue
        other = taken.setdefault(job.output, job)
        if other != job:
            raise InputError(
                f"{other.path} and {job.path} would both be written to {job.output}.",
                hint="Translate them in separate runs, each with a directory of its own.",
            )
        replaced = inputs.get(job.output.resolve())
        if replaced is not None:
            raise InputError(
                f"The translation of {job.path} would replace the input {replaced}.",
                hint="Name another directory with --out, or leave that input out.",
            )


class Journal:
    """What has been written into one directory, which is made if there is none."""

    def __init__(self, directory: Path) -> None:
        """Raises OSError."""
        directory.mkdir(parents=True, exist_ok=True)
        self._path = directory / JOURNAL
        self._done: dict[str, Done] = {}
        text = self._path.read_text("utf-8", "replace") if self._path.exists() else ""
        for line in text.splitlines():
            self._read(line)
        self._cut = bool(text) and not text.endswith("\n")

    def _read(self, line: str) -> None:
        try:
            entry = json.loads(line)
            name = entry.pop("output")
            self._done[name] = Done(**entry)
        except (ValueError, KeyError, TypeError, AttributeError):
            return  # a line cut by a crash only means that its output is made again

    def find(self, output: Path, digest: str, made_by: str) -> Done | None:
        """The line of an output that need not be made again."""
        done = self._done.get(output.name)
        if done is None or (done.input, done.made_by) != (digest, made_by):
            return None
        return done if output.exists() else None

    def add(self, output: Path, done: Done) -> None:
        """Raises OSError."""
        entry = {"output": output.name, **asdict(done)}
        line = json.dumps(entry, ensure_ascii=False) + "\n"
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"\n{line}" if self._cut else line)
        self._cut = False
        self._done[output.name] = done


class FileTranslator:
    """Translates files, several at a time so that their segments share batches.

    ``made_by`` names models and options as they are now; what something else made is made again.
    """

    def __init__(
        self,
        articles: ArticleTranslator,
        made_by: Callable[[str | None, str], str],
        at_once: int = 8,
    ) -> None:
        self._articles = articles
        self._made_by = made_by
        self._at_once = at_once

    async def translate(
        self, jobs: Sequence[FileJob], *, again: bool = False
    ) -> AsyncIterator[FileResult]:
        """Yield each result when it is written. An error of one file does not stop the others.

        Raises InputError, before any work, if one output would replace another or an input.
        """
        check_outputs(jobs)
        journals = {
            directory: _open_journal(directory)
            for directory in {job.output.parent for job in jobs if job.output is not None}
        }
        places = asyncio.Semaphore(self._at_once)

        async def run(job: FileJob) -> FileResult:
            journal = journals.get(job.output.parent) if job.output else None
            if isinstance(journal, DragomanError):
                return FileResult(job, error=journal)
            async with places:
                return await self._one(job, journal, again)

        tasks = [asyncio.create_task(run(job)) for job in jobs]
        try:
            for task in asyncio.as_completed(tasks):
                yield await task
        finally:
            for pending in tasks:
                pending.cancel()

    async def _one(self, job: FileJob, journal: Journal | None, again: bool) -> FileResult:
        try:
            data = (
                job.data if job.data is not None else await asyncio.to_thread(read_file, job.path)
            )
            digest = hashlib.sha256(data).hexdigest()
            made_by = self._made_by(job.source, job.target)
            if journal and job.output and not again:
                done = journal.find(job.output, digest, made_by)
                if done is not None:
                    return FileResult(job, before=done)
            request = ArticleRequest(
                data=data,
                format=sniff(data, job.path.name) if job.format == "auto" else job.format,
                targets=(job.target,),
                source=job.source,
                priority=Priority.BULK,
            )
            (article,), _ = await self._articles.translate(request)
            if journal and job.output:
                with writing(f"The output {job.output}"):
                    await asyncio.to_thread(write_atomically, job.output, article.document)
                    journal.add(job.output, Done(digest, made_by, article.report.publishable))
            return FileResult(job, article=article)
        except DragomanError as error:
            return FileResult(job, error=error)


def _open_journal(directory: Path) -> Journal | DragomanError:
    """The error is that of every file which was to be written there."""
    try:
        with writing(f"The directory {directory}"):
            return Journal(directory)
    except DragomanError as error:
        return error


@contextmanager
def writing(what: str) -> Iterator[None]:
    """Say in our words why ``what`` cannot be written. Raises DiskFull or InputError.

    BrokenPipeError passes: a reader that left is no fault.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                f"{what} cannot be written: the disk is full.",
                hint="Free some space, then run the same command again.",
            ) from None
        raise InputError(
            f"{what} cannot be written: {error.strerror or error}.",
            hint="Check the path and its permissions.",
        ) from None


def read_file(path: Path) -> bytes:
    """The bytes of a file. Raises UnreadableInput."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableInput(
            f"The file cannot be read: {error.strerror}.",
            hint="Check the path and its permissions.",
        ) from None


def write_atomically(path: Path, data: bytes) -> None:
    """Write beside it and rename: a reader sees the old file or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
