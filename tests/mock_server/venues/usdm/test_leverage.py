"""Leverage, margin type, position mode, asset mode, isolated margin: U-69, U-93 to U-99."""

from __future__ import annotations

import pytest
from tests.mock_server.venues.usdm.signed_client import BTC, ETH, SignedClient, wrong
from tests.mock_server.venues.usdm.usdm_client import DAY_MS, MS, amount

from binance_mock.engine.orders import BUY, Side
from binance_mock.engine.positions import MarginType, PositionSide
from binance_mock.engine.units import SCALE

SELL = Side.SELL
DONE = {"code": 200, "msg": "success"}


@pytest.fixture
def client() -> SignedClient:
    return SignedClient()


# -- leverage --------------------------------------------------------------------------------------------------------


def test_leverage_is_set(client: SignedClient) -> None:
    """U-93, U-95, U-99: also when it is what it was."""
    for _ in range(2):
        answer = client.post("leverage", symbol=BTC, leverage=50)
        assert answer == {"leverage": 50, "maxNotionalValue": "12000000", "symbol": BTC}
    assert client.get("symbolConfig", symbol=BTC)[0]["leverage"] == 50
    assert client.get("symbolConfig", symbol=ETH)[0]["leverage"] == 20
    assert client.post("leverage", symbol=BTC, leverage=150)["maxNotionalValue"] == "300000"


@pytest.mark.parametrize("leverage", [0, -1, 151, 1000])
def test_leverage_has_bounds(client: SignedClient, leverage: int) -> None:
    """U-93."""
    expected = (400, -4028, f"Leverage {leverage} is not valid")
    assert client.refusal("POST", "leverage", symbol=BTC, leverage=leverage) == expected


def test_leverage_needs_a_number_and_a_contract(client: SignedClient) -> None:
    assert client.refusal("POST", "leverage", symbol=BTC)[1] == -1102
    assert client.refusal("POST", "leverage", symbol="NONE", leverage=2)[1] == -1121
    assert client.refusal("POST", "leverage", symbol=BTC, leverage="two")[1] == -1100


def test_leverage_changes_under_cross_positions_and_orders(client: SignedClient) -> None:
    """U-94: the margins follow."""
    client.order(BUY, SCALE // 2)
    client.mark(80_000)
    client.order(BUY, SCALE // 2, 70_000 * SCALE)
    for leverage, position, orders in ((20, "2000.00000000", "1750.00000000"), (5, "8000.00000000", "7000.00000000")):
        client.post("leverage", symbol=BTC, leverage=leverage)
        row = client.risk()
        assert (row["positionInitialMargin"], row["openOrderInitialMargin"]) == (position, orders)


def test_a_position_too_large_for_the_leverage(client: SignedClient) -> None:
    """U-94, U-101: with its orders; 300000 is the most at 150 times."""
    client.order(BUY, 3 * SCALE)
    client.mark(80_000)
    assert client.post("leverage", symbol=BTC, leverage=150)
    client.post("leverage", symbol=BTC, leverage=100)
    client.order(BUY, SCALE, 70_000 * SCALE)
    expected = (400, -2027, "Exceeded the maximum allowable position at current leverage.")
    assert client.refusal("POST", "leverage", symbol=BTC, leverage=150) == expected
    assert client.own.leverage(BTC) == 100


def test_too_little_margin_for_a_lower_leverage(client: SignedClient) -> None:
    """U-94: 160000 are held at 20 times with 100000, and cannot be at 1."""
    client.order(BUY, 2 * SCALE)
    client.mark(80_000)
    expected = (400, -2028, "Leverage is smaller than permitted: insufficient margin balance.")
    assert client.refusal("POST", "leverage", symbol=BTC, leverage=1) == expected
    assert client.own.position(BTC, PositionSide.BOTH).leverage == 20
    client.post("leverage", symbol=BTC, leverage=2)
    # With nothing left, raising it is no worse.
    client.mark(30_000)
    client.post("leverage", symbol=BTC, leverage=3)


def test_isolated_leverage_only_rises(client: SignedClient) -> None:
    """U-94."""
    client.post("marginType", symbol=BTC, marginType="ISOLATED")
    client.post("leverage", symbol=BTC, leverage=10)
    client.order(BUY, SCALE // 2)
    expected = (400, -4161, "Leverage reduction is not supported in Isolated Margin Mode with open positions")
    assert client.refusal("POST", "leverage", symbol=BTC, leverage=9) == expected
    client.post("leverage", symbol=BTC, leverage=11)
    client.order(SELL, SCALE // 2)
    client.post("leverage", symbol=BTC, leverage=9)


def test_brackets(client: SignedClient) -> None:
    """U-99."""
    (table,) = client.get("leverageBracket", symbol=BTC)
    first, second = table["brackets"][:2]
    assert first == {
        "bracket": 1, "initialLeverage": 150, "notionalCap": 300_000, "notionalFloor": 0,
        "maintMarginRatio": 0.004, "cum": 0,
    }  # fmt: skip
    assert (second["notionalFloor"], second["maintMarginRatio"], second["cum"]) == (300_000, 0.005, 300)
    assert len(client.get("leverageBracket")) == len(client.venue.symbols)


# -- margin type -----------------------------------------------------------------------------------------------------


def test_margin_type(client: SignedClient) -> None:
    """U-96: each call has its own words for it."""
    assert client.post("marginType", symbol=BTC, marginType="ISOLATED") == DONE
    assert client.get("symbolConfig", symbol=BTC)[0]["marginType"] == "ISOLATED"
    assert client.risk(version="v2")["marginType"] == "isolated"
    assert client.post("marginType", symbol=BTC, marginType="CROSSED") == DONE
    assert client.risk(version="v2")["marginType"] == "cross"


def test_refused_margin_types(client: SignedClient) -> None:
    """U-96."""
    same = (400, -4046, "No need to change margin type.")
    assert client.refusal("POST", "marginType", symbol=BTC, marginType="CROSSED") == same
    assert client.refusal("POST", "marginType", symbol=BTC, marginType="cross")[1] == -1130
    order = client.order(BUY, SCALE // 2, 70_000 * SCALE)
    ordered = (400, -4047, "Margin type cannot be changed if there exists open orders.")
    assert client.refusal("POST", "marginType", symbol=BTC, marginType="ISOLATED") == ordered
    client.venue.market(BTC, client.now).cancel(order, "c", client.now)
    client.order(BUY, SCALE // 2)
    held = (400, -4048, "Margin type cannot be changed if there exists position.")
    assert client.refusal("POST", "marginType", symbol=BTC, marginType="ISOLATED") == held
    client.post("marginType", symbol=ETH, marginType="ISOLATED")
    client.post("marginType", symbol=ETH, marginType="CROSSED")
    client.own.multi_assets = True
    joint = (400, -4168, "Unable to adjust to isolated-margin mode under the Multi-Assets mode.")
    assert client.refusal("POST", "marginType", symbol=ETH, marginType="ISOLATED") == joint


# -- position mode ---------------------------------------------------------------------------------------------------


def test_position_mode(client: SignedClient) -> None:
    """U-69."""
    assert client.get("positionSide/dual") == {"dualSidePosition": False}
    answer = client.post("positionSide/dual", dualSidePosition="true")
    assert answer == DONE
    assert wrong("POST /fapi/v1/positionSide/dual", answer) == []
    assert client.get("positionSide/dual") == {"dualSidePosition": True}
    assert client.get("accountConfig")["dualSidePosition"] is True
    same = (400, -4059, "No need to change position side.")
    assert client.refusal("POST", "positionSide/dual", dualSidePosition="true") == same


def test_refused_position_modes(client: SignedClient) -> None:
    """U-69: whatever the contract."""
    order = client.order(BUY, SCALE, 70_000 * SCALE)
    ordered = (400, -4067, "Position side cannot be changed if there exists open orders.")
    assert client.refusal("POST", "positionSide/dual", dualSidePosition="true") == ordered
    client.venue.market(BTC, client.now).cancel(order, "c", client.now)
    client.order(BUY, SCALE, symbol=ETH)
    held = (400, -4068, "Position side cannot be changed if there exists position.")
    assert client.refusal("POST", "positionSide/dual", dualSidePosition="true") == held
    client.order(SELL, SCALE, symbol=ETH)
    assert client.post("positionSide/dual", dualSidePosition="true") == DONE


# -- asset mode ------------------------------------------------------------------------------------------------------


def test_asset_mode(client: SignedClient) -> None:
    """U-98."""
    assert client.get("multiAssetsMargin") == {"multiAssetsMargin": False}
    same = (
        400, -4171, "Adjusted asset mode is currently set and does not need to be adjusted repeatedly."
    )  # fmt: skip
    assert client.refusal("POST", "multiAssetsMargin", multiAssetsMargin="false") == same
    answer = client.post("multiAssetsMargin", multiAssetsMargin="true")
    assert wrong("POST /fapi/v1/multiAssetsMargin", answer) == []
    assert client.get("multiAssetsMargin") == {"multiAssetsMargin": True}
    assert client.get("accountConfig")["multiAssetsMargin"] is True


def test_refused_asset_modes(client: SignedClient) -> None:
    """U-98."""

    def refused(value: str = "true") -> tuple[int, str]:
        return client.refusal("POST", "multiAssetsMargin", multiAssetsMargin=value)[1:]

    client.post("marginType", symbol=ETH, marginType="ISOLATED")
    assert refused() == (
        -4167,
        "Unable to adjust to Multi-Assets mode with symbols of USDⓈ-M Futures under isolated-margin mode.",
    )
    client.post("marginType", symbol=ETH, marginType="CROSSED")
    order = client.order(BUY, SCALE, 70_000 * SCALE)
    assert refused() == (-4170, "Unable to adjust Multi-Assets Mode with open orders in USDⓈ-M Futures.")
    client.venue.market(BTC, client.now).cancel(order, "c", client.now)
    client.own.money.free["USDC"] = -1
    assert refused() == (
        -4172,
        "Unable to adjust Multi-Assets Mode with a negative wallet balance of margin available asset in "
        "USDⓈ-M Futures account.",
    )
    client.own.money.free["USDC"] = 90_000 * SCALE
    client.post("multiAssetsMargin", multiAssetsMargin="true")
    client.order(BUY, 30 * SCALE)
    client.mark(79_970)
    # 120000 of margin are held with 100000 USDT and 90000 USDC.
    assert refused("false") == (
        -4169, "Unable to adjust Multi-Assets Mode with insufficient margin balance in USDⓈ-M Futures."
    )  # fmt: skip


# -- isolated margin -------------------------------------------------------------------------------------------------


def isolated(client: SignedClient) -> None:
    """Half a bitcoin, marked where 20 times of margin is 2000."""
    client.post("marginType", symbol=BTC, marginType="ISOLATED")
    client.order(BUY, SCALE // 2)
    client.mark(80_000)


def test_margin_is_added_and_taken_out(client: SignedClient) -> None:
    """U-97, U-114."""
    isolated(client)
    before = amount(client.risk()["isolatedWallet"])
    cross = amount(client.get("v3/balance")[0]["crossWalletBalance"])
    answer = client.post("positionMargin", symbol=BTC, amount="112.5", type=1)
    assert answer == {"amount": 112.5, "code": 200, "msg": "Successfully modify position margin.", "type": 1}
    client.world.clock.move(1_000_000)
    assert client.post("positionMargin", symbol=BTC, amount="2", type=2, positionSide="BOTH")["amount"] == 2
    assert amount(client.risk()["isolatedWallet"]) == before + 11050 * SCALE // 100
    assert client.risk()["updateTime"] == MS + 1000
    assert amount(client.get("v3/balance")[0]["crossWalletBalance"]) == cross - 11050 * SCALE // 100
    history = client.get("positionMargin/history", symbol=BTC)
    assert history == [
        {
            "symbol": BTC, "type": kind, "deltaType": "USER_ADJUST", "amount": moved, "asset": "USDT",
            "time": time, "positionSide": "BOTH",
        }
        for kind, moved, time in ((1, "112.50000000", MS), (2, "2.00000000", MS + 1000))
    ]  # fmt: skip
    assert client.get("positionMargin/history", symbol=BTC, type=2) == history[1:]
    assert client.get("positionMargin/history", symbol=BTC, startTime=MS + 1) == history[1:]
    assert client.get("positionMargin/history", symbol=BTC, endTime=MS) == history[:1]
    assert client.get("positionMargin/history", symbol=BTC, limit=1) == history[1:]
    assert client.get("positionMargin/history", symbol=ETH) == []
    client.world.clock.move(31 * DAY_MS * 1000)
    assert client.get("positionMargin/history", symbol=BTC) == []


def test_how_much_margin_may_be_moved(client: SignedClient) -> None:
    """U-97: into it what is not in use, out of it what is above the initial margin."""
    isolated(client)
    client.order(BUY, SCALE // 10, symbol=ETH)
    most = client.get("v3/balance")[0]["maxWithdrawAmount"]
    more = f"{amount(most) + 1:09d}"
    short = (400, -4050, "Cross balance insufficient.")
    assert client.refusal("POST", "positionMargin", symbol=BTC, amount=f"{more[:-8]}.{more[-8:]}", type=1) == short
    client.post("positionMargin", symbol=BTC, amount=most, type=1)
    row = client.risk()
    spare = amount(row["isolatedWallet"]) - 2000 * SCALE + min(0, amount(row["unRealizedProfit"]))
    above, exact = (f"{each // SCALE}.{each % SCALE:08d}" for each in (spare + 1, spare))
    held = (400, -4051, "Isolated balance insufficient.")
    assert client.refusal("POST", "positionMargin", symbol=BTC, amount=above, type=2) == held
    client.post("positionMargin", symbol=BTC, amount=exact, type=2)
    assert client.refusal("POST", "positionMargin", symbol=BTC, amount="0.00000001", type=2) == held


def test_refused_margin_moves(client: SignedClient) -> None:
    """U-66, U-97."""

    def refused(value: object = 1, symbol: str = BTC, **more: object) -> tuple[int, str]:
        return client.refusal("POST", "positionMargin", **{"symbol": symbol, "amount": value, "type": 1, **more})[1:]

    assert refused(0) == refused(-1) == refused("-0.5") == (-4055, "Amount must be positive.")
    assert refused() == (-4049, "Add margin only support for isolated position.")
    client.post("marginType", symbol=BTC, marginType="ISOLATED")
    assert refused() == (-4054, "Cannot add position margin: position is 0.")
    assert refused(positionSide="LONG") == (-4061, "Order's position side does not match user's setting.")
    assert refused(positionSide="UP") == (-4060, "Invalid position side.")
    assert refused(type=3)[0] == -1130
    assert refused("0.000000001") == (-1111, "Precision is over the maximum defined for this asset.")
    client.post("positionSide/dual", dualSidePosition="true")
    assert refused()[0] == -4061
    client.order(SELL, SCALE // 2, of=PositionSide.SHORT)
    assert refused(positionSide="LONG")[0] == -4054
    assert client.post("positionMargin", symbol=BTC, amount=1, type=1, positionSide="SHORT")["code"] == 200


@pytest.mark.parametrize(("start", "end", "code"), [(MS, MS - 1, -1023), (MS - 31 * DAY_MS, MS, -4165)])
def test_refused_margin_histories(client: SignedClient, start: int, end: int, code: int) -> None:
    """U-42."""
    assert client.refusal("GET", "positionMargin/history", symbol=BTC, startTime=start, endTime=end)[1] == code


def test_a_copy_goes_its_own_way(client: SignedClient) -> None:
    isolated(client)
    client.post("positionMargin", symbol=BTC, amount=1, type=1)
    twin = SignedClient(client.world.fork())
    twin.post("positionMargin", symbol=BTC, amount=1, type=1)
    assert len(client.get("positionMargin/history", symbol=BTC)) == 1
    assert len(twin.get("positionMargin/history", symbol=BTC)) == 2
    assert twin.own.margin_type(BTC) is MarginType.ISOLATED
