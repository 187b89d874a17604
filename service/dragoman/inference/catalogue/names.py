"""Names of repositories, as the hub writes them."""

from __future__ import annotations

import re

from dragoman.errors import InputError

# The hub's own rule: letters, digits, "-", "_", "."; no "--" or ".." and none at the ends.
_PART = r"[A-Za-z0-9](?:[A-Za-z0-9]|[-_.](?![-.]))*(?<![-.])"
_REPOSITORY = re.compile(rf"{_PART}/{_PART}")
_LONGEST = 96


def check_repository(name: object) -> str:
    """Give back ``owner/name`` when it is well formed. Raises InputError."""
    if isinstance(name, str) and len(name) <= _LONGEST and _REPOSITORY.fullmatch(name):
        return name
    raise InputError(
        f"{name!r} is not a model's name on the hub.",
        hint="Name a pair of languages, such as en-de, or a repository: OWNER/NAME.",
    )
