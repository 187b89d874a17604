"""``dragoman translate``: files in, the same files out in other languages."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from dragoman.cli import exits
from dragoman.cli.reading import STANDARD_INPUT, complain, read_input
from dragoman.errors import InputError
from dragoman.pipeline.files import (
    FileJob,
    FileResult,
    FileTranslator,
    output_path,
    writing,
)
from dragoman.pipeline.values import TranslatedArticle

FORMATS = ("auto", "page", "fragment", "text", "markdown", "fields")


def translate(
    files: Annotated[list[Path], typer.Argument(help="Articles; - is standard input.")],
    to: Annotated[list[str], typer.Option("--to", help="Target language; may be repeated.")],
    from_: Annotated[
        str | None, typer.Option("--from", help="Source language; found when not given.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Directory to write to, as NAME.LANGUAGE.EXT.")
    ] = None,
    format_: Annotated[str, typer.Option("--format", help="|".join(FORMATS))] = "auto",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object a result, as the API's.")
    ] = False,
    report: Annotated[
        bool, typer.Option("--report", help="Say on standard error what was found.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Translate also what is done already.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 7 when a result is not publishable.")
    ] = False,
) -> None:
    """Translate articles, from files to standard output or to a directory.

    An interrupted run with --out can be repeated: it does only what is left.
    """
    from dragoman.langid import language_code

    if format_ not in FORMATS:
        raise InputError(f"{format_} is not a format.", hint=f"Use one of {', '.join(FORMATS)}.")
    targets = list(dict.fromkeys(language_code(code) for code in to))
    if out is None and not as_json and len(files) * len(targets) > 1:
        raise InputError(
            "Several results would run together on standard output.",
            hint="Name a directory with --out, or use --json.",
        )
    source = language_code(from_) if from_ is not None else None
    jobs = [
        FileJob(
            path,
            target,
            _output(path, target, out),
            format_,
            source,
            read_input(path) if path == STANDARD_INPUT else None,
        )
        for path in files
        for target in targets
    ]
    results = _run(jobs, again=again)
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    for result in results:
        _show(result, console, as_json=as_json, report=report)
    sys.exit(_exit_code(results, strict=strict))


def _output(path: Path, target: str, out: Path | None) -> Path | None:
    if out is None:
        return None
    return output_path(Path("stdin") if path == STANDARD_INPUT else path, target, out)


def _run(jobs: list[FileJob], *, again: bool) -> list[FileResult]:
    """All results in the order of the jobs."""
    from dragoman.facade import Dragoman

    results: dict[FileJob, FileResult] = {}
    with Dragoman() as dragoman, _progress(len(jobs)) as advance:
        services = dragoman.services
        translator = FileTranslator(services.articles, services.made_by)

        async def run() -> None:
            async for result in translator.translate(jobs, again=again):
                results[result.job] = result
                advance()

        dragoman.run(run)
    return [results[job] for job in jobs]


@contextmanager
def _progress(total: int):  # type: ignore[no-untyped-def]  # a generator of a closure; its one caller is above
    """A bar on a terminal, silence in a pipe and for a single file."""
    console = Console(stderr=True)
    if total < 2 or not console.is_terminal:
        yield lambda: None
        return
    columns = (
        TextColumn("translating"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("files", total=total)
        yield lambda: progress.advance(task)


def _show(result: FileResult, console: Console, *, as_json: bool, report: bool) -> None:
    if result.error is not None:
        complain(result.job.path, result.error, console)
        return
    article = result.article
    if article is None:
        if report:
            verdict = _verdict(result.publishable)
            console.print(f"{result.job.path}: done before: {verdict}", markup=False)
        return
    with writing("Standard output"):
        _print(result.job, article, as_json=as_json)
    if report:
        for line in report_lines(result.job.path, article):
            console.print(line, markup=False)


def _print(job: FileJob, article: TranslatedArticle, *, as_json: bool) -> None:
    if as_json:
        from dragoman.api.schemas import ArticleTranslation

        answer = ArticleTranslation.of(article).model_dump(mode="json")
        print(json.dumps({"file": str(job.path), **answer}, ensure_ascii=False))
    elif job.output is None:
        sys.stdout.buffer.write(article.document)
        if not article.document.endswith(b"\n"):
            sys.stdout.buffer.write(b"\n")
        sys.stdout.buffer.flush()


def _verdict(publishable: bool) -> str:
    return "publishable" if publishable else "NOT publishable"


def report_lines(path: Path, article: TranslatedArticle) -> Iterator[str]:
    """The report in words: a verdict, the counts, then each finding with its place."""
    report = article.report
    verdict = _verdict(report.publishable)
    counts = ", ".join(f"{count} {name}" for name, count in report.counts.items() if count)
    language = article.source.language
    yield f"{path}: {language} to {article.target}: {verdict}; {counts}"
    for item in report.flags:
        flag = item.flag
        yield (
            f"  {flag.severity}: {flag.code} in {item.block_id}, "
            f"segment {item.segment + 1}: {flag.message}"
        )
    timings = ", ".join(f"{name} {ms:.0f} ms" for name, ms in report.timings_ms.items())
    yield f"  {timings}"
    yield f"  made by {article.signature}"


def _exit_code(results: list[FileResult], *, strict: bool) -> int:
    failed = [result.error for result in results if result.error is not None]
    if failed:
        return exits.exit_code(failed[0])
    unpublishable = any(not result.publishable for result in results)
    return exits.NOT_PUBLISHABLE if strict and unpublishable else exits.OK
