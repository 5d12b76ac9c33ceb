"""[rules] and [risk]: the rulebook as people set it.

`engine/rules/from_settings.py` turns them into what the rules are told; there percents become ratios and
minutes milliseconds.
"""

from decimal import Decimal
from typing import Annotated

from tui_trader.engine.settings.bounds import Section, Setting


class RuleSettings(Section, frozen=True, kw_only=True):
    """[rules]: how a strategy's positions are sized, protected and paid for."""

    sizing: Annotated[
        str,
        Setting(
            help="How the size of an entry is chosen.",
            choices=("amount", "fraction", "risk", "volatility", "kelly"),
        ),
    ] = "fraction"
    amount_quote: Annotated[
        Decimal,
        Setting(
            help="Value of every entry, for sizing = amount.",
            unit="quote asset",
            minimum=Decimal(1),
            maximum=Decimal(10000000),
        ),
    ] = Decimal(100)
    fraction_percent: Annotated[
        Decimal,
        Setting(
            help="Share of equity of every entry, for sizing = fraction; also what kelly begins with.",
            unit="percent",
            minimum=Decimal("0.01"),
            maximum=Decimal(100),
        ),
    ] = Decimal(10)
    risk_percent: Annotated[
        Decimal,
        Setting(
            help="Share of equity lost when the first stop fills at its price, for sizing = risk.",
            unit="percent",
            minimum=Decimal("0.01"),
            maximum=Decimal(10),
        ),
    ] = Decimal("0.5")
    volatility_percent: Annotated[
        Decimal,
        Setting(
            help="How much the position should move a year, as a share of equity, for sizing = volatility.",
            unit="percent",
            minimum=Decimal(1),
            maximum=Decimal(500),
        ),
    ] = Decimal(20)
    kelly_cap_percent: Annotated[
        Decimal,
        Setting(
            help="Largest share of equity that sizing = kelly takes.",
            unit="percent",
            minimum=Decimal("0.01"),
            maximum=Decimal(100),
        ),
    ] = Decimal(10)
    kelly_trades_min: Annotated[
        int,
        Setting(
            help="Trades that kelly wants to have seen.",
            unit="trades",
            minimum=Decimal(2),
            maximum=Decimal(10000),
        ),
    ] = 30
    stop_percent: Annotated[
        Decimal,
        Setting(
            help="First stop this far below the entry. 0 is off.",
            unit="percent",
            minimum=Decimal(0),
            maximum=Decimal(90),
        ),
    ] = Decimal(5)
    stop_atr: Annotated[
        Decimal,
        Setting(
            help="First stop this far below the entry. 0 is off.",
            unit="average true ranges",
            minimum=Decimal(0),
            maximum=Decimal(100),
        ),
    ] = Decimal(0)
    trail_percent: Annotated[
        Decimal,
        Setting(
            help="Stop this far below the highest high since the entry. 0 is off.",
            unit="percent",
            minimum=Decimal(0),
            maximum=Decimal(90),
        ),
    ] = Decimal(0)
    chandelier_atr: Annotated[
        Decimal,
        Setting(
            help="Stop this far below the highest high since the entry. 0 is off.",
            unit="average true ranges",
            minimum=Decimal(0),
            maximum=Decimal(100),
        ),
    ] = Decimal(0)
    break_even_r: Annotated[
        Decimal,
        Setting(
            help="Gain, in multiples of the first risk, at which the stop rises to where fees are earned back. 0 is off.",
            unit="times the first risk",
            minimum=Decimal(0),
            maximum=Decimal(100),
        ),
    ] = Decimal(0)
    time_stop_bars: Annotated[
        int,
        Setting(
            help="Candles after which a position is sold. 0 is off.",
            unit="candles",
            minimum=Decimal(0),
            maximum=Decimal(1000000),
        ),
    ] = 0
    take_percent: Annotated[
        Decimal,
        Setting(
            help="Take profit this far above the entry. 0 is off.",
            unit="percent",
            minimum=Decimal(0),
            maximum=Decimal(1000),
        ),
    ] = Decimal(0)
    take_r: Annotated[
        Decimal,
        Setting(
            help="Take profit this far above the entry. 0 is off.",
            unit="times the first risk",
            minimum=Decimal(0),
            maximum=Decimal(1000),
        ),
    ] = Decimal(0)
    take_atr: Annotated[
        Decimal,
        Setting(
            help="Take profit this far above the entry. 0 is off.",
            unit="average true ranges",
            minimum=Decimal(0),
            maximum=Decimal(1000),
        ),
    ] = Decimal(0)
    take_parts: Annotated[
        int,
        Setting(
            help="Equal parts in which profit is taken, the k-th at k/parts of the way.",
            unit="parts",
            minimum=Decimal(1),
            maximum=Decimal(4),
        ),
    ] = 1
    slippage_bps: Annotated[
        Decimal,
        Setting(
            help="What every order is reckoned to pay beyond the price it saw.",
            unit="hundredths of a percent",
            minimum=Decimal(0),
            maximum=Decimal(500),
        ),
    ] = Decimal(2)
    spread_bps: Annotated[
        Decimal,
        Setting(
            help="Bid-ask spread; every order is reckoned to pay half of it.",
            unit="hundredths of a percent",
            minimum=Decimal(0),
            maximum=Decimal(500),
        ),
    ] = Decimal(1)
    impact: Annotated[
        Decimal,
        Setting(
            help="Own move of the price: this times the average true range times the root of the share in the candle's volume. 0 is off.",
            minimum=Decimal(0),
            maximum=Decimal(10),
        ),
    ] = Decimal(0)
    atr_bars: Annotated[
        int,
        Setting(
            help="Candles of the average true range.",
            unit="candles",
            minimum=Decimal(2),
            maximum=Decimal(1000),
        ),
    ] = 14
    volatility_bars: Annotated[
        int,
        Setting(
            help="Candles of the realised volatility.",
            unit="candles",
            minimum=Decimal(3),
            maximum=Decimal(1000),
        ),
    ] = 30
    fees: Annotated[
        str,
        Setting(
            help="Fees a backtest reckons with: Kraken's tiers by the volume of 30 days, or one fee.",
            choices=("kraken", "flat"),
        ),
    ] = "kraken"
    fee_percent: Annotated[
        Decimal,
        Setting(
            help="The one fee, for fees = flat.",
            unit="percent",
            minimum=Decimal(0),
            maximum=Decimal(5),
        ),
    ] = Decimal("0.4")


class RiskSettings(Section, frozen=True, kw_only=True):
    """[risk]: what no entry may exceed, of a strategy or by hand; the three pauses bind strategies only."""

    position_max_quote: Annotated[
        Decimal,
        Setting(
            help="Largest value of one position at its entry. 0 is off.",
            unit="quote asset",
            minimum=Decimal(0),
            maximum=Decimal(100000000),
        ),
    ] = Decimal(5000)
    position_max_percent: Annotated[
        Decimal,
        Setting(
            help="Largest value of one position at its entry, as a share of equity. 0 is off.",
            unit="percent",
            minimum=Decimal(0),
            maximum=Decimal(100),
        ),
    ] = Decimal(25)
    exposure_max_percent: Annotated[
        Decimal,
        Setting(
            help="Largest value of all positions together, as a share of equity. 0 is off.",
            unit="percent",
            minimum=Decimal(0),
            maximum=Decimal(100),
        ),
    ] = Decimal(50)
    positions_max: Annotated[
        int,
        Setting(
            help="Most positions at once. 0 is off.",
            unit="positions",
            minimum=Decimal(0),
            maximum=Decimal(20),
        ),
    ] = 5
    daily_loss_max_percent: Annotated[
        Decimal,
        Setting(
            help="Loss of a UTC day after which nobody enters for the rest of it. 0 is off.",
            unit="percent",
            minimum=Decimal(0),
            maximum=Decimal(100),
        ),
    ] = Decimal(3)
    drawdown_max_percent: Annotated[
        Decimal,
        Setting(
            help="Distance below the highest equity at which nobody enters. 0 is off.",
            unit="percent",
            minimum=Decimal(0),
            maximum=Decimal(100),
        ),
    ] = Decimal(20)
    losing_streak_max: Annotated[
        int,
        Setting(
            help="Losing trades in a row after which nobody enters for a while. 0 is off.",
            unit="trades",
            minimum=Decimal(0),
            maximum=Decimal(1000),
        ),
    ] = 5
    losing_streak_pause_minutes: Annotated[
        int,
        Setting(
            help="How long nobody enters after a losing streak.",
            unit="minutes",
            minimum=Decimal(0),
            maximum=Decimal(100000),
        ),
    ] = 720
    cool_down_minutes: Annotated[
        int,
        Setting(
            help="How long nobody enters a pair after a losing trade in it. 0 is off.",
            unit="minutes",
            minimum=Decimal(0),
            maximum=Decimal(100000),
        ),
    ] = 60
    trades_per_day_max: Annotated[
        int,
        Setting(
            help="Most entries a UTC day. 0 is off.",
            unit="trades",
            minimum=Decimal(0),
            maximum=Decimal(10000),
        ),
    ] = 20


WITHOUT_LIMITS = RiskSettings(
    position_max_quote=Decimal(0),
    position_max_percent=Decimal(0),
    exposure_max_percent=Decimal(0),
    positions_max=0,
    daily_loss_max_percent=Decimal(0),
    drawdown_max_percent=Decimal(0),
    losing_streak_max=0,
    losing_streak_pause_minutes=0,
    cool_down_minutes=0,
    trades_per_day_max=0,
)
"""Every limit switched off."""
