"""What the exchange lists: five pairs with Kraken's grids, minimums and many names.

Kraken calls one pair `XXBTZUSD` (REST id), `XBTUSD` (altname), `XBT/USD` (wsname) and `BTC/USD`
(WebSocket v2). All of them are accepted where Kraken accepts them.
"""

from decimal import Decimal

import msgspec

from tui_trader.engine.values.instruments import Symbol

LOT_DECIMALS = 8
COST_DECIMALS = 5


class AssetListing(msgspec.Struct, frozen=True, kw_only=True):
    """One asset with Kraken's three names for it."""

    name: str
    rest_id: str
    altname: str
    decimals: int
    decimals_shown: int


class PairListing(msgspec.Struct, frozen=True, kw_only=True):
    """One pair; its tick is one unit of the last price decimal, its lot one of the last quantity decimal.

    Args:
        price_typical: Where the fair price wanders around, quote per base.
        volatility_daily_ratio: Standard deviation of a day's return.
    """

    symbol: Symbol
    rest_id: str
    altname: str
    wsname: str
    base: AssetListing
    quote: AssetListing
    price_decimals: int
    order_min: Decimal
    cost_min: Decimal
    price_typical: float
    volatility_daily_ratio: float

    @property
    def ticks_per_unit(self) -> int:
        """Ticks in one unit of quote."""
        return int(10**self.price_decimals)

    def price(self, ticks: int) -> Decimal:
        """Price of a number of ticks."""
        return Decimal(ticks).scaleb(-self.price_decimals)

    def price_text(self, ticks: int) -> str:
        """Price with the pair's decimals, trailing zeros kept."""
        return units_text(ticks, self.price_decimals)


def quantity(lots: int) -> Decimal:
    """Base quantity of a number of lots."""
    return Decimal(lots).scaleb(-LOT_DECIMALS)


def units_text(units: int, decimals: int) -> str:
    """`units` of the last decimal as plain text: `units_text(150, 2)` is `1.50`."""
    scale = 10**decimals
    return f"{units // scale}.{units % scale:0{decimals}d}"


def units_of(amount: Decimal, decimals: int) -> int | None:
    """Whole units of the last decimal in `amount`, `None` when it is not on that grid."""
    scaled = amount.scaleb(decimals)
    units = int(scaled)
    return units if scaled == units else None


USD = AssetListing(name="USD", rest_id="ZUSD", altname="USD", decimals=4, decimals_shown=2)
BTC = AssetListing(name="BTC", rest_id="XXBT", altname="XBT", decimals=10, decimals_shown=5)
ETH = AssetListing(name="ETH", rest_id="XETH", altname="ETH", decimals=10, decimals_shown=5)
SOL = AssetListing(name="SOL", rest_id="SOL", altname="SOL", decimals=10, decimals_shown=5)
XRP = AssetListing(name="XRP", rest_id="XXRP", altname="XRP", decimals=8, decimals_shown=5)
DOGE = AssetListing(name="DOGE", rest_id="XXDG", altname="XDG", decimals=8, decimals_shown=2)

ASSETS = (USD, BTC, ETH, SOL, XRP, DOGE)

PAIRS = (
    PairListing(
        symbol=Symbol("BTC/USD"),
        rest_id="XXBTZUSD",
        altname="XBTUSD",
        wsname="XBT/USD",
        base=BTC,
        quote=USD,
        price_decimals=1,
        order_min=Decimal("0.00005"),
        cost_min=Decimal("0.5"),
        price_typical=64_000.0,
        volatility_daily_ratio=0.025,
    ),
    PairListing(
        symbol=Symbol("ETH/USD"),
        rest_id="XETHZUSD",
        altname="ETHUSD",
        wsname="ETH/USD",
        base=ETH,
        quote=USD,
        price_decimals=2,
        order_min=Decimal("0.001"),
        cost_min=Decimal("0.5"),
        price_typical=3_400.0,
        volatility_daily_ratio=0.032,
    ),
    PairListing(
        symbol=Symbol("SOL/USD"),
        rest_id="SOLUSD",
        altname="SOLUSD",
        wsname="SOL/USD",
        base=SOL,
        quote=USD,
        price_decimals=2,
        order_min=Decimal("0.02"),
        cost_min=Decimal("0.5"),
        price_typical=150.0,
        volatility_daily_ratio=0.040,
    ),
    PairListing(
        symbol=Symbol("XRP/USD"),
        rest_id="XXRPZUSD",
        altname="XRPUSD",
        wsname="XRP/USD",
        base=XRP,
        quote=USD,
        price_decimals=5,
        order_min=Decimal(2),
        cost_min=Decimal("0.5"),
        price_typical=0.55,
        volatility_daily_ratio=0.035,
    ),
    PairListing(
        symbol=Symbol("DOGE/USD"),
        rest_id="XDGUSD",
        altname="XDGUSD",
        wsname="XDG/USD",
        base=DOGE,
        quote=USD,
        price_decimals=7,
        order_min=Decimal(13),
        cost_min=Decimal("0.5"),
        price_typical=0.15,
        volatility_daily_ratio=0.045,
    ),
)

PAIR_BY_SYMBOL = {pair.symbol: pair for pair in PAIRS}
# A balance that earns rewards goes by the altname and `.F`, and is spent like the asset itself.
REWARD_ASSETS = tuple(
    AssetListing(
        name=f"{asset.name}.F",
        rest_id=f"{asset.altname}.F",
        altname=f"{asset.altname}.F",
        decimals=asset.decimals,
        decimals_shown=asset.decimals_shown,
    )
    for asset in ASSETS
)
ASSET_BY_NAME = {asset.name: asset for asset in (*ASSETS, *REWARD_ASSETS)}

_ASSET_BY_ANY_NAME = {
    name: asset
    for asset in ASSET_BY_NAME.values()
    for name in (asset.rest_id, asset.altname, asset.name)
}

_PAIR_BY_ANY_NAME = {
    name: pair
    for pair in PAIRS
    for name in (
        pair.rest_id,
        pair.altname,
        pair.wsname,
        pair.wsname.replace("/", ""),
        pair.symbol,
        pair.symbol.replace("/", ""),
        pair.base.rest_id + pair.quote.rest_id,
        pair.base.altname + pair.quote.altname,
        f"{pair.base.rest_id}/{pair.quote.rest_id}",
    )
}


def asset_named(name: str) -> AssetListing | None:
    """Asset under any of its names: `XXBT`, `XBT`, `BTC`, `XBT.F`."""
    return _ASSET_BY_ANY_NAME.get(name)


def pair_named(name: str) -> PairListing | None:
    """Pair under any of the names Kraken's REST interface takes."""
    return _PAIR_BY_ANY_NAME.get(name)
