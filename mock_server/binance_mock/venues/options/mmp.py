"""Setting up market maker protection, looking at it, and letting orders in again (rule O-101)."""

from __future__ import annotations

from typing import Any, Final

from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.errors import Refusal
from binance_mock.venues.options.accounts import NOT_FROZEN, Protection
from binance_mock.venues.options.kinds import UnderlyingName
from binance_mock.venues.options.maker_kinds import FrozenTime, ProtectionLimit, WindowTime
from binance_mock.venues.options.render import ms, plain
from binance_mock.venues.options.venue import OptionsCall


@endpoint("GET", "/eapi/v1/mmp", group="mm", security=Security.TRADE, weight=1)
def show_protection(call: OptionsCall, underlying: UnderlyingName) -> Json:
    """The protection of an underlying, and when it last struck."""
    name, protection = _known(call, underlying)
    return _row(call, name, protection)


@endpoint("POST", "/eapi/v1/mmpSet", group="mm", security=Security.TRADE, weight=1)
def set_protection(
    call: OptionsCall,
    underlying: UnderlyingName,
    windowTimeInMilliseconds: WindowTime,
    frozenTimeInMilliseconds: FrozenTime,
    qtyLimit: ProtectionLimit,
    deltaLimit: ProtectionLimit,
) -> Json:
    """Protect an underlying, or change how; what was counted goes on counting, and what is frozen stays so."""
    name = _underlying(call, underlying)
    wanted = Protection(windowTimeInMilliseconds, frozenTimeInMilliseconds, qtyLimit, deltaLimit)
    before = call.account.protections.get(name)
    if before is not None:
        wanted = wanted._replace(triggered=before.triggered, frozen_until=before.frozen_until, fills=before.fills)
    call.account.protections[name] = wanted
    return _row(call, name, wanted)


@endpoint("POST", "/eapi/v1/mmpReset", group="mm", security=Security.TRADE, weight=1)
def reset_protection(call: OptionsCall, underlying: UnderlyingName) -> Json:
    """Let protected orders in again, and begin to count anew."""
    name, protection = _known(call, underlying)
    protection = call.account.protections[name] = protection._replace(frozen_until=NOT_FROZEN, fills=())
    return _row(call, name, protection)


def _underlying(call: OptionsCall, name: str) -> str:
    """What is to be protected.

    Raises:
        Refusal: -6005, the account is no market maker's; -6004, there are no options on it.
    """
    if not call.account.is_maker:
        raise Refusal(-6005, "It is not market maker")
    if name not in call.venue.underlyings:
        raise Refusal(-6004, "Underlying not found")
    return name


def _known(call: OptionsCall, name: str) -> tuple[str, Protection]:
    """The same, with the protection that it has.

    Raises:
        Refusal: -6005, -6004, or -6006, it never had one.
    """
    protection = call.account.protections.get(_underlying(call, name))
    if protection is None:
        raise Refusal(-6006, "Mmp rules are not existing")
    return name, protection


def _row(call: OptionsCall, name: str, protection: Protection) -> dict[str, Any]:
    return {
        "underlyingId": list(call.venue.underlyings).index(name) + 1,
        "underlying": name,
        "windowTimeInMilliseconds": ms(protection.window),
        "frozenTimeInMilliseconds": ms(protection.frozen),
        "qtyLimit": plain(protection.qty_limit),
        "deltaLimit": plain(protection.delta_limit),
        "lastTriggerTime": ms(protection.triggered),
    }


ENDPOINTS: Final[tuple[Endpoint, ...]] = (show_protection, set_protection, reset_protection)
