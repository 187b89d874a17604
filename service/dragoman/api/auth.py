"""Bearer tokens (RFC 6750), compared in constant time and re-read when their file changes."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable
from pathlib import Path

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from dragoman.errors import NotAuthorised, SettingsError
from dragoman.observability import get_logger

OPEN_PATHS = frozenset({"/healthz", "/readyz", "/docs", "/openapi.json"})
"""Probes have no token, and what the API looks like is no secret."""

Stamp = tuple[int, int, int]


def split_tokens(listed: str) -> tuple[str, ...]:
    """Tokens separated by commas or line breaks; lines that start with # are comments."""
    lines = [line for line in listed.splitlines() if not line.lstrip().startswith("#")]
    return tuple(part.strip() for line in lines for part in line.split(",") if part.strip())


class BearerTokens:
    """The tokens that may call: those of the setting and those of the secret file.

    The file is read again when it changes, so tokens are replaced without a restart. While it
    cannot be read, the tokens read last stay valid and the log says so.
    """

    def __init__(
        self,
        tokens: Iterable[str] = (),
        file: Path | None = None,
        same: Callable[[bytes, bytes], bool] = hmac.compare_digest,
    ) -> None:
        """Raises SettingsError when there is no token at all, or the file cannot be read."""
        self._fixed = _digests(tokens)
        self._file = file
        self._same = same
        self._stamp: Stamp | None = None
        self._from_file: tuple[bytes, ...] = ()
        if file is not None:
            try:
                self._read(file)
            except (OSError, UnicodeDecodeError) as error:
                raise SettingsError(
                    f"The token file {file} cannot be read ({type(error).__name__}).",
                    hint="Correct tokens_file or the permissions of the file.",
                ) from None
        if not self._fixed and not self._from_file:
            raise SettingsError(
                "The list of tokens is empty, so nobody could call.",
                hint="Put one token a line into tokens_file, or set tokens.",
            )

    def check(self, authorization: str | None) -> None:
        """Raises NotAuthorised unless the header ``Authorization`` carries a valid token."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise NotAuthorised(
                "This server wants a token.", hint="Send `Authorization: Bearer TOKEN`."
            )
        given = _digest(token.strip())
        # Every token is compared, and over digests of one length: time tells nothing.
        matches = [self._same(given, known) for known in self._known()]
        if not any(matches):
            raise NotAuthorised("This token is not valid.", hint="Ask the operator for a token.")

    def _known(self) -> tuple[bytes, ...]:
        if self._file is not None:
            try:
                if _stamp(self._file) != self._stamp:
                    self._read(self._file)
            except (OSError, UnicodeDecodeError) as error:
                get_logger(__name__).warning("token_file_unreadable", error=type(error).__name__)
        return self._fixed + self._from_file

    def _read(self, file: Path) -> None:
        stamp = _stamp(file)
        self._from_file = _digests(split_tokens(file.read_text(encoding="utf-8")))
        self._stamp = stamp


class Authorisation:
    """ASGI middleware: raises NotAuthorised before the body of a request is read."""

    def __init__(self, app: ASGIApp, tokens: BearerTokens | None) -> None:
        self._app = app
        self._tokens = tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        guarded = scope["type"] == "http" and scope["path"] not in OPEN_PATHS
        if self._tokens is not None and guarded:
            self._tokens.check(Headers(scope=scope).get("authorization"))
        await self._app(scope, receive, send)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _digests(tokens: Iterable[str]) -> tuple[bytes, ...]:
    return tuple(_digest(token) for token in tokens)


def _stamp(file: Path) -> Stamp:
    status = file.stat()
    return status.st_mtime_ns, status.st_size, status.st_ino
