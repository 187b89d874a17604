"""``dragoman models`` as a user runs it, against a hub on this machine, with a real small model."""

from __future__ import annotations

import io
import json
import os
import pickle
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer

from dragoman.cli import exits
from dragoman.cli.main import main
from dragoman.cli.models import app
from dragoman.cli.pulling import watch
from dragoman.inference.convert import convert
from dragoman.inference.hub import HubOptions, HuggingFaceClient, Progress, Stage, Wanted, pull
from dragoman.inference.store import ModelStore, bundled_models_directory
from support.hub import Hub, serving

NAME = "owner/opus-mt-en-fr"
PAGE = Path(__file__).parents[2] / "docs" / "models.md"


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[list[str]]:
        return [line.split("\t") for line in self.out.splitlines()]


Run = Callable[..., Done]


@pytest.fixture(scope="module")
def model() -> Path:
    """A real model: the bundled one of English to French."""
    (found,) = [
        installed.directory
        for installed in ModelStore([], bundled=bundled_models_directory()).installed()
        if "en-fr" in map(str, installed.pairs)
    ]
    return found


@pytest.fixture
def hub(model: Path) -> Iterator[Hub]:
    with serving() as running:
        running.add(NAME, model)
        yield running


@pytest.fixture
def run(
    hub: Hub,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Runs one command with an empty models directory and this hub."""
    monkeypatch.setenv("DRAGOMAN_MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.setenv("DRAGOMAN_HUB_URL", hub.url)

    def command(*arguments: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["dragoman", "models", *arguments])
        with pytest.raises(SystemExit) as exit_info:
            main()
        output = capsys.readouterr()
        return Done(int(exit_info.value.code or 0), output.out, output.err)

    return command


@pytest.fixture(scope="module")
def pulled(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models directory with one pulled model, to be copied."""
    shelf = tmp_path_factory.mktemp("pulled")
    with serving() as running:
        running.add(NAME, model)
        client = HuggingFaceClient(HubOptions(running.url))
        pull(Wanted(NAME), ModelStore([shelf]), client, convert)
    return shelf


@pytest.fixture
def installed(pulled: Path, tmp_path: Path) -> Path:
    """The directory of a pulled model that the command under test finds."""
    shutil.copytree(pulled, tmp_path / "models")
    return tmp_path / "models" / NAME


def test_a_pulled_model_is_listed_found_verified_and_removed(run: Run, tmp_path: Path) -> None:
    """The whole life of a model, from the hub to nothing, by the five commands."""
    directory = tmp_path / "models" / "owner" / "opus-mt-en-fr"

    pulled = run("pull", NAME)
    assert (pulled.code, pulled.err) == (exits.OK, "")
    assert pulled.rows == [[NAME, str(directory)]]
    assert NAME in [row[0] for row in run("list").rows]
    assert run("path", NAME).out.strip() == str(directory)
    assert (directory / "ct2-int8" / "model.bin").is_file()
    assert run("verify", NAME) == Done(exits.OK, "", "")
    assert run("remove", NAME) == Done(exits.OK, "", "")
    assert not directory.exists()
    assert run("path", NAME).code == exits.NOT_INSTALLED


def test_a_pulled_model_translates(installed: Path) -> None:
    """What the pull converted is a model that CTranslate2 loads and that gives words."""
    import ctranslate2
    import sentencepiece

    pieces = sentencepiece.SentencePieceProcessor(model_file=str(installed / "source.spm"))
    translator = ctranslate2.Translator(str(installed / "ct2-int8"), intra_threads=1)

    tokens = [*pieces.encode("The minister spoke on Monday.", out_type=str), "</s>"]
    (result,) = translator.translate_batch([tokens], beam_size=1)

    assert result.hypotheses[0]


def test_verify_exits_with_5_for_any_changed_byte(run: Run, installed: Path) -> None:
    """A changed byte is named on standard output, and scripts see it in the exit code."""
    weights = installed / "ct2-int8" / "model.bin"
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)
    (installed / "extra.txt").write_text("")

    done = run("verify")

    assert done.code == exits.MODEL
    assert ["changed", f"{NAME}/ct2-int8/model.bin"] in done.rows
    assert ["added", f"{NAME}/extra.txt"] in done.rows


@pytest.mark.usefixtures("installed")
def test_a_copied_model_verifies_where_there_is_no_network(run: Run, hub: Hub) -> None:
    """A model copied from another machine's directory needs nothing but its files."""
    assert run("verify", NAME) == Done(exits.OK, "", "")
    assert run("pull", NAME, "--offline").rows[0][0] == NAME
    assert hub.asked == []


def documented() -> list[str]:
    """Every `dragoman models` command of the page, without its comment."""
    lines = (PAGE.read_text(encoding="utf-8")).splitlines()
    return [line.split("#")[0].strip() for line in lines if line.startswith("dragoman models ")]


@pytest.mark.parametrize("line", documented())
def test_documented_commands_are_commands(line: str) -> None:
    """Each command line of docs/models.md is one that the program takes."""
    _, _, name, *arguments = shlex.split(line)
    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)

    context = group.commands[name].make_context(name, arguments)

    assert context.info_name == name


def test_a_clean_installation_verifies(run: Run) -> None:
    """With bundled models alone nothing is damaged."""
    assert run("verify").code == exits.OK


@pytest.mark.usefixtures("installed")
def test_json_holds_what_a_program_needs(run: Run) -> None:
    """The JSON list gives pairs, digest, revision, licence, size and path of each model."""
    answer = json.loads(run("list", "--json").out)

    (found,) = [item for item in answer["installed"] if item["id"] == NAME]
    assert found["pairs"] == ["en-fr"]
    assert len(found["digest"]) == 64
    assert len(found["revision"]) == 40
    assert found["size_bytes"] > 0
    assert not found["bundled"]
    assert Path(found["path"]).is_dir()
    assert any(item["bundled"] for item in answer["installed"])
    assert answer["broken"] == []


@pytest.mark.usefixtures("installed")
def test_a_list_can_be_of_one_pair(run: Run) -> None:
    """Only models of the pair are listed."""
    assert NAME in [row[0] for row in run("list", "en-fr").rows]
    assert run("list", "fr-sw").out == ""


def test_a_broken_model_is_named_beside_the_whole_ones(run: Run, installed: Path) -> None:
    """The list goes on, and says on standard error what is broken and why."""
    (installed / "source.spm").unlink()

    done = run("list")

    assert done.code == exits.OK
    assert f"broken: {NAME}: " in done.err
    assert NAME not in [row[0] for row in done.rows]


def test_the_catalogue_is_listed(run: Run) -> None:
    """Available models of a pair are listed, the one that a pull would take first."""
    rows = run("list", "--available", "en-de").rows

    assert rows
    assert all("/" in row[0] for row in rows)


def test_a_pair_is_pulled_by_the_catalogue(run: Run, hub: Hub, model: Path) -> None:
    """A pair stands for the catalogue's first repository for it."""
    best = run("list", "--available", "en-fr").rows[0][0]
    hub.add(best, model)

    assert run("pull", "en-fr").rows[0][0] == best


def test_a_pair_without_a_direct_model_takes_two(run: Run, hub: Hub, model: Path) -> None:
    """When only a way through English is known, both halves are pulled."""
    halves = [run("list", "--available", pair).rows[0][0] for pair in ("tr-en", "en-vi")]
    assert run("list", "--available", "tr-vi").out == ""
    for name in halves:
        hub.add(name, model)

    assert [row[0] for row in run("pull", "tr-vi").rows] == halves


def test_no_path_without_a_model_prints_the_directory(run: Run, tmp_path: Path) -> None:
    """Without an id, path prints where models are installed to."""
    assert run("path").out.strip() == str(tmp_path / "models")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["pull", "owner/nothing"], exits.HUB, "has not owner/nothing"),
        (["pull", "en-de", "--offline"], exits.HUB, "switched off"),
        (["pull", "nonsense"], exits.USAGE, "not a pair"),
        (["pull", "en-en"], exits.USAGE, "not a pair"),
        (["pull", "owner/../name"], exits.USAGE, "not a model's name"),
        (["pull", "sw-is"], exits.HUB, "catalogue knows no model"),
        (["remove", "owner/nothing"], exits.NOT_INSTALLED, "not installed"),
        (["verify", "owner/nothing"], exits.NOT_INSTALLED, "not installed"),
        (["remove", "starter/en-fr"], exits.USAGE, "came with the program"),
    ],
)
def test_what_goes_wrong_is_said_with_an_exit_code(
    run: Run, arguments: list[str], code: int, says: str
) -> None:
    """Each kind of failure has its words on standard error and its code."""
    done = run(*arguments)

    assert done.code == code
    assert says in done.err
    assert done.out == ""


def test_offline_makes_no_request(run: Run, hub: Hub) -> None:
    """With --offline nothing is sent, not even to see whether the hub is there."""
    run("pull", NAME, "--offline")

    assert hub.asked == []


def test_a_pickle_that_runs_code_is_refused(run: Run, hub: Hub, tmp_path: Path) -> None:
    """Weights whose unpickling would run a program are refused: it does not run, nothing stays."""
    trace = tmp_path / "trace"
    files = hub.repositories[NAME].files
    del files["model.safetensors"]
    files["pytorch_model.bin"] = checkpoint(Program(str(trace)))

    done = run("pull", NAME)

    assert done.code == exits.MODEL
    assert not trace.exists()
    assert NAME not in [row[0] for row in run("list").rows]
    assert list((tmp_path / "models").rglob("*.bin")) == []


class Program:
    """Unpickling it makes a directory."""

    def __init__(self, directory: str) -> None:
        self._directory = directory

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (self._directory,)


def checkpoint(state: object) -> bytes:
    """``state`` in the form in which torch saves weights."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(state, protocol=2))
        archive.writestr("archive/version", "3\n")
    return file.getvalue()


PULL_WITHOUT_TORCH = f"""
import sys
sys.modules.update(torch=None, transformers=None)  # as where neither is installed
from dragoman.cli.main import main
sys.argv = ["dragoman", "models", "pull", {NAME!r}]
main()
"""


def test_two_processes_pull_one_model_once(run: Run, hub: Hub, tmp_path: Path) -> None:
    """Of two commands at once both succeed, the weights come once, and torch is not needed."""
    gate = hub.hold("/cdn/owner/opus-mt-en-fr/model.safetensors")

    def start() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", PULL_WITHOUT_TORCH]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True)

    first = start()
    assert gate.reached.wait(60)
    second = start()
    gate.open()
    outputs = [process.communicate(timeout=120) for process in (first, second)]

    expected = (f"{NAME}\t{tmp_path / 'models' / NAME}\n", "")
    assert outputs == [expected, expected]
    assert [process.returncode for process in (first, second)] == [exits.OK, exits.OK]
    assert len(hub.downloads("model.safetensors")) == 1
    assert run("verify", NAME).code == exits.OK


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_drawn_on_a_terminal_only() -> None:
    """A terminal sees the file that arrives; a pipe sees nothing."""
    terminal, pipe = Terminal(), io.StringIO()
    step = Progress(Stage.DOWNLOADING, NAME, "source.spm", 5, 10)

    for stream in (terminal, pipe):
        with watch(stream) as tell:
            tell(step)

    assert "source.spm" in terminal.getvalue()
    assert pipe.getvalue() == ""
