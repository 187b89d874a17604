"""The command line: parse, call, print, exit."""

from __future__ import annotations

import os
import sys
import threading
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from typer.core import TyperGroup

from dragoman.cli import exits
from dragoman.cli.detect import detect
from dragoman.cli.doctor import doctor
from dragoman.cli.models import app as models_app
from dragoman.cli.serve import serve
from dragoman.cli.train import train
from dragoman.cli.translate import translate
from dragoman.errors import DragomanError
from dragoman.pipeline.files import writing


class _Commands(TyperGroup):
    """The commands; typer would answer an interruption and a closed pipe without our words."""

    def invoke(self, ctx: Any) -> Any:
        try:
            try:
                return super().invoke(ctx)
            finally:
                with writing("Standard output"):
                    sys.stdout.flush()
        except KeyboardInterrupt:
            _interrupted()
        except BrokenPipeError:
            _drop_output()  # whoever read our output has left
            sys.exit(exits.OK)


app = typer.Typer(
    cls=_Commands,
    name="dragoman",
    help="Translate and summarise news on your own machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(translate)
app.command()(detect)
app.command()(serve)
app.command()(doctor)
app.command()(train)
app.add_typer(models_app, name="models")


@app.command()
def version() -> None:
    """Print the version."""
    from dragoman.version import __version__

    print(__version__)


def _show_version(wanted: bool) -> None:
    if wanted:
        version()
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_show_version, help="Print the version."),
    ] = False,
) -> None:
    """Translate and summarise news on your own machine."""


def main() -> NoReturn:
    """Run the command line and exit with a code of ``dragoman.cli.exits``."""
    try:
        app(standalone_mode=True)
    except DragomanError as error:
        try:
            sys.stdout.flush()
        except OSError:
            _drop_output()
        fail(error)
    sys.exit(exits.OK)


def _interrupted() -> NoReturn:
    """End now, even if a batch that was given up still runs: the exit of the interpreter would
    free the model under its thread."""
    print("Interrupted. Run the same command again to do what is left.", file=sys.stderr)
    if threading.active_count() > 1:
        sys.stderr.flush()
        os._exit(exits.INTERRUPTED)
    sys.exit(exits.INTERRUPTED)


def _drop_output() -> None:
    """Python would complain at exit that it cannot write what is left in the buffer."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def fail(error: DragomanError) -> NoReturn:
    """Say what happened and what to do, and exit."""
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    console.print(f"dragoman: {error.message}", markup=False)
    if error.hint:
        console.print(f"  {error.hint}", markup=False)
    sys.exit(exits.exit_code(error))
