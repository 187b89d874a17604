"""What pulling needs to be told, and what it reports meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class HubOptions:
    """``token`` is sent only when it is set here: a login of other programs is never used.

    ``timeout_s`` is the longest silence of the hub, not the longest download.
    """

    url: str = "https://huggingface.co"
    offline: bool = False
    token: str | None = None
    timeout_s: float = 30.0


class Stage(StrEnum):
    """What a pull is doing."""

    WAITING = "waiting"
    """Another pull of the same model is under way."""
    DOWNLOADING = "downloading"
    CONVERTING = "converting"


@dataclass(frozen=True, slots=True)
class Progress:
    """Bytes of all files of one model; ``total_bytes`` is None when the hub does not say."""

    stage: Stage
    repository: str
    file: str | None = None
    done_bytes: int = 0
    total_bytes: int | None = None
