"""A format that does what its input says, for the extraction process to be tested with."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from pathlib import Path

from dragoman.article import Article, Block, BlockKind, TranslatedBlock
from dragoman.errors import InputTooLarge
from dragoman.formats.base import Format, ParseLimits


class ScriptedFormat:
    """``word`` or ``word path``; any word that is not known gives the process's id as a block."""

    name = "page"

    def parse(self, data: bytes, limits: ParseLimits) -> Article:
        word, _, path = data.decode().partition(" ")
        match word:
            case "stall":
                if path:
                    Path(path).write_bytes(b"stalling")  # a named pipe: waits for its reader
                while True:
                    pass
            case "crash":
                os.kill(os.getpid(), signal.SIGSEGV)
            case "refuse":
                raise InputTooLarge("Too large by the script.", hint="Shorten it.")
            case "stumble":
                raise KeyError("of a library's own")
            case "swell":
                bytearray(8 << 30)
            case "meet":
                _wait_for_two(Path(path))
        return Article(None, (Block("b1", BlockKind.PARAGRAPH, str(os.getpid())),))

    def render(self, article: Article, blocks: Mapping[str, TranslatedBlock], target: str) -> bytes:
        return article.blocks[0].text.encode()


def get_format(name: str) -> Format:
    return ScriptedFormat()


def _wait_for_two(meeting: Path) -> None:
    (meeting / str(os.getpid())).touch()
    while len(list(meeting.iterdir())) < 2:
        pass
