"""Exit codes, for scripts."""

from __future__ import annotations

from dragoman import errors

OK = 0
UNEXPECTED = 1
USAGE = 2
NOT_INSTALLED = 3
UNAVAILABLE = 4
MODEL = 5
HUB = 6
NOT_PUBLISHABLE = 7
INTERRUPTED = 130

_CODES: tuple[tuple[type[errors.DragomanError], int], ...] = (
    (errors.InputError, USAGE),
    (errors.SettingsError, USAGE),
    (errors.NotAuthorised, USAGE),
    (errors.NotInstalled, NOT_INSTALLED),
    (errors.Unavailable, UNAVAILABLE),
    (errors.OutOfTime, UNAVAILABLE),
    (errors.ModelError, MODEL),
    (errors.HubError, HUB),
)


def exit_code(error: errors.DragomanError) -> int:
    """The code for an error: by what the caller can do about it."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), UNEXPECTED)
