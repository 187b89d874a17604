"""``dragoman train`` as a user runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from dragoman.cli import exits
from dragoman.cli.main import main
from dragoman.inference.store import ModelStore
from support.toy_language import toy_pairs, write_tsv

SERVICE = Path(__file__).parents[2] / "service"
SETTINGS = """
[shape]
vocabulary = 420
width = 16
inner_width = 32
heads = 2
encoder_layers = 1
decoder_layers = 1

[data]
identify_languages = false
aligner_pairs = 50

[learning]
batch_tokens = 300
validations = 1
report_seconds = 0
"""
BARE = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); "
    "sys.modules['torch'] = sys.modules['transformers'] = None; "
    "from dragoman.cli.main import main; main()"
)


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def dragoman(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command line in this process, on one thread."""
    torch.set_num_threads(1)

    def run(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["dragoman", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        out, err = capsys.readouterr()
        return Done(int(stopped.value.code or 0), out, err)

    return run


def without_torch(*arguments: object) -> Done:
    """Run it in a Python that has no torch."""
    done = subprocess.run(
        [sys.executable, "-c", BARE, SERVICE, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    write_tsv(tmp_path / "toy.tsv", toy_pairs(60))
    (tmp_path / "small.toml").write_text(SETTINGS)
    return tmp_path


def arguments(files: Path) -> list[object]:
    settings = files / "small.toml"
    out = files / "models"
    return [
        "train",
        files / "toy.tsv",
        *("--direction", "en-fr", "--out", out, "--settings", settings),
        *("--dev", files / "toy.tsv", "--licence", "cc0-1.0", "--source", "our archive"),
    ]


def test_a_budget_of_tokens_makes_a_model(dragoman: Run, files: Path) -> None:
    """Its directory is printed, progress goes to standard error, and the store finds it."""
    done = dragoman(*arguments(files), "--tokens", 400)
    assert done.code == exits.OK, done.err
    assert done.out.strip() == str(files / "models" / "en-fr")
    assert "tokens/s" in done.err
    assert "BLEU" in done.err
    (model,) = ModelStore([files / "models"]).installed()
    assert model.licence == "cc0-1.0"
    card = (model.directory / "README.md").read_text(encoding="utf-8")
    assert "our archive" in card
    assert f"--out {files / 'models'}" in card
    shape = json.loads((model.directory / "config.json").read_text())
    assert (shape["d_model"], shape["decoder_ffn_dim"]) == (16, 32)


def test_a_finished_training_is_not_begun_again(dragoman: Run, files: Path) -> None:
    """The same command again, its budget spent, only exports once more."""
    budget = ("--tokens", 400)
    first = dragoman(*arguments(files), *budget)
    second = dragoman(*arguments(files), *budget)
    assert (first.code, second.code) == (exits.OK, exits.OK), second.err
    assert "Going on from step" in second.err
    assert "tokens/s" not in second.err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((), "--minutes or --tokens"),
        (("--tokens", 5, "--minutes", 5), "--minutes or --tokens"),
        (("--tokens", 0), "--minutes or --tokens"),
        (("--tokens", 5, "--direction", "en-xx-yy"), "not a pair of languages"),
        (("--tokens", 5, "--settings", "missing.toml"), "missing.toml cannot be read"),
        (("--tokens", 5, "--dev", "missing.tsv"), "missing.tsv cannot be read"),
    ],
)
def test_wrong_options_are_said(
    dragoman: Run, files: Path, options: tuple[object, ...], says: str
) -> None:
    """Before anything is written or read for long."""
    done = dragoman(*arguments(files), *options)
    assert done.code == exits.USAGE
    assert says in done.err
    assert not (files / "models" / "en-fr").exists()


def test_help_needs_no_torch() -> None:
    """And neither does the mount of the command."""
    done = without_torch("train", "--help")
    assert done.code == exits.OK, done.err
    assert "--direction" in done.out


def test_training_without_torch_says_what_to_install(files: Path) -> None:
    """The extra has the name of the command."""
    done = without_torch(*arguments(files), "--tokens", 5)
    assert done.code == exits.USAGE
    assert "dragoman[train]" in done.err
