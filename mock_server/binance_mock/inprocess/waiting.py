"""Answers that take real time, and clients that leave before they come."""

from __future__ import annotations

from binance_mock.clock import ClockMode, sleep
from binance_mock.gate.gate import Held
from binance_mock.gate.request import Response
from binance_mock.reception import Reception
from binance_mock.world import World


class Waiting:
    """An answer that takes real time: of a request that is held, or one that is itself held back.

    Args:
        reception: where the request was taken.
        world: the world it reached.
        subject: what waits.
        seconds: how long, in real time.
    """

    __slots__ = ("_due", "_reception", "_subject", "_world", "seconds")

    def __init__(self, reception: Reception, world: World, subject: Held | Response, seconds: float) -> None:
        self._reception = reception
        self._world = world
        self._subject = subject
        self.seconds = seconds
        clock = world.clock
        self._due = clock.now() + (0 if clock.mode is ClockMode.FROZEN else subject.delay_ms * 1000)

    def end(self) -> Response | Waiting:
        """Go on when the time has passed."""
        subject = self._subject
        if isinstance(subject, Response):
            return subject
        return after_hold(self._reception, self._world, self._reception.resume(self._world, subject))

    def abandon(self) -> None:
        """Go on without the client, which has left.

        A server would let a held request wait to its end. Nobody is there to do that here, so the request is carried
        out at once, at the time at which it would have been: its timestamp is as old as it would have become.
        """
        subject = self._subject
        if isinstance(subject, Held):
            with self._reception.worlds.lock:
                subject.resume(max(self._due, self._world.clock.now()))


def after_hold(reception: Reception, world: World, answer: Response) -> Response | Waiting:
    """The answer to a request that took effect, which may itself be held back."""
    seconds = reception.pass_time(world, answer)
    return Waiting(reception, world, answer, seconds) if seconds else answer


def wait(answer: Response | Waiting, patience: float | None) -> Response | None:
    """Wait for an answer in the calling thread.

    Args:
        answer: what is waited for.
        patience: seconds after which the client gives up, None for never.

    Returns:
        the answer; None when the client gave up.
    """
    while isinstance(answer, Waiting):
        seconds = answer.seconds if patience is None else min(answer.seconds, patience)
        try:
            sleep(seconds)
        except BaseException:
            answer.abandon()
            raise
        if seconds < answer.seconds:
            answer.abandon()
            return None
        if patience is not None:
            patience -= seconds
        answer = answer.end()
    return answer


async def wait_in_task(answer: Response | Waiting, patience: float | None) -> Response | None:
    """Wait for an answer as `wait` does, in a task of asyncio or trio; the client may also be cancelled."""
    from anyio import sleep

    while isinstance(answer, Waiting):
        seconds = answer.seconds if patience is None else min(answer.seconds, patience)
        try:
            await sleep(seconds)
        except BaseException:
            answer.abandon()
            raise
        if seconds < answer.seconds:
            answer.abandon()
            return None
        if patience is not None:
            patience -= seconds
        answer = answer.end()
    return answer
