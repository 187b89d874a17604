"""``dragoman translate`` as its users call it: a process with files, pipes and an exit code."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dragoman.pipeline.files import JOURNAL
from dragoman.version import __version__

ROOT = Path(__file__).parents[2]
TEXT = (
    "Harbour bridge reopens after nine weeks\n\n"
    "The bridge was closed in March because the road was in a bad state. "
    "The council says that it is now safe, and that trams will run again on Monday.\n"
)
FRENCH = (
    "Le pont du port a été fermé en mars parce que la route était en mauvais état. "
    "Le conseil municipal dit que les trams rouleront de nouveau lundi.\n"
)
GERMAN = (
    "Die Stadt hat am Montag beschlossen, die alte Brücke im Hafen zu erneuern. "
    "Der Bürgermeister sagte, dass die Arbeiten im nächsten Frühjahr beginnen sollen.\n"
)


def environment(home: Path) -> dict[str, str]:
    """Without what would change the answers, or how output is buffered."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("DRAGOMAN_") and name != "PYTHONUNBUFFERED"
    }
    return clean | {
        "XDG_DATA_HOME": str(home),
        "PYTHONPATH": str(ROOT / "service"),
        "PYTHONWARNINGS": "default",
    }


def run(*arguments: str, stdin: str | None = None, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dragoman", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment(home),
        check=False,
        timeout=120,
    )


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "bridge.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_a_pipe_gets_the_translation_and_nothing_else(tmp_path: Path) -> None:
    """Standard input to standard output; silence on standard error."""
    done = run("translate", "-", "--to", "fr", stdin=TEXT, home=tmp_path)
    assert done.returncode == 0
    assert done.stderr == ""
    assert len(done.stdout.strip().splitlines()) == len(TEXT.strip().splitlines())
    assert done.stdout != TEXT
    assert "pont" in done.stdout.lower()


def test_the_report_goes_to_standard_error(article: Path, tmp_path: Path) -> None:
    """The document stays clean for a pipe; the verdict names what made it."""
    done = run("translate", str(article), "--to", "fr", "--report", home=tmp_path)
    assert done.returncode == 0
    assert "en to fr" in done.stderr
    assert "made by route=en-fr:starter/en-fr@" in done.stderr
    assert "made by" not in done.stdout


def test_json_has_the_shape_of_the_api(article: Path, tmp_path: Path) -> None:
    """One object a line with target, blocks, report and models."""
    done = run("translate", str(article), "--to", "fr", "--json", home=tmp_path)
    (line,) = done.stdout.splitlines()
    answer = json.loads(line)
    assert answer["file"] == str(article)
    assert answer["target"] == "fr"
    assert answer["blocks"][0]["kind"] == "headline"
    assert answer["models"][0]["id"] == "starter/en-fr"
    assert set(answer["report"]) >= {"publishable", "reasons", "counts", "flags"}


def test_a_repeated_run_does_only_what_is_left(tmp_path: Path) -> None:
    """Done files are not touched; a missing output and a changed input are done again."""
    for name in ("one", "two", "three"):
        (tmp_path / f"{name}.txt").write_text(f"The port has {name} new bridges now.\n")
    out = tmp_path / "out"
    files = [str(tmp_path / f"{name}.txt") for name in ("one", "two", "three")]
    command = ["translate", *files, "--to", "fr", "--from", "en", "--out", str(out)]
    assert run(*command, home=tmp_path).returncode == 0
    outputs = {name: out / f"{name}.fr.txt" for name in ("one", "two", "three")}
    assert all(path.exists() for path in outputs.values())
    outputs["one"].write_text("left alone")
    outputs["two"].unlink()
    (tmp_path / "three.txt").write_text("The port has four new bridges now.\n")
    before = outputs["three"].read_text()
    assert run(*command, home=tmp_path).returncode == 0
    assert outputs["one"].read_text() == "left alone"
    assert outputs["two"].exists()
    assert outputs["three"].read_text() != before
    assert len((out / JOURNAL).read_text().splitlines()) == 5
    assert run(*command, "--again", home=tmp_path).returncode == 0
    assert outputs["one"].read_text() != "left alone"


def test_ctrl_c_ends_the_run_and_the_next_one_does_what_is_left(tmp_path: Path) -> None:
    """An interruption does not wait for the other files; no output is cut, no line is false."""
    sentence = "The port has {} new bridges and {} old ones now. "
    files = []
    for number in range(40):
        path = tmp_path / f"news{number}.txt"
        body = "".join(sentence.format(number, other) for other in range(1, 41))
        path.write_text(body, encoding="utf-8")
        files.append(path)
    out = tmp_path / "out"
    command = ["translate", *map(str, files), "--to", "fr", "--from", "en", "--out", str(out)]
    process = subprocess.Popen(
        [sys.executable, "-m", "dragoman", *command],
        stderr=subprocess.PIPE,
        text=True,
        env=environment(tmp_path),
    )
    try:
        while process.poll() is None and not list(out.glob("*.txt")):
            select.select([], [], [], 0.01)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 130
    assert said == "Interrupted. Run the same command again to do what is left.\n"
    written = {path.name: path.read_bytes() for path in out.glob("*.txt")}
    lines = (out / JOURNAL).read_text().splitlines()
    journaled = {json.loads(line)["output"] for line in lines}
    assert journaled <= set(written)
    assert len(written) < len(files)
    assert not [path for path in out.iterdir() if path.name not in {*written, JOURNAL}]
    keep = files[: len(written) + 1]
    again = ["translate", *map(str, keep), "--to", "fr", "--from", "en", "--out", str(out)]
    assert run(*again, home=tmp_path).returncode == 0
    assert all((out / f"{path.stem}.fr.txt").exists() for path in keep)
    assert {name: (out / name).read_bytes() for name in written} == written


def test_two_inputs_with_one_output_are_refused(tmp_path: Path) -> None:
    """Nothing is done, and the message names both."""
    inputs = [tmp_path / name / "index.txt" for name in ("a", "b")]
    for path in inputs:
        path.parent.mkdir()
        path.write_text(TEXT, encoding="utf-8")
    out = tmp_path / "out"
    done = run("translate", *map(str, inputs), "--to", "fr", "--out", str(out), home=tmp_path)
    assert done.returncode == 2
    assert all(str(path) in done.stderr for path in inputs)
    assert "separate runs" in done.stderr
    assert not out.exists()


def test_an_output_that_cannot_be_written_is_told(article: Path, tmp_path: Path) -> None:
    """A file in the place of the directory: a message, and never a traceback."""
    (tmp_path / "out").write_text("a file")
    done = run(
        "translate", str(article), "--to", "fr", "--out", str(tmp_path / "out"), home=tmp_path
    )
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [("translate", "--to", "fr"), ("detect",)])
def test_a_full_disk_under_standard_output_is_told(
    command: tuple[str, ...], article: Path, tmp_path: Path
) -> None:
    """Exit code 6 and a line, although what could not be written is still in a buffer."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "dragoman", command[0], str(article), *command[1:]],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(tmp_path),
            check=False,
            timeout=120,
        )
    assert done.returncode == 6
    assert "the disk is full" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_a_reader_that_leaves_is_no_fault(article: Path, tmp_path: Path) -> None:
    """``dragoman … | head -0``: exit code 0 and silence."""
    ours, theirs = os.pipe()
    os.close(ours)
    with os.fdopen(theirs, "wb") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "dragoman", "detect", str(article)],
            stdout=closed,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(tmp_path),
            check=False,
            timeout=120,
        )
    assert (done.returncode, done.stderr) == (0, "")


def test_into_english_without_a_model(article: Path, tmp_path: Path) -> None:
    """A French article needs a model; an English one is copied."""
    french = tmp_path / "french.txt"
    french.write_text(FRENCH, encoding="utf-8")
    out = tmp_path / "out"
    done = run("translate", str(french), "--to", "en", "--out", str(out), home=tmp_path)
    assert done.returncode == 3
    assert "dragoman models pull fr-en" in done.stderr
    done = run("translate", str(article), "--to", "en", "--out", str(out), home=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (out / "bridge.en.txt").read_text(encoding="utf-8") == TEXT


def test_a_repeated_run_remembers_the_verdict(article: Path, tmp_path: Path) -> None:
    """What was not publishable is not so because it is skipped; the report names it."""
    out = tmp_path / "out"
    command = ["translate", str(article), "--to", "fr", "--out", str(out), "--strict", "--report"]
    assert run(*command, home=tmp_path).returncode == 0
    second = run(*command, home=tmp_path)
    assert second.returncode == 0
    assert second.stderr == f"{article}: done before: publishable\n"
    journal = out / JOURNAL
    entry = json.loads(journal.read_text()) | {"publishable": False}
    journal.write_text(json.dumps(entry) + "\n")
    third = run(*command, home=tmp_path)
    assert third.returncode == 7
    assert third.stderr == f"{article}: done before: NOT publishable\n"


def test_one_bad_file_does_not_stop_the_others(article: Path, tmp_path: Path) -> None:
    """The good ones are written; the code is that of the first failure."""
    german = tmp_path / "german.txt"
    german.write_text(GERMAN, encoding="utf-8")
    out = tmp_path / "out"
    done = run(
        "translate", str(german), str(article), "--to", "fr", "--out", str(out), home=tmp_path
    )
    assert done.returncode == 3
    assert "German to French is not installed" in done.stderr
    assert "dragoman models pull de-fr" in done.stderr
    assert (out / "bridge.fr.txt").exists()
    assert not (out / "german.fr.txt").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["translate", "missing.txt", "--to", "fr"], 2, "missing.txt"),
        (["translate", "-", "--to", "fr", "--format", "pdf"], 2, "pdf is not a format"),
        (["translate", "-", "-", "--to", "fr"], 2, "--out"),
        (["translate", "-", "--to", "fr", "--from", "en"], 2, "empty"),
        (["translate", "-", "--to", ""], 2, "language code is empty"),
        (["translate", "-", "--to", "French"], 2, "French is not a language code"),
        (["translate", "-", "--to", "French"], 2, "Use fr."),
        (["translate", "-", "--to", "fr", "--from", "english"], 2, "Use en."),
        (["translate"], 2, "FILES"),
        (["frobnicate"], 2, "frobnicate"),
    ],
)
def test_wrong_use_is_told_in_a_line(
    arguments: list[str], code: int, says: str, tmp_path: Path
) -> None:
    """What is wrong and what to do, an exit code for scripts, and never a traceback."""
    done = run(*arguments, stdin="", home=tmp_path)
    assert done.returncode == code
    assert says.lower() in done.stderr.lower()
    assert "Traceback" not in done.stderr


def test_binary_is_refused(tmp_path: Path) -> None:
    """A picture is no article."""
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)
    done = run("translate", str(picture), "--to", "fr", home=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_detect_names_the_language(article: Path, tmp_path: Path) -> None:
    """File, code, name and confidence, separated by tabs; or JSON."""
    done = run("detect", str(article), home=tmp_path)
    name, code, language, confidence = done.stdout.strip().split("\t")
    assert (name, code, language) == (str(article), "en", "English")
    assert 0.5 < float(confidence) <= 1
    answer = json.loads(run("detect", str(article), "--json", home=tmp_path).stdout)
    assert answer["language"] == "en"


def test_detect_names_the_bad_file_and_goes_on(article: Path, tmp_path: Path) -> None:
    """The others are answered; the code is that of the bad one."""
    missing = tmp_path / "missing.txt"
    done = run("detect", str(missing), str(article), home=tmp_path)
    assert done.returncode == 2
    assert done.stdout.startswith(f"{article}\ten\t")
    assert str(missing) in done.stderr


def test_doctor_translates_a_sentence(tmp_path: Path) -> None:
    """On a working installation nothing is missing."""
    done = run("doctor", "--json", home=tmp_path)
    assert done.returncode == 0, done.stdout
    findings = {item["what"]: item for item in json.loads(done.stdout)}
    assert findings["translation"]["state"] == "ok"
    assert not any(item["state"] == "missing" for item in findings.values())


def test_version(tmp_path: Path) -> None:
    """``dragoman version`` and ``dragoman --version`` print the version and nothing else."""
    assert run("version", home=tmp_path).stdout == f"{__version__}\n"
    assert run("--version", home=tmp_path).stdout == f"{__version__}\n"
