"""``dragoman models``: what is installed, what there is, and how it gets here."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dragoman.cli import exits
from dragoman.errors import InputError

if TYPE_CHECKING:
    from dragoman.article import LanguagePair
    from dragoman.inference.catalogue import Catalogue
    from dragoman.inference.hub import Wanted
    from dragoman.inference.store import ModelStore
    from dragoman.settings import Settings

app = typer.Typer(help="List, pull, verify and remove models.", no_args_is_help=True)

ModelsDir = Annotated[Path | None, typer.Option(help="Where models are installed.")]


@app.command("list")
def list_models(
    pair: Annotated[str | None, typer.Argument(help="Only this pair, such as en-de.")] = None,
    available: Annotated[
        bool, typer.Option("--available", help="What the catalogue knows, not what is installed.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    models_dir: ModelsDir = None,
) -> None:
    """Show installed models, or with --available those that can be pulled."""
    from dragoman.cli import model_tables

    wanted = _pair(pair) if pair else None
    store = _store(_settings(models_dir=models_dir))
    if available:
        answer = model_tables.available(_catalogue(), store, wanted)
    else:
        answer = model_tables.installed(store, wanted)
    if as_json:
        print(json.dumps(answer, ensure_ascii=False))
    else:
        model_tables.show(answer)


@app.command()
def pull(
    names: Annotated[
        list[str], typer.Argument(help="A pair such as en-de, or a repository: OWNER/NAME.")
    ],
    pair: Annotated[
        list[str] | None,
        typer.Option(help="Directions of a repository that does not say them itself."),
    ] = None,
    revision: Annotated[
        str | None, typer.Option(help="Commit, tag or branch of the repository; else the newest.")
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="Replace an installed model by a newer revision.")
    ] = False,
    offline: Annotated[
        bool, typer.Option("--offline", help="Make any attempt to use the network an error.")
    ] = False,
    models_dir: ModelsDir = None,
) -> None:
    """Install models from the hub. A pair without a direct model takes two, through English."""
    from dragoman.cli.pulling import watch
    from dragoman.inference.convert import convert
    from dragoman.inference.hub import HubOptions, HuggingFaceClient
    from dragoman.inference.hub import pull as pull_model

    settings = _settings(models_dir=models_dir, offline=offline or None)
    token = settings.hub_token.get_secret_value() if settings.hub_token else None
    client = HuggingFaceClient(HubOptions(settings.hub_url, settings.offline, token))
    directions = frozenset(_pair(text) for text in pair or ())
    for wanted in _wanted(names, directions, revision, update, settings.pivot_language):
        with watch(sys.stderr) as progress:
            model = pull_model(wanted, _store(settings), client, convert, progress=progress)
        print(f"{model.id}\t{model.directory}")


@app.command()
def verify(
    model: Annotated[str | None, typer.Argument(help="One model; else all.")] = None,
    models_dir: ModelsDir = None,
) -> None:
    """Read every byte of the models and say what was changed, lost or added; then exit with 5."""
    findings = _store(_settings(models_dir=models_dir)).verify(model)
    for finding in findings:
        place = f"{finding.model_id}/{finding.file}" if finding.file else finding.model_id
        print(f"{finding.problem.value}\t{place}")
    damaged = any(finding.is_damage for finding in findings)
    sys.exit(exits.MODEL if damaged else exits.OK)


@app.command()
def remove(
    models: Annotated[list[str], typer.Argument(help="Ids as `dragoman models list` shows them.")],
    models_dir: ModelsDir = None,
) -> None:
    """Delete pulled models."""
    store = _store(_settings(models_dir=models_dir))
    for model in models:
        store.remove(model)


@app.command()
def path(
    model: Annotated[str | None, typer.Argument(help="A model; else where models go.")] = None,
    models_dir: ModelsDir = None,
) -> None:
    """Print the directory of a model, or the one that models are installed to."""
    settings = _settings(models_dir=models_dir)
    print(_store(settings).path(model) if model else settings.models_dir)


def _settings(**overrides: Any) -> Settings:
    from dragoman.settings import load_settings

    return load_settings(**overrides)


def _store(settings: Settings) -> ModelStore:
    from dragoman.inference.store import open_models

    return open_models(settings.models_dir)


def _catalogue() -> Catalogue:
    from dragoman.inference.catalogue import load_catalogue
    from dragoman.inference.store import bundled_models_directory

    return load_catalogue(bundled_models_directory())


def _pair(text: str) -> LanguagePair:
    from dragoman.inference.catalogue import parse_pair

    found = parse_pair(text)
    if found is None:
        raise InputError(
            f"{text!r} is not a pair of languages that Dragoman knows.",
            hint="Write two language codes, such as en-de or en-pt-BR.",
        )
    return found


def _wanted(
    names: list[str],
    directions: frozenset[LanguagePair],
    revision: str | None,
    update: bool,
    pivot: str,
) -> list[Wanted]:
    """What to pull, each repository once, in the order of the names."""
    from dragoman.inference.catalogue import check_repository
    from dragoman.inference.hub import Wanted

    catalogue = _catalogue()
    found: dict[str, Wanted] = {}
    for name in names:
        if "/" in name:
            repository = check_repository(name)
            known = catalogue.get(repository)
            entries = [(repository, directions or (known.pairs if known else frozenset()))]
        else:
            best = catalogue.best_for(_pair(name), pivot)
            entries = [(entry.repository, entry.pairs) for entry in best]
        for repository, pairs in entries:
            found.setdefault(repository, Wanted(repository, revision, pairs, update))
    return list(found.values())
