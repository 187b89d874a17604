"""Converting without torch: equal to the official converter, and nothing gets past it."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from dragoman.article import LanguagePair
from dragoman.errors import DragomanError, ModelCorrupt, ModelRefused
from dragoman.inference.convert import Quantization, convert
from dragoman.inference.convert.pickled import read_pickled
from dragoman.inference.convert.safe import read_safetensors
from support.models import (
    STARTER,
    WeightsFile,
    installed_model,
    write_random_model,
    write_weights,
)

FORMS: tuple[WeightsFile, ...] = ("safetensors", "zip pickle", "legacy pickle")
PICKLES: tuple[WeightsFile, ...] = ("zip pickle", "legacy pickle")


def official(directory: Path, output: Path, quantization: str) -> Path:
    from ctranslate2.converters import TransformersConverter

    with warnings.catch_warnings():
        # The tokenizer would like a package that plays no part in conversion.
        warnings.filterwarnings("ignore", message=".*sacremoses")
        TransformersConverter(str(directory)).convert(str(output), quantization=quantization)
    return output


def contents(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(directory.iterdir())}


def change_config(directory: Path, **changes: object) -> None:
    path = directory / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def change_weights(directory: Path, change: Callable[[dict[str, Any]], object]) -> None:
    arrays = load_file(directory / "model.safetensors")
    change(arrays)
    save_file(arrays, directory / "model.safetensors", metadata={"format": "pt"})


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_random_model(tmp_path / "model")


@pytest.mark.parametrize("quantization", ["int8", "float32"])
def test_the_bundled_model_converts_as_officially(
    tmp_path: Path, quantization: Quantization
) -> None:
    """Every file is equal to the official converter's, byte for byte."""
    convert(STARTER, tmp_path / "ours", quantization)
    theirs = official(STARTER, tmp_path / "theirs", quantization)
    assert contents(tmp_path / "ours") == contents(theirs)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
@pytest.mark.parametrize("quantization", ["int8", "float16", "int16"])
def test_random_models_convert_as_officially(
    tmp_path: Path, dtype: str, quantization: Quantization
) -> None:
    """Also in other precisions, and with a bias on the output, which opus-mt models have."""
    model = write_random_model(tmp_path / "model", dtype=dtype, layers=(1, 2))
    convert(model, tmp_path / "ours", quantization)
    theirs = official(model, tmp_path / "theirs", quantization)
    assert contents(tmp_path / "ours") == contents(theirs)


def test_separate_embeddings_convert_as_officially(tmp_path: Path) -> None:
    """The weights are equal; the target's vocabulary is its own, which the official one misses."""
    model = write_random_model(tmp_path / "model", target_pieces=300)
    convert(model, tmp_path / "ours", "float32")
    theirs = official(model, tmp_path / "theirs", "float32")
    assert (tmp_path / "ours/model.bin").read_bytes() == (theirs / "model.bin").read_bytes()
    for side, name in (("source", "vocab.json"), ("target", "target_vocab.json")):
        pieces = json.loads((tmp_path / f"ours/{side}_vocabulary.json").read_text())
        assert pieces == list(json.loads((model / name).read_text()))[:-1]


def test_a_smaller_target_vocabulary_converts(tmp_path: Path) -> None:
    """Source and target need not have equally many pieces."""
    model = write_random_model(tmp_path / "model", target_pieces=200)
    convert(model, tmp_path / "ct2", "int8")
    translator = ctranslate2.Translator(str(tmp_path / "ct2"), device="cpu")
    pieces = translator.translate_batch([["▁the", "</s>"]], max_decoding_length=5)[0].hypotheses[0]
    assert set(pieces) <= set(json.loads((model / "target_vocab.json").read_text()))


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_all_forms_of_weights_convert_alike(tmp_path: Path, dtype: str) -> None:
    """safetensors and both of torch's pickle forms give the same bytes."""
    found = []
    for form in FORMS:
        model = write_random_model(tmp_path / form, dtype=dtype, weights=form)
        convert(model, tmp_path / form / "ct2", "int8")
        found.append(contents(tmp_path / form / "ct2"))
    assert found[0] == found[1] == found[2]


def test_bfloat16_is_widened(tmp_path: Path, model: Path) -> None:
    """bfloat16, which numpy lacks, converts as the same numbers in float32."""
    import torch
    from safetensors.torch import save_file as save_tensors

    arrays = load_file(model / "model.safetensors")
    halves = {name: torch.from_numpy(array).bfloat16() for name, array in arrays.items()}
    convert_with = []
    for kind in ("wide", "safe", "pickled"):
        (model / "model.safetensors").unlink(missing_ok=True)
        if kind == "wide":
            write_weights(model, {name: half.float().numpy() for name, half in halves.items()})
        elif kind == "safe":
            save_tensors(halves, model / "model.safetensors")
        else:
            torch.save(halves, model / "pytorch_model.bin")
        convert(model, tmp_path / kind, "int8")
        convert_with.append(contents(tmp_path / kind))
    assert convert_with[0] == convert_with[1] == convert_with[2]


def test_copies_of_tied_weights_are_understood(tmp_path: Path, model: Path) -> None:
    """Old checkpoints repeat the shared embeddings under four names, and bring the positions."""
    convert(model, tmp_path / "plain", "float32")
    sines = np.random.default_rng(1).normal(size=(512, 64)).astype(np.float32)

    def repeat(arrays: dict[str, Any]) -> None:
        for name in ("model.encoder.embed_tokens", "model.decoder.embed_tokens", "lm_head"):
            arrays[f"{name}.weight"] = arrays["model.shared.weight"].copy()

    def bring_positions(arrays: dict[str, Any]) -> None:
        for side in ("encoder", "decoder"):
            arrays[f"model.{side}.embed_positions.weight"] = sines.copy()

    change_weights(model, repeat)
    convert(model, tmp_path / "repeated", "float32")
    assert contents(tmp_path / "plain") == contents(tmp_path / "repeated")
    change_weights(model, bring_positions)
    convert(model, tmp_path / "positioned", "float32")
    theirs = official(model, tmp_path / "theirs", "float32")
    assert contents(tmp_path / "positioned") == contents(theirs)


def test_conversion_needs_neither_torch_nor_transformers(tmp_path: Path, model: Path) -> None:
    """It works where importing them fails."""
    script = (
        "import sys; sys.modules.update(torch=None, transformers=None)\n"
        "from pathlib import Path\n"
        "from dragoman.inference.convert import convert\n"
        "convert(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    subprocess.run([sys.executable, "-c", script, model, tmp_path / "ct2"], check=True)
    assert (tmp_path / "ct2/model.bin").is_file()


class Evil:
    """Runs a command when it is unpickled by someone careless."""

    def __init__(self, function: Callable[..., object], *arguments: object) -> None:
        self._call = (function, arguments)

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self._call


@pytest.mark.parametrize("form", PICKLES)
def test_a_malicious_pickle_is_refused_and_does_nothing(
    tmp_path: Path, model: Path, form: WeightsFile
) -> None:
    """Whatever a pickle wants to call beyond tensors, it is named, refused, and not called."""
    import torch

    victim = tmp_path / "victim"
    (model / "model.safetensors").unlink()
    for function, argument in ((victim.write_text, "hurt"), (eval, "1 + 1"), (print, "hello")):
        torch.save(
            {"model.shared.weight": Evil(function, argument)},
            model / "pytorch_model.bin",
            _use_new_zipfile_serialization=form == "zip pickle",
        )
        with pytest.raises(ModelRefused, match="not safe"):
            convert(model, tmp_path / "ct2")
    assert not victim.exists()
    assert not (tmp_path / "ct2").exists()


def test_a_plain_pickle_is_not_a_checkpoint(model: Path) -> None:
    """Neither a pickle without torch's marks nor any other bytes are read."""
    path = model / "pytorch_model.bin"
    for data in (pickle.dumps({"a": 1}), b"", b"\x80", b"PK\x03\x04", b"torch" * 100):
        path.write_bytes(data)
        with pytest.raises(ModelCorrupt):
            read_pickled(path)


@pytest.mark.parametrize("form", PICKLES)
def test_a_pickled_file_that_ends_early_is_corrupt(
    tmp_path: Path, model: Path, form: WeightsFile
) -> None:
    """Wherever it was cut."""
    write_weights(tmp_path, load_file(model / "model.safetensors"), form)
    path = tmp_path / "pytorch_model.bin"
    whole = path.read_bytes()
    assert read_pickled(path)
    for share in (0.01, 0.1, 0.5, 0.999):
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(ModelCorrupt):
            read_pickled(path)


@pytest.mark.parametrize(
    ("offset", "shape", "strides"),
    [(0, (9,), (1,)), (8, (1,), (1,)), (-1, (2,), (1,)), (0, (2, 2), (8, 1)), (0, (9,), (0,))],
)
def test_a_tensor_cannot_reach_outside_its_storage(
    tmp_path: Path, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]
) -> None:
    """Sizes and strides in a file are not trusted."""
    import torch

    whole = torch.arange(8.0)

    class Reaching:
        def __reduce__(self) -> tuple[Any, ...]:
            storage = torch.storage.TypedStorage(
                wrap_storage=whole.untyped_storage(), dtype=torch.float32, _internal=True
            )
            return torch._utils._rebuild_tensor_v2, (storage, offset, shape, strides, False, {})

    for zipped in (True, False):
        torch.save({"w": Reaching()}, tmp_path / "w.bin", _use_new_zipfile_serialization=zipped)
        with pytest.raises(ModelCorrupt, match="outside"):
            read_pickled(tmp_path / "w.bin")


def test_views_and_parameters_are_read(tmp_path: Path) -> None:
    """Transposed, sliced and shared tensors come out as torch shows them."""
    import torch

    base = torch.arange(24.0).reshape(4, 6)
    tensors = {
        "turned": base.T,
        "sliced": base[1:3, 2:],
        "parameter": torch.nn.Parameter(base),
        "empty": torch.zeros(0, 3),
        "double": base.double(),
    }
    for zipped in (True, False):
        torch.save(tensors, tmp_path / "w.bin", _use_new_zipfile_serialization=zipped)
        found = read_pickled(tmp_path / "w.bin")
        assert list(found) == list(tensors)
        for name, tensor in tensors.items():
            np.testing.assert_array_equal(found[name], tensor.detach().float().numpy())


@pytest.mark.parametrize(
    "header",
    [
        {"w": {"dtype": "F32", "shape": [4], "data_offsets": [0, 32]}},
        {"w": {"dtype": "F32", "shape": [4], "data_offsets": [16, 0]}},
        {"w": {"dtype": "F32", "shape": [-4], "data_offsets": [0, 16]}},
        {"w": {"dtype": "F32", "shape": [5], "data_offsets": [0, 16]}},
        {"w": {"shape": [4], "data_offsets": [0, 16]}},
        {"w": 4},
        [],
    ],
)
def test_a_false_safetensors_header_is_corrupt(tmp_path: Path, header: object) -> None:
    """Offsets and shapes in a file are not trusted."""
    text = json.dumps(header).encode()
    path = tmp_path / "model.safetensors"
    path.write_bytes(len(text).to_bytes(8, "little") + text + bytes(16))
    with pytest.raises(ModelCorrupt):
        read_safetensors(path)


def test_a_cut_safetensors_file_is_corrupt(model: Path) -> None:
    """Wherever it was cut."""
    path = model / "model.safetensors"
    whole = path.read_bytes()
    for length in (0, 4, 100, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(ModelCorrupt):
            read_safetensors(path)


def drop_one(arrays: dict[str, Any]) -> None:
    del arrays["model.encoder.layers.0.fc1.bias"]


def reshape_one(arrays: dict[str, Any]) -> None:
    arrays["model.encoder.layers.0.fc1.weight"] = arrays["model.encoder.layers.0.fc1.weight"].T


def add_one(arrays: dict[str, Any]) -> None:
    arrays["model.encoder.layernorm_embedding.weight"] = np.ones(64, np.float32)


def spoil_one(arrays: dict[str, Any]) -> None:
    arrays["model.shared.weight"][3, 3] = np.nan


def count_one(arrays: dict[str, Any]) -> None:
    arrays["model.decoder.layers.0.fc2.bias"] = np.ones(64, np.int64)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (drop_one, "lacks the weights model.encoder.layers.0.fc1.bias"),
        (reshape_one, r"shape \(64, 128\), not \(128, 64\)"),
        (add_one, "layernorm_embedding"),
        (spoil_one, "not finite"),
        (count_one, "int64"),
    ],
)
def test_weights_that_are_not_marian_are_refused(
    tmp_path: Path, model: Path, change: Callable[[dict[str, Any]], object], words: str
) -> None:
    """Missing, misshapen, unknown or senseless weights are named."""
    change_weights(model, change)
    with pytest.raises(ModelRefused, match=words):
        convert(model, tmp_path / "ct2")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"model_type": "bart"}, "bart"),
        ({"activation_function": "mish"}, "mish"),
        ({"decoder_attention_heads": 2}, "heads"),
        ({"encoder_attention_heads": 5, "decoder_attention_heads": 5}, "5 heads"),
        ({"d_model": "wide"}, "config.json"),
        ({"decoder_start_token_id": 9999}, "9999"),
        ({"encoder_layers": 3}, "layers.2"),
        ({"encoder_layers": 1}, "layers.1"),
        ({"tie_word_embeddings": False}, "lm_head"),
    ],
)
def test_configurations_that_are_not_known_are_refused(
    tmp_path: Path, model: Path, settings: dict[str, object], words: str
) -> None:
    """The message names the setting or the weights that do not fit it."""
    change_config(model, **settings)
    with pytest.raises(ModelRefused, match=words):
        convert(model, tmp_path / "ct2")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("config.json", None, ModelCorrupt),
        ("config.json", "{", ModelCorrupt),
        ("config.json", "[]", ModelCorrupt),
        ("vocab.json", None, ModelCorrupt),
        ("vocab.json", '{"</s>": 0, "<unk>": 2}', ModelRefused),
        ("vocab.json", '{"</s>": 0, "<unk>": "1"}', ModelRefused),
        ("vocab.json", '{"a": 0, "b": 1}', ModelRefused),
        ("vocab.json", '{"</s>": 0, "<unk>": 1}', ModelRefused),
        ("model.safetensors", None, ModelCorrupt),
    ],
)
def test_missing_and_broken_files_are_told_apart(
    tmp_path: Path, model: Path, name: str, content: str | None, kind: type[DragomanError]
) -> None:
    """Missing or unreadable is corrupt; readable but unknown is refused."""
    (model / name).unlink()
    if content is not None:
        (model / name).write_text(content)
    with pytest.raises(kind, match=r"\.json|safetensors|weights"):
        convert(model, tmp_path / "ct2")


def test_the_output_appears_in_one_piece(tmp_path: Path, model: Path) -> None:
    """A new form replaces the old one whole; a failure leaves the old one and no traces."""
    output = tmp_path / "ct2"
    convert(model, output, "float32")
    first = contents(output)
    (output / "stray").write_text("from before")
    convert(model, output, "int8")
    second = contents(output)
    assert set(second) == set(first)
    assert second["model.bin"] != first["model.bin"]
    change_weights(model, drop_one)
    with pytest.raises(ModelRefused):
        convert(model, output)
    assert contents(output) == second
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ct2", "model"]


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, model: Path) -> None:
    """Running out of space while writing is DiskFull, and half a model is removed."""
    script = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from dragoman.errors import DiskFull\n"
        "from dragoman.inference.convert import convert\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
        "try:\n"
        "    convert(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "except DiskFull:\n"
        "    print('disk full')\n"
    )
    command = [sys.executable, "-c", script, model, tmp_path / "ct2"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "disk full\n"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_the_converted_form_is_found_and_loads(tmp_path: Path) -> None:
    """The int8 form of a random model translates."""
    model = installed_model(
        write_random_model(tmp_path / "model"), [LanguagePair("en", "fr")], quantization="int8"
    )
    translator = ctranslate2.Translator(str(model.ctranslate2_directory), device="cpu")
    result = translator.translate_batch([["▁the", "</s>"]], max_decoding_length=5)[0]
    assert 1 <= len(result.hypotheses[0]) <= 5
