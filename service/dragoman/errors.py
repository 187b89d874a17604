"""What can go wrong, grouped by what the caller can do about it.

::

    DragomanError
    ├── InputError               change what you send
    │   ├── EmptyInput
    │   ├── UnreadableInput      not text, wrong encoding, broken beyond reading
    │   ├── InputTooLarge        over a limit of bytes, characters or nodes
    │   ├── UnsupportedInput     a format, option or field that is not known
    │   └── LanguageUndetermined say the source language
    ├── NotInstalled             install a model (the message has the command)
    │   ├── PairNotInstalled
    │   └── ModelNotInstalled
    ├── Unavailable              send it again later
    │   ├── QueueFull            carries retry_after_s
    │   ├── ShuttingDown
    │   └── WorkerDied
    ├── OutOfTime                send less, or allow more time
    │   ├── DeadlineExceeded
    │   └── ExtractionTimeout
    ├── Cancelled                nobody waits for it any more
    ├── ModelError               reinstall or replace the model
    │   ├── ModelCorrupt         a file is missing or its digest is wrong
    │   ├── ModelRefused         a layout or content that is not safe or not known
    │   └── DecodingFailed       the engine raised on this segment
    ├── HubError                 check network, name and disk, then pull again
    │   ├── Offline
    │   ├── NotOnHub
    │   ├── DownloadFailed
    │   └── DiskFull
    ├── SettingsError            correct the settings
    └── NotAuthorised            send a valid token

Every error has a ``code`` that programs can match, a message that says what happened, and a
``hint`` that says what to do. Messages never contain the text being translated.
"""

from __future__ import annotations


class DragomanError(Exception):
    """Base of everything that Dragoman raises on purpose."""

    code = "error"

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}" if self.hint else self.message


class InputError(DragomanError):
    code = "bad-input"


class EmptyInput(InputError):
    code = "empty-input"


class UnreadableInput(InputError):
    code = "unreadable-input"


class InputTooLarge(InputError):
    code = "input-too-large"


class UnsupportedInput(InputError):
    code = "unsupported-input"


class LanguageUndetermined(InputError):
    code = "language-undetermined"


class NotInstalled(DragomanError):
    code = "not-installed"


class PairNotInstalled(NotInstalled):
    code = "pair-not-installed"


class ModelNotInstalled(NotInstalled):
    code = "model-not-installed"


class Unavailable(DragomanError):
    code = "unavailable"

    def __init__(self, message: str, *, hint: str | None = None, retry_after_s: int = 1) -> None:
        super().__init__(message, hint=hint)
        self.retry_after_s = retry_after_s


class QueueFull(Unavailable):
    code = "queue-full"


class ShuttingDown(Unavailable):
    code = "shutting-down"


class WorkerDied(Unavailable):
    code = "worker-died"


class OutOfTime(DragomanError):
    code = "out-of-time"


class DeadlineExceeded(OutOfTime):
    code = "deadline-exceeded"


class ExtractionTimeout(OutOfTime):
    code = "extraction-timeout"


class Cancelled(DragomanError):
    code = "cancelled"


class ModelError(DragomanError):
    code = "model-error"


class ModelCorrupt(ModelError):
    code = "model-corrupt"


class ModelRefused(ModelError):
    code = "model-refused"


class DecodingFailed(ModelError):
    code = "decoding-failed"


class HubError(DragomanError):
    code = "hub-error"


class Offline(HubError):
    code = "offline"


class NotOnHub(HubError):
    code = "not-on-hub"


class DownloadFailed(HubError):
    code = "download-failed"


class DiskFull(HubError):
    code = "disk-full"


class SettingsError(DragomanError):
    code = "bad-settings"


class NotAuthorised(DragomanError):
    code = "not-authorised"
