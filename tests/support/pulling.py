"""A puller for tests: one hub, one shelf, and no waiting between attempts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dragoman.inference.hub import HubOptions, HuggingFaceClient, Progress, Wanted, pull
from dragoman.inference.hub.download import Machine
from dragoman.inference.model import InstalledModel
from dragoman.inference.store import ModelStore
from support.hub import Hub, serving
from support.model_directories import FILES, model_directory

NAME = "Helsinki-NLP/opus-mt-en-fr"
WEIGHTS = "model.safetensors"
CONTENT = FILES[WEIGHTS]
CARD = "---\nlicense: cc-by-4.0\n---\n# A model\n"


def convert(model: Path, output: Path) -> None:
    """Stands for the converter at its port."""
    output.mkdir()
    (output / "model.bin").write_bytes(b"converted " + (model / WEIGHTS).read_bytes())


@dataclass
class Puller:
    """Pulls to ``shelf``. ``options`` are HubOptions, ``waits`` what it would have waited."""

    hub: Hub
    shelf: Path
    options: dict[str, object] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    converter: Callable[[Path, Path], object] = convert

    @property
    def store(self) -> ModelStore:
        return ModelStore([self.shelf])

    @property
    def files(self) -> dict[str, bytes]:
        """What the hub's repository holds, to be changed."""
        return self.hub.repositories[NAME].files

    def __call__(
        self,
        name: str = NAME,
        progress: Callable[[Progress], None] = lambda _: None,
        **wanted: object,
    ) -> InstalledModel:
        client = HuggingFaceClient(HubOptions(**{"url": self.hub.url} | self.options))  # type: ignore[arg-type]  # options of the one test
        return pull(
            Wanted(name, **wanted),  # type: ignore[arg-type]  # options of the one test
            self.store,
            client,
            self.converter,
            progress=progress,
            machine=Machine(sleep=self.waits.append),
        )

    @property
    def left_behind(self) -> list[str]:
        """What lies in the workshop beside the locks."""
        workshop = self.shelf / ".staging"
        return [path.name for path in workshop.rglob("*") if path.suffix != ".lock"]


@contextmanager
def pulling(directory: Path) -> Iterator[Puller]:
    """A hub with one model, beside things that nobody should download, and an empty shelf."""
    without = ["ct2-int8/model.bin", "ct2-int8/config.json"]
    upstream = model_directory(directory / "upstream", card=CARD, without=without)
    files = {path.name: path.read_bytes() for path in upstream.iterdir()}
    others = {"modeling.py": b"raise SystemExit", "tf_model.h5": b"x", ".gitattributes": b""}
    with serving() as hub:
        hub.add(NAME, files | others)
        yield Puller(hub, directory / "models")
