"""Clients whose clock goes its own way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from binance_conformance.mutant import mutant
from binance_conformance.reference import Client
from binance_conformance.reference.errors import ClientError, UnknownOutcome


class SyncsOnce(Client):
    """Reads the exchange's clock at the first call and never again."""

    def sync_time(self) -> None:
        if self.synced_at_ms is None:
            super().sync_time()


class TakesAbsoluteOffset(Client):
    """Takes the offset to the exchange's clock without its sign."""

    def timestamp(self) -> int:
        return self.clock.now_ms() + abs(self.offset_ms)


class TakesOffsetBackwards(Client):
    """Takes the offset to the exchange's clock with the wrong sign."""

    def timestamp(self) -> int:
        return self.clock.now_ms() - self.offset_ms


class HidesClockErrors(Client):
    """Tells its caller that nobody knows what became of a call that was refused for its timestamp."""

    def pause_before_repeat(self, error: ClientError, method: str, attempt: int) -> float | None:
        if error.code == -1021:
            raise UnknownOutcome("the call failed")
        return super().pause_before_repeat(error, method, attempt)


class SyncsWhenRefused(Client):
    """Reads the exchange's clock at the first call, and later only when a timestamp was refused."""

    def sync_due(self) -> bool:
        return self.synced_at_ms is None


class SyncsTooLate(Client):
    """Reads the exchange's clock only after a timestamp was refused."""

    def sync_due(self) -> bool:
        return False


class CountsTheWay(Client):
    """Takes the exchange's time for that of its own request, however long the answer took."""

    def sync_time(self) -> None:
        asked = self.clock.now_ms()
        self.offset_ms = self.server_time() - asked
        self.synced_at_ms = asked


class TakesFailuresForTimes(Client):
    """Takes an answer to the time request that it cannot read for the time zero."""

    def server_time(self) -> int:
        try:
            return super().server_time()
        except UnknownOutcome:
            return 0


class StampsInMicroseconds(Client):
    """Stamps calls in microseconds everywhere."""

    def signed_query(self, params: Mapping[str, Any]) -> str:
        if self.sync_due():
            self.sync_time()
        return super().signed_query({"timestamp": self.timestamp() * 1000, **params})


class WidensTheWindow(Client):
    """Sends the largest recvWindow whatever it was told."""

    def signed_query(self, params: Mapping[str, Any]) -> str:
        return super().signed_query({**params, "recvWindow": 60_000})


class KeepsItsWindow(Client):
    """Sends five seconds as recvWindow whatever it was told."""

    def signed_query(self, params: Mapping[str, Any]) -> str:
        return super().signed_query({**params, "recvWindow": 5000})


class OverwritesTimestamps(Client):
    """Puts its own timestamp in the place of its caller's."""

    def signed_query(self, params: Mapping[str, Any]) -> str:
        return super().signed_query({name: value for name, value in params.items() if name != "timestamp"})


class StampsThenWaits(Client):
    """Signs a call, and then waits for the end of the limit that holds it back."""

    def await_leave(self, method: str, path: str) -> None:
        waited = self.clock.now_ms()
        super().await_leave(method, path)
        self.offset_ms -= self.clock.now_ms() - waited


class ReadsTheTimeElsewhere(Client):
    """Reads the time from a host that it was not told."""

    def server_time(self) -> int:
        return self.clock.now_ms()


_RESYNC: Final = "timing.resync-on-1021"
_OFF: Final = "timing.clock-off"

MUTANTS: Final = (
    mutant(SyncsOnce, _RESYNC, "timing.drift-followed"),
    mutant(TakesAbsoluteOffset, _RESYNC, _OFF, "timing.slow-sync"),
    mutant(TakesOffsetBackwards, _RESYNC, _OFF, "timing.slow-sync"),
    mutant(HidesClockErrors, "timing.clock-error-told", also=(_RESYNC,)),
    mutant(SyncsWhenRefused, "timing.drift-followed"),
    mutant(SyncsTooLate, "timing.sync-before-signed"),
    mutant(CountsTheWay, "timing.slow-sync"),
    mutant(TakesFailuresForTimes, "timing.failed-sync"),
    mutant(StampsInMicroseconds, "timing.milliseconds"),
    mutant(WidensTheWindow, "timing.recv-window-small", "timing.recv-window-configurable"),
    mutant(KeepsItsWindow, "timing.recv-window-configurable"),
    mutant(OverwritesTimestamps, "timing.own-timestamp"),
    mutant(StampsThenWaits, "timing.stamped-when-sent"),
    mutant(ReadsTheTimeElsewhere, "timing.time-read-here", also=(_RESYNC, _OFF)),
)
