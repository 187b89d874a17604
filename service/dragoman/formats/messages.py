"""Length-prefixed pickles over a socket, between this program and its extraction processes.

Both ends are this program on one machine, joined by a socket pair that nobody else can reach.
"""

from __future__ import annotations

import pickle
import socket
import struct
import time
from typing import Any

_HEADER = struct.Struct("!Q")
_CHUNK_BYTES = 1 << 20


class HungUp(Exception):
    """The other side closed the socket, or died."""


def send(connection: socket.socket, message: object, timeout_s: float | None = None) -> None:
    """Raises TimeoutError after ``timeout_s``, and HungUp if nobody listens any more."""
    payload = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    connection.settimeout(timeout_s)
    try:
        connection.sendall(_HEADER.pack(len(payload)) + payload)
    except TimeoutError:
        raise
    except OSError as error:
        raise HungUp from error


def receive(connection: socket.socket, timeout_s: float | None = None) -> Any:
    """The next message. Raises TimeoutError after ``timeout_s`` in all, and HungUp at the end."""
    deadline = None if timeout_s is None else time.monotonic() + timeout_s
    (size,) = _HEADER.unpack(_read(connection, _HEADER.size, deadline))
    return pickle.loads(_read(connection, size, deadline))  # noqa: S301  # our own process wrote it


def _read(connection: socket.socket, size: int, deadline: float | None) -> bytes:
    chunks = bytearray()
    while len(chunks) < size:
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            connection.settimeout(left)
        else:
            connection.settimeout(None)
        try:
            chunk = connection.recv(min(_CHUNK_BYTES, size - len(chunks)))
        except TimeoutError:
            raise
        except OSError as error:
            raise HungUp from error
        if not chunk:
            raise HungUp
        chunks += chunk
    return bytes(chunks)
