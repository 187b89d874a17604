"""Opening engines by name, and being told why not."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dragoman.errors import DragomanError, ModelCorrupt, SettingsError
from dragoman.inference.engines import EngineOptions, open_engine
from dragoman.inference.engines.base import DecodingOptions, Request
from dragoman.inference.engines.options import EngineName, usable_cores
from support.models import EN_FR, installed_model, starter, write_random_model

REAL: tuple[EngineName, ...] = ("ctranslate2", "transformers")
PRELUDE = """
import sys
from pathlib import Path
from dragoman.article import LanguagePair
from dragoman.inference.engines import EngineOptions, open_engine
from dragoman.inference.engines.base import Request
from dragoman.inference.model import InstalledModel
here = Path(sys.argv[1])
pairs = frozenset({LanguagePair("en", "fr")})
model = InstalledModel("starter", here, here / "ct2-int8", "0" * 64, pairs, 1)
"""
TRANSLATE = """
engine = open_engine(model, EngineOptions(device="cpu", workers=1))
batch = engine.prepare([Request("The minister said no.")])
print(engine.finish(batch, engine.run(batch))[0][0].text)
print(sorted({"torch", "transformers", "ctranslate2.specs"} & set(sys.modules)))
"""
OPEN_REFERENCE = """
try:
    open_engine(model, EngineOptions(engine="transformers"))
except Exception as error:
    print(type(error).__name__, error)
"""


def python(script: str, blocked: str = "") -> str:
    """Run a script in a fresh interpreter that cannot import what is blocked."""
    block = f"import sys; sys.modules[{blocked!r}] = None" if blocked else ""
    command = [sys.executable, "-c", block + PRELUDE + script, starter().directory]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_translating_with_ctranslate2_imports_no_torch() -> None:
    """Nor transformers, nor CTranslate2's converters: they cost seconds and a gigabyte."""
    text, modules = python(TRANSLATE).splitlines()
    assert text
    assert modules == "[]"


@pytest.mark.parametrize("missing", ["torch", "transformers"])
def test_a_missing_extra_is_named(missing: str) -> None:
    """The hint is the command that installs it."""
    told = python(OPEN_REFERENCE, blocked=missing)
    assert told.startswith("SettingsError")
    assert "pip install 'dragoman[torch]'" in told


def test_the_fake_opens_without_a_model() -> None:
    """It boots everything around engines."""
    engine = open_engine(starter(), EngineOptions(engine="fake"))
    assert engine.name.startswith("fake")


def test_an_unknown_name_is_a_wrong_setting() -> None:
    """Names are checked where they are used, too."""
    unknown: Any = "marian"
    with pytest.raises(SettingsError, match="marian"):
        open_engine(starter(), EngineOptions(engine=unknown))


@pytest.mark.parametrize(
    ("engine", "compute_type"), [("ctranslate2", "float16"), ("transformers", "int8")]
)
def test_a_precision_that_the_machine_lacks_is_a_wrong_setting(
    engine: EngineName, compute_type: Any
) -> None:
    """It is named, with those that are possible."""
    options = EngineOptions(engine=engine, device="cpu", compute_type=compute_type)
    with pytest.raises(SettingsError, match=rf"{compute_type}.*float32"):
        open_engine(starter(), options)


@pytest.mark.parametrize("engine", REAL)
def test_a_gpu_that_is_not_there_is_a_wrong_setting(engine: EngineName) -> None:
    """Asking for cuda on a machine without it is told; auto takes the CPU."""
    options = EngineOptions(engine=engine, device="cuda")
    if not has_gpu():
        with pytest.raises(SettingsError, match="no GPU"):
            open_engine(starter(), options)
    automatic = open_engine(starter(), replace(options, device="auto"))
    assert automatic.name.endswith("cuda" if has_gpu() else "cpu")


def has_gpu() -> bool:
    import ctranslate2

    return bool(ctranslate2.get_cuda_device_count())


def test_int8_is_the_default_and_deterministic_is_float32() -> None:
    """Speed unless a promise was asked for."""
    cpu = EngineOptions(device="cpu", workers=1)
    assert "int8" in open_engine(starter(), cpu).name
    exact = replace(cpu, deterministic=True, compute_type="int8")
    assert "float32" in open_engine(starter(), exact).name


def test_workers_fill_the_cores() -> None:
    """0 workers means one for every ``threads_per_worker`` cores, and at least one."""
    assert EngineOptions().cpu_workers() == usable_cores() >= 1
    assert EngineOptions(threads_per_worker=10_000).cpu_workers() == 1
    assert EngineOptions(workers=3).cpu_workers() == 3
    assert open_engine(starter(), EngineOptions(device="cpu", workers=3)).workers == 3


def break_weights(directory: Path) -> None:
    for path in (directory / "model.safetensors", directory / "ct2" / "model.bin"):
        path.write_bytes(path.read_bytes()[:1000])


def drop_weights(directory: Path) -> None:
    for path in (directory / "model.safetensors", directory / "ct2" / "model.bin"):
        path.unlink()


def starve_network(directory: Path) -> None:
    from safetensors.numpy import load_file, save_file

    arrays = load_file(directory / "model.safetensors")
    del arrays["model.encoder.layers.0.fc1.bias"]
    save_file(arrays, directory / "model.safetensors", metadata={"format": "pt"})
    (directory / "ct2" / "model.bin").unlink()


def drop_vocabulary(directory: Path) -> None:
    (directory / "vocab.json").unlink()


@pytest.mark.parametrize("engine", REAL)
@pytest.mark.parametrize("harm", [break_weights, drop_weights, starve_network, drop_vocabulary])
def test_a_damaged_model_is_corrupt(tmp_path: Path, engine: EngineName, harm: Any) -> None:
    """Cut, missing or incomplete weights never become random ones."""
    model = installed_model(write_random_model(tmp_path / "model"), [EN_FR])
    harm(model.directory)
    with pytest.raises(DragomanError) as caught:
        open_engine(model, EngineOptions(engine=engine, device="cpu", workers=1))
    assert isinstance(caught.value, ModelCorrupt)
    assert caught.value.hint


def test_a_model_without_a_converted_form_is_told() -> None:
    """CTranslate2 runs its own form only."""
    with pytest.raises(ModelCorrupt, match="no CTranslate2 form"):
        open_engine(replace(starter(), ctranslate2_directory=None), EngineOptions())


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_the_reference_engine_computes_as_told(precision: Any) -> None:
    """bfloat16 on a CPU only when asked for."""
    options = EngineOptions(engine="transformers", device="cpu", compute_type=precision, workers=1)
    engine = open_engine(starter(), options)
    assert precision in engine.name
    batch = engine.prepare([Request("The minister said no.", DecodingOptions(with_scores=True))])
    answer = engine.finish(batch, engine.run(batch))[0][0]
    assert answer.text
    assert answer.score is not None
