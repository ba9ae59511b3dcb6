"""How spot behaves where a tester may choose; `[spot]` of the config file."""

from __future__ import annotations

import msgspec

from binance_mock.engine.units import SCALE


class CommissionRates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Commission of every account, scaled by 10^8.

    Attributes:
        maker: rate of resting orders; 100_000 is 0.1 %.
        taker: rate of orders that take.
        bnb_discount: factor on the standard commission when it is paid in BNB (rule S-114).
    """

    maker: int = 100_000
    taker: int = 100_000
    bnb_discount: int = SCALE * 3 // 4


class SpotSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of the spot venue.

    Attributes:
        rates: commission rates.
        first_order_id: id of the first order of each symbol; above 2^53 it shows clients that read ids as floats.
        first_uid: uid of the first account.
        levels: price levels on each side of a standing book, 0 for empty books.
        level_value: worth of each level in USDT.
        spread_bps: distance of the best prices from the reference price, in basis points.
        history_hours: how far back the standing tape reaches, 0 for none.
        legacy_key_only: ask for a key and no signature where older documents did: `historicalTrades`, and the listen
            keys of user data streams, which are gone otherwise (rules S-35, S-212).
    """

    rates: CommissionRates = CommissionRates()
    first_order_id: int = 1_000_001
    first_uid: int = 354_937_868
    levels: int = 25
    level_value: int = 50_000
    spread_bps: int = 1
    history_hours: int = 48
    legacy_key_only: bool = False
