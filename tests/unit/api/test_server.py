"""Where the server listens, and when it refuses to start."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest
import uvicorn

from dragoman.api.limits import Drain
from dragoman.api.server import (
    DrainingServer,
    address,
    is_loopback,
    listen,
    refuse_open_door,
)
from dragoman.errors import SettingsError
from support.asgi import answer_ok

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.8.7", "::1", "localhost", "LOCALHOST"])
def test_loopback_is_only_this_machine(host: str) -> None:
    """There the door may stand open."""
    assert is_loopback(host)
    refuse_open_door(host, has_tokens=False, trust_gateway=False)


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "", "192.168.1.2", "10.0.0.1", "example.org", "127.0.0.1.example"]
)
def test_everything_else_needs_tokens_or_a_gateway(host: str) -> None:
    """Off loopback an operator must say who may call; the hint says how."""
    assert not is_loopback(host)
    with pytest.raises(SettingsError) as refusal:
        refuse_open_door(host, has_tokens=False, trust_gateway=False)
    assert "DRAGOMAN_TOKENS" in (refusal.value.hint or "")
    assert "--trust-gateway" in (refusal.value.hint or "")
    refuse_open_door(host, has_tokens=True, trust_gateway=False)
    refuse_open_door(host, has_tokens=False, trust_gateway=True)


def test_port_0_takes_a_free_one() -> None:
    """Two servers find a port each, and say which."""
    with listen("127.0.0.1", 0) as one, listen("127.0.0.1", 0) as other:
        assert address(one) != address(other)
        assert address(one).startswith("http://127.0.0.1:")
        assert not address(one).endswith(":0")


def test_a_port_in_use_is_a_mistake_in_the_settings() -> None:
    """In words, not as a traceback."""
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"127.0.0.1 port {port}"):
            listen("127.0.0.1", port)


def test_a_host_that_is_not_here_is_one_too() -> None:
    """An address of somebody else cannot be listened on."""
    with pytest.raises(SettingsError, match=r"192\.0\.2\.1"):
        listen("192.0.2.1", 0)


@pytest.fixture
def server_of() -> Callable[..., DrainingServer]:
    def make(drain: Drain, clock: Callable[[], float]) -> DrainingServer:
        config = uvicorn.Config(answer_ok, log_config=None)
        return DrainingServer(config, drain, drain_timeout_s=30, clock=clock)

    return make


async def test_a_signal_starts_the_drain_and_the_last_request_ends_it(
    server_of: Callable[..., DrainingServer],
) -> None:
    """It goes on while requests are in flight, and no longer."""
    drain = Drain()
    server = server_of(drain, lambda: 0.0)
    assert await server.on_tick(1) is False
    server.handle_exit(signal.SIGTERM, None)
    drain.in_flight = 1
    assert drain.started
    assert await server.on_tick(2) is False
    drain.in_flight = 0
    assert await server.on_tick(3) is True


async def test_the_drain_has_an_end(server_of: Callable[..., DrainingServer]) -> None:
    """A request that never ends does not keep the server for ever."""
    drain, now = Drain(in_flight=1), 0.0
    server = server_of(drain, lambda: now)
    server.handle_exit(signal.SIGTERM, None)
    now = 29.0
    assert await server.on_tick(1) is False
    now = 30.0
    assert await server.on_tick(2) is True


async def test_a_second_signal_ends_it_at_once(server_of: Callable[..., DrainingServer]) -> None:
    """An operator in a hurry is obeyed."""
    server = server_of(Drain(in_flight=1), lambda: 0.0)
    server.handle_exit(signal.SIGINT, None)
    assert await server.on_tick(1) is False
    server.handle_exit(signal.SIGINT, None)
    assert await server.on_tick(2) is True
