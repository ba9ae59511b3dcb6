"""Where cases are played: an exchange, a driver, and a fresh world for each case."""

from __future__ import annotations

import json
import traceback
from collections.abc import Mapping
from typing import Any, Final

from binance_conformance.cases import Case
from binance_conformance.credentials import Credentials
from binance_conformance.drivers import Driver, DriverFailed
from binance_conformance.grounds import Ground, grounds_of, warm
from binance_conformance.protocol import Client, KeyType
from binance_conformance.results import CaseResult, State
from binance_conformance.scene import BrokenScene, Failed, Scene, Skipped
from binance_mock import Mock
from binance_mock.clock import steady_time
from binance_mock.face.backend import MockError

START_MS: Final = 1_700_000_000_000
"""What the clocks of exchange and client show when a case begins, where they are the kit's."""


class Stage:
    """An exchange with a client before it.

    Args:
        driver: the client.

    Attributes:
        client: who the driver says that it is.
        fault: what happened to the driver, None as long as it can be asked.
    """

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._mocks: dict[str, Mock] = {}
        """Exchanges by their configuration."""
        self._credentials = Credentials()
        self._grounds: dict[str, Ground] = {}
        self.client: Client | None = None
        self.fault: DriverFailed | None = None

    def open(self) -> Client:
        """Start driver and exchange.

        Raises:
            DriverFailed: it does not start.
        """
        client = self._driver.hello()
        self.client = client
        self._grounds = grounds_of(self._mock(None))
        return client

    def recast(self, driver: Driver) -> None:
        """Put another client before the same exchange; one whose time and place are those of the client before."""
        self._driver.close()
        self._driver = driver
        self.client, self.fault = driver.hello(), None

    def close(self) -> None:
        """Stop both."""
        self._driver.close()
        for mock in self._mocks.values():
            mock.stop()
        self._mocks.clear()

    def play(self, case: Case, reproduce: str = "") -> CaseResult:
        """Play a case.

        Args:
            case: which.
            reproduce: a command line that runs it alone, for the result.
        """
        begun = steady_time()
        scene: Scene | None = None
        state, reason, expected, found = State.PASSED, "", "", ""
        try:
            lacks = self._lacks(case)
            if lacks:
                raise Skipped(lacks)
            scene = self.scene(case.check.id, case.venue, case.key_type)
            case.check.play(scene)
        except Failed as error:
            state, reason, expected, found = State.FAILED, error.reason, error.expected, error.found
        except Skipped as error:
            state, reason = State.SKIPPED, str(error)
        except (BrokenScene, MockError) as error:
            state, reason = State.ERROR, f"the kit: {error}"
        except DriverFailed as error:
            self.fault = error
            state, reason = State.ERROR, error.cause
        except Exception:  # A defect of the check must not end the run.
            state, reason = State.ERROR, f"the kit: {traceback.format_exc(limit=-4)}"
        finally:
            if scene is not None:
                scene.close()
        return CaseResult(
            case=case.name,
            check=case.check.id,
            venue=case.venue,
            key_type=case.key_type,
            level=case.check.level,
            state=state,
            reason=reason,
            expected=expected,
            found=found,
            steps=tuple(scene.steps) if scene is not None else (),
            seconds=steady_time() - begun,
            reproduce=reproduce,
        )

    def _lacks(self, case: Case) -> str:
        """What the client lacks for a case, "" for nothing."""
        assert self.client is not None
        can = self.client.capabilities
        if case.venue not in can.venues:
            return f"the client does not trade at {case.venue}"
        if case.key_type not in can.key_types:
            return f"the client does not sign with {case.key_type}"
        missing = [promise.value for promise in case.check.promises if promise not in can.promises]
        return f"the client does not promise {' and '.join(missing)}" if missing else ""

    def scene(self, title: str, venue: str, key_type: KeyType = "hmac") -> Scene:
        """A scene with a fresh world, for cases and for whoever plays without one.

        Args:
            title: what drivers are told to be played, such as the id of a check.
            venue: where.
            key_type: what the client signs with.
        """
        assert self.client is not None
        return Scene(
            title,
            self._grounds[venue],
            key_type,
            self._driver,
            self._new_world,
            self._credentials,
            kit_clock=self.client.capabilities.clock == "kit",
        )

    def _mock(self, config: Mapping[str, Any] | None) -> Mock:
        """The exchange that is configured so."""
        name = json.dumps(config, sort_keys=True)
        if name not in self._mocks:
            assert self.client is not None
            frozen = START_MS if self.client.capabilities.clock == "kit" else None
            mock = Mock(serve=not self._driver.in_process, frozen_at=frozen, config=config).start()
            for ground in grounds_of(mock).values():  # Markets are laid when they are first looked at: once for all.
                warm(mock, ground)
            self._mocks[name] = mock
        return self._mocks[name]

    def _new_world(self, config: Mapping[str, Any] | None) -> tuple[Mock, str]:
        """A fresh world: a fork of the default one, or that one itself for clients that take no path in a URL."""
        assert self.client is not None
        mock = self._mock(config)
        if self._driver.in_process:
            return mock.fork(), "http://127.0.0.1"
        if self.client.capabilities.url_paths:
            world = mock.fork()
            return world, world.url
        mock.reset()
        return mock, mock.url
