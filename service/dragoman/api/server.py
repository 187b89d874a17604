"""Run the application with uvicorn, and end it without dropping anybody's work."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from dragoman.api.limits import Drain
from dragoman.errors import SettingsError
from dragoman.observability import get_logger

_BACKLOG = 2048
_WAITING_CALLS = 64
"""Threads for queueing segments, which may wait for a model to load: so many that requests for
other models, and the probe, find a free one. asyncio's own choice is a few more than cores."""
_CUT_OFF_S = 2
"""After the drain: to flush what is written and to cancel what is not done."""


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches ``host``: 127.0.0.0/8, ::1 or localhost."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refuse_open_door(host: str, *, has_tokens: bool, trust_gateway: bool) -> None:
    """Raises SettingsError when everybody on a network could call without a token."""
    if has_tokens or trust_gateway or is_loopback(host):
        return
    raise SettingsError(
        f"{host} is reached from other machines, and no tokens are set.",
        hint=(
            "Set DRAGOMAN_TOKENS or DRAGOMAN_TOKENS_FILE, listen on 127.0.0.1, "
            "or pass --trust-gateway when a gateway in front checks who calls."
        ),
    )


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises SettingsError."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise _cannot_listen(host, port, error) from None
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise _cannot_listen(host, port, error) from None
    return listener


def address(listener: socket.socket) -> str:
    """The URL that the socket is reached at."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run(app: ASGIApp, listener: socket.socket, drain: Drain, drain_timeout_s: float) -> None:
    """Serve until SIGTERM or SIGINT; then answer what is in flight and return.

    While it drains, new requests get 503. A second signal ends it at once.
    """
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        lifespan="on",
        timeout_graceful_shutdown=_CUT_OFF_S,
    )
    server = DrainingServer(config, drain, drain_timeout_s)

    async def serve() -> None:
        waiting = ThreadPoolExecutor(_WAITING_CALLS, thread_name_prefix="dragoman-queueing")
        asyncio.get_running_loop().set_default_executor(waiting)
        await server.serve(sockets=[listener])

    asyncio.run(serve())


class DrainingServer(uvicorn.Server):
    """Keeps listening while it drains, so that new requests hear 503 and not a refused door."""

    def __init__(
        self,
        config: uvicorn.Config,
        drain: Drain,
        drain_timeout_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(config)
        self._drain = drain
        self._drain_timeout_s = drain_timeout_s
        self._clock = clock
        self._signalled_at: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Called as a signal handler, so it only takes note; ``on_tick`` acts."""
        if self._signalled_at is not None:
            self.should_exit = True
            return
        self._signalled_at = self._clock()
        self._drain.start()

    async def on_tick(self, counter: int) -> bool:
        if await super().on_tick(counter):
            return True
        if self._signalled_at is None:
            return False
        waited_s = self._clock() - self._signalled_at
        if self._drain.in_flight and waited_s < self._drain_timeout_s:
            return False
        get_logger(__name__).info(
            "drained", waited_ms=round(waited_s * 1000), given_up=self._drain.in_flight
        )
        return True


def _cannot_listen(host: str, port: int, error: OSError) -> SettingsError:
    return SettingsError(
        f"Cannot listen on {host} port {port}: {error.strerror or error}.",
        hint="Choose another with --host and --port, or stop what listens there.",
    )
