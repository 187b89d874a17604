"""Translate files into a directory; a run that was interrupted does only what is left.

Beside the outputs lies a journal, ``.dragoman-journal.jsonl``: one line for each finished output
with the digest of its input and the signature of what made it. An output is done when it exists
and its line says that the same input was translated by the same models with the same options.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dragoman.errors import DragomanError, UnreadableInput
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
class FileResult:
    """``skipped`` when it was done before; else either ``article`` or ``error`` is set."""

    job: FileJob
    article: TranslatedArticle | None = None
    error: DragomanError | None = None
    skipped: bool = False


def output_path(path: Path, target: str, directory: Path) -> Path:
    """``news.html`` in French becomes ``news.fr.html``."""
    return directory / f"{path.stem}.{target}{path.suffix}"


class Journal:
    """What has been written into one directory."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / JOURNAL
        self._done: dict[str, tuple[str, str]] = {}
        if self._path.exists():
            for line in self._path.read_text(encoding="utf-8").splitlines():
                self._read(line)

    def _read(self, line: str) -> None:
        try:
            entry = json.loads(line)
            self._done[entry["output"]] = (entry["input"], entry["made_by"])
        except (ValueError, KeyError, TypeError):
            return  # a line cut by a crash only means that its output is made again

    def has(self, output: Path, digest: str, made_by: str) -> bool:
        return output.exists() and self._done.get(output.name) == (digest, made_by)

    def add(self, output: Path, digest: str, made_by: str) -> None:
        entry = {"output": output.name, "input": digest, "made_by": made_by}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        self._done[output.name] = (digest, made_by)


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
        """Yield each result when it is written. An error of one file does not stop the others."""
        journals = {
            directory: Journal(directory)
            for directory in {job.output.parent for job in jobs if job.output is not None}
        }
        places = asyncio.Semaphore(self._at_once)

        async def run(job: FileJob) -> FileResult:
            async with places:
                journal = journals.get(job.output.parent) if job.output else None
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
            if journal and job.output and not again and journal.has(job.output, digest, made_by):
                return FileResult(job, skipped=True)
            request = ArticleRequest(
                data=data,
                format=sniff(data, job.path.name) if job.format == "auto" else job.format,
                targets=(job.target,),
                source=job.source,
                priority=Priority.BULK,
            )
            (article,), _ = await self._articles.translate(request)
            if journal and job.output:
                await asyncio.to_thread(write_atomically, job.output, article.document)
                journal.add(job.output, digest, made_by)
            return FileResult(job, article=article)
        except DragomanError as error:
            return FileResult(job, error=error)


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
