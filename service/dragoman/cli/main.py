"""The command line: parse, call, print, exit."""

from __future__ import annotations

import sys
from typing import NoReturn

import typer
from rich.console import Console

from dragoman.cli import exits
from dragoman.cli.detect import detect
from dragoman.cli.doctor import doctor
from dragoman.cli.models import app as models_app
from dragoman.cli.serve import serve
from dragoman.cli.train import train
from dragoman.cli.translate import translate
from dragoman.errors import DragomanError

app = typer.Typer(
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


def main() -> NoReturn:
    """Run the command line and exit with a code of ``dragoman.cli.exits``."""
    try:
        app(standalone_mode=True)
    except DragomanError as error:
        fail(error)
    except KeyboardInterrupt:
        Console(stderr=True).print("Interrupted. Run the same command again to do what is left.")
        sys.exit(exits.INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has left; python would complain at exit
        sys.exit(exits.OK)
    sys.exit(exits.OK)


def fail(error: DragomanError) -> NoReturn:
    """Say what happened and what to do, and exit."""
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    console.print(f"dragoman: {error.message}", markup=False)
    if error.hint:
        console.print(f"  {error.hint}", markup=False)
    sys.exit(exits.exit_code(error))
