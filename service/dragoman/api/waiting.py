"""Wait for work as long as somebody wants it: until it is done, the deadline, or a hang-up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from starlette.types import Receive

from dragoman.errors import Cancelled, DeadlineExceeded

Result = TypeVar("Result")

_CANCEL_GRACE_S = 1.0
"""Cancelled work gets this long to clean up. What ignores it is left behind, not waited for."""


class ClientGone(Exception):
    """The client hung up: there is nobody to answer."""


async def hung_up(receive: Receive) -> None:
    """Return when the client has hung up. The body must have been read before."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def while_wanted(work: Awaitable[Result], receive: Receive, timeout_s: float) -> Result:
    """The result of ``work``, which is cancelled when nobody waits for it any more.

    Raises DeadlineExceeded after ``timeout_s``, ClientGone, Cancelled, or what ``work`` raises.
    """
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(hung_up(receive))
    try:
        done, _ = await asyncio.wait(
            {task, gone}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED
        )
        if task in done:
            return result_of(task)
        if gone in done:
            raise ClientGone
        raise out_of_time(timeout_s)
    finally:
        await abandon(task, gone)


def result_of(task: asyncio.Future[Result]) -> Result:
    """What ``task`` returned or raised. Raises Cancelled where somebody below cancelled it."""
    if task.cancelled():
        raise Cancelled("The work was cancelled.", hint="Send it again in a moment.")
    return task.result()


async def abandon(*tasks: asyncio.Future[Any]) -> None:
    """Cancel what is not done and let it clean up. Never raises what the tasks raise."""
    for task in tasks:
        task.cancel()
    done, _ = await asyncio.wait(tasks, timeout=_CANCEL_GRACE_S)
    for task in done:
        if not task.cancelled():
            task.exception()  # looked at, so that the loop does not complain of a lost one


def out_of_time(timeout_s: float) -> DeadlineExceeded:
    return DeadlineExceeded(
        f"The work was not done within {timeout_s:g} seconds.",
        hint="Send less at once, or allow more with timeout_s (up to the server's limit).",
    )
