"""An engine with two strategies, limits of which one is reached, and settings: scripted, the same every time."""

from decimal import Decimal
from pathlib import Path

from tests.screens import scripted, scripted_backtest
from tests.screens.scripted import NOW_MS, ScriptedClient
from tui_trader.engine.config.load import load_settings
from tui_trader.engine.messages import events as told
from tui_trader.engine.messages.queries import (
    AskRecentEvents,
    AskSettings,
    AskStatus,
    EngineVitals,
    QueryFailed,
    RecentEventsAnswer,
    SettingsAnswer,
    StatusAnswer,
)
from tui_trader.engine.messages.risk_queries import AskRisk, RiskAnswer, RiskRow
from tui_trader.engine.messages.strategy_queries import (
    AskDecisions,
    AskStrategies,
    DecisionRow,
    DecisionsAnswer,
    StrategiesAnswer,
)
from tui_trader.engine.values.abilities import BudgetLevel
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.orders import Side
from tui_trader.engine.values.strategies import HeldNote, PairNote, StrategyNote, StrategySpec

HOUR = 3_600_000
BTC, ETH, SOL = Symbol("BTC/USD"), Symbol("ETH/USD"), Symbol("SOL/USD")
STRATEGIES = scripted_backtest.STRATEGIES
SETTING_ROWS = load_settings(config_file=None, home=Path("/nowhere"), environ={}).rows


def held(entry: float, lots: int) -> HeldNote:
    return HeldNote(
        entry_time_ms=NOW_MS - 5 * HOUR,
        entry_ticks=int(entry * 10),
        entry=entry,
        lots=lots,
        lots_first=lots,
        cost=1,
        fees=1,
        proceeds=0,
        sales=0,
        stop_ticks=int(entry * 9.5),
        stop=entry * 0.95,
        risk_price=1.0,
        take_way=0.0,
        take_ticks=0,
        take=0.0,
        part=0,
        bars=5,
        highest=entry,
        lowest=entry,
        slippage=0.0,
    )


def pair_note(position: HeldNote | None = None) -> PairNote:
    return PairNote(
        grid=(10.0, 1e8, 5_000, 0.5),
        want=0,
        leaving=-1,
        is_time_up=False,
        closed_ms=NOW_MS - HOUR,
        close=1.0,
        atr=None,
        volatility=None,
        volume=None,
        cool_until_ms=0,
        held=position,
        order=None,
        order_candle_ms=0,
        price=1.0,
        reason=0,
    )


def note(**pairs: PairNote) -> StrategyNote:
    return StrategyNote(
        pairs={Symbol(f"{base}/USD"): pair for base, pair in pairs.items()},
        candle_ms=NOW_MS - HOUR,
        order_count=3,
        is_marked=True,
        equity=10_093.21,
        peak=10_100.0,
        day_start=10_000.0,
        day_end_ms=NOW_MS + HOUR,
        entries_today=2,
        streak=1,
        paused_until_ms=0,
        wins=4,
        losses=3,
        win_sum=0.1,
        loss_sum=0.05,
        traded={},
        blocks={},
    )


def started(name: str, symbols: tuple[Symbol, ...], made: StrategyNote, **parameters: float):
    spec = StrategySpec(
        name=name,
        file="",
        symbols=symbols,
        interval=Interval.H1,
        parameters=parameters,
        rules={},
        risk={},
        started_ms=NOW_MS - 30 * HOUR,
    )
    return told.StrategyStarted(time_ms=NOW_MS - 30 * HOUR, actor="cli", spec=spec, note=made)


def trading() -> list:
    """Two strategies: one holds bitcoin that it bought, one is held and may not enter."""
    actor = "strategy sma_cross"
    return [
        *scripted.traded(),
        started("sma_cross", (BTC,), note(BTC=pair_note(held(63_200.0, 1_500_000))), fast=10),
        started("macd", (ETH, SOL), note(ETH=pair_note(), SOL=pair_note())),
        scripted.submitted(21, BTC, Side.BUY, "0.025", "63200.0", ago_ms=5 * HOUR, actor=actor),
        scripted.accepted(21, 5 * HOUR - 100),
        scripted.filled(21, BTC, Side.BUY, "0.025", "63200.0", 5 * HOUR - 200),
        scripted.submitted(22, BTC, Side.SELL, "0.01", "64000.0", ago_ms=2 * HOUR, actor=actor),
        scripted.accepted(22, 2 * HOUR - 100),
        scripted.filled(22, BTC, Side.SELL, "0.01", "64000.0", 2 * HOUR - 200),
        told.StrategyHeld(time_ms=NOW_MS - HOUR, strategy="macd", reason="asked by console"),
    ]


def decisions(name: str) -> tuple[DecisionRow, ...]:
    kinds = (
        (0, "nothing", "", "nothing new", None),
        (1, "blocked", "cool_down", "no entry before 11:00 UTC of the candles", 25.0),
        (0, "nothing", "", "nothing new", None),
        (1, "bought", "", "signal: 0.025 sent", None),
        (0, "nothing", "", "nothing new", None),
        (
            1,
            "refused",
            "exposure",
            "all positions together would be 5,213.00, above 5,000.00",
            None,
        ),
        (-1, "sold", "", "signal: 0.01 sent", None),
        (0, "missed", "candles", "the history came too late", None),
    )
    count = 24
    return tuple(
        DecisionRow(
            time_ms=NOW_MS - (count - place) * HOUR + 400,
            candle_ms=(NOW_MS - (count - place) * HOUR) // HOUR * HOUR,
            symbol=BTC if name == "sma_cross" else ETH,
            signal=kinds[place % len(kinds)][0],
            outcome=kinds[place % len(kinds)][1],
            gate=kinds[place % len(kinds)][2],
            text=kinds[place % len(kinds)][3],
            margin=kinds[place % len(kinds)][4],
        )
        for place in range(count)
    )


def risk_rows() -> tuple[RiskRow, ...]:
    def row(key, name, used, limit, unit, state, text):
        return RiskRow(
            key=key, name=name, used=used, limit=limit, unit=unit, state=state, text=text
        )

    return (
        row(
            "position",
            "Position",
            2565.21,
            2500.0,
            "USD",
            "reached",
            "BTC/USD: nothing left, 65.21 USD over",
        ),
        row("exposure", "Exposure", 4210.55, 4998.2, "USD", "near", "787.65 USD left"),
        row("positions", "Open positions", 2.0, 5.0, "positions", "ok", "3 more"),
        row("daily_loss", "Daily loss", 0.42, 3.0, "percent", "ok", "257.90 USD to lose"),
        row("drawdown", "Drawdown", None, None, "percent", "off", "off"),
        row(
            "losing_streak",
            "Losing streak",
            1.0,
            5.0,
            "trades",
            "ok",
            "sma_cross: 4 more until a pause",
        ),
        row("cool_down", "Cool-down", 0.0, 60.0, "minutes", "ok", "no pair cools down"),
        row(
            "trades_per_day",
            "Trades a day",
            None,
            20.0,
            "trades",
            "unknown",
            "not known: SOL has no price",
        ),
    )


class DeskClient(ScriptedClient):
    """Answers what the strategies, risk and settings screens ask; its journal comes in pages."""

    def __init__(self, history=None, *, rows=SETTING_ROWS, **more) -> None:
        super().__init__(trading() if history is None else history, **more)
        self.rows = rows

    async def ask(self, query):
        match query:
            case AskSettings():
                self.asked.append(query)
                return SettingsAnswer(rows=self.rows)
            case AskRisk() | AskStatus() | AskStrategies() | AskDecisions():
                return self._of_the_desk(query)
            case AskRecentEvents():
                before = query.before or self.sequence + 1
                found = [entry for entry in self.history if entry.sequence < before]
                return RecentEventsAnswer(entries=tuple(found[-query.limit :]))
            case _:
                return await super().ask(query)

    def _of_the_desk(self, query):
        match query:
            case AskRisk():
                return RiskAnswer(rows=risk_rows())
            case AskStatus():
                return self._status()
            case AskStrategies():
                return StrategiesAnswer(strategies=STRATEGIES)
            case AskDecisions():
                return DecisionsAnswer(strategy=query.strategy, rows=decisions(query.strategy))

    def _status(self) -> StatusAnswer:
        return StatusAnswer(
            mode="demo",
            halted=False,
            halt_reason=None,
            equity=Decimal(10_000),
            cash=Decimal(5_000),
            day_pnl=Decimal(1),
            drawdown_ratio=0.0,
            positions=(),
            open_orders=0,
            unknown_orders=0,
            feeds=(),
            engine=EngineVitals(pid=1, uptime_s=1, rss_mb=1.0),
            budgets=(
                BudgetLevel(name="calls", used=17.0, limit=20.0, recovers_per_s=0.33),
                BudgetLevel(name="orders", used=12.0, limit=125.0, recovers_per_s=2.34),
            ),
        )


class SilentClient(DeskClient):
    """Says of every question of these screens that it cannot answer."""

    async def ask(self, query):
        if isinstance(query, AskSettings | AskRisk | AskStatus | AskStrategies | AskDecisions):
            return QueryFailed(reason="the engine is busy; ask again")
        return await super().ask(query)
