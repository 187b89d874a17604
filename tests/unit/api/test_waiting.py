"""Work goes on as long as somebody wants it."""

from __future__ import annotations

import asyncio

import pytest

from dragoman.api.waiting import ClientGone, while_wanted
from dragoman.errors import Cancelled, DeadlineExceeded, EmptyInput
from support.asgi import Caller

pytestmark = pytest.mark.anyio


class Work:
    """Work that ends when it is told to, and remembers how it ended."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.may_end = asyncio.Event()
        self.cancelled = False

    async def run(self) -> str:
        self.begun.set()
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return "done"


async def test_the_result_comes_through() -> None:
    """Nothing is changed when the work ends in time."""
    work = Work()
    work.may_end.set()
    assert await while_wanted(work.run(), Caller().receive, 60) == "done"


async def test_what_the_work_raises_comes_through() -> None:
    """An error of the work is the error of the wait."""

    async def fail() -> None:
        raise EmptyInput("Nothing there.")

    with pytest.raises(EmptyInput):
        await while_wanted(fail(), Caller().receive, 60)


async def test_work_that_is_cancelled_below_is_an_error_of_ours() -> None:
    """Whoever waits is answered, and not cancelled himself."""

    async def cancelled_below() -> None:
        raise asyncio.CancelledError

    with pytest.raises(Cancelled):
        await while_wanted(cancelled_below(), Caller().receive, 60)


async def test_a_hang_up_cancels_the_work() -> None:
    """When the client has gone, nobody goes on working for it."""
    work, caller = Work(), Caller()
    waiting = asyncio.ensure_future(while_wanted(work.run(), caller.receive, 60))
    await work.begun.wait()
    caller.hang_up()
    with pytest.raises(ClientGone):
        await waiting
    assert work.cancelled


async def test_the_deadline_cancels_the_work() -> None:
    """After the deadline the wait ends and so does the work."""
    work = Work()
    with pytest.raises(DeadlineExceeded, match=r"0\.01 seconds"):
        await while_wanted(work.run(), Caller().receive, 0.01)
    assert work.cancelled


async def test_work_that_ignores_its_cancellation_is_left_behind() -> None:
    """The request ends at its deadline even if the work does not."""
    never = asyncio.Event()

    async def stubborn() -> None:
        while not never.is_set():
            try:
                await never.wait()
            except asyncio.CancelledError:
                continue

    with pytest.raises(DeadlineExceeded):
        await while_wanted(stubborn(), Caller().receive, 0.01)
    never.set()


async def test_whoever_cancels_the_wait_cancels_the_work() -> None:
    """A server that is forced to stop takes the work with it."""
    work = Work()
    waiting = asyncio.ensure_future(while_wanted(work.run(), Caller().receive, 60))
    await work.begun.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert work.cancelled
