"""Signals beside the loop: candles to the models, forecasts to whoever trades on them, answers to clients.

Law: nothing here can hold the engine. A forecast that does not come in time, whatever the reason, is
silence; a study may come later or never. What clients are told of a pair is of its newest closed candle.
Every pair that has a model is followed; a strategy that follows the same candles does it for both.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence

import msgspec

from tui_trader.engine.analysis.strategy import LISTENER
from tui_trader.engine.core.host_book import HostBook, PairBook
from tui_trader.engine.core.host_notes import note_of
from tui_trader.engine.core.signal_gate import silenced
from tui_trader.engine.core.trader import Trader
from tui_trader.engine.messages.forecasts import (
    Forecast,
    Forecasted,
    ListModels,
    ModelShown,
    ModelsListed,
    NotAnswered,
    Reply,
    ShowModel,
    Studied,
    Study,
)
from tui_trader.engine.messages.query_roots import QueryFailed
from tui_trader.engine.messages.reports import Report
from tui_trader.engine.messages.signal_queries import (
    AskModel,
    AskModels,
    AskSignal,
    AskSignals,
    AskWaterfalls,
    ModelRow,
    ModelsAnswer,
    SignalQuery,
    SignalRow,
    SignalsAnswer,
    SignalsAnswers,
    Waterfall,
)
from tui_trader.engine.messages.signal_reports import (
    ForecastView,
    ModelsReport,
    PromiseBrokenReport,
    SignalReport,
    StandingModel,
    model_name,
)
from tui_trader.engine.ports.forecaster import ForecastDesk
from tui_trader.engine.rules.model import Grid
from tui_trader.engine.rules.signal_gates import SignalLimits
from tui_trader.engine.rules.signal_trade import ENSEMBLE, signal_limits
from tui_trader.engine.session.ports import Ports
from tui_trader.engine.session.retraining import Retraining
from tui_trader.engine.session.signal_rows import (
    SignalState,
    signal_answer,
    signal_row,
    unhosted_waterfall,
)
from tui_trader.engine.session.strategy_desk import StrategyDesk
from tui_trader.engine.session.strategy_window import Rows
from tui_trader.engine.session.waterfall_keeper import WaterfallKeeper
from tui_trader.engine.state.strategy_record import StrategyRecord
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.strategies import StrategySpec
from tui_trader.engine.values.text import sanitize

MODELS_AGAIN_S = 10.0
STUDIES_MAX = 64
NO_MODELS = "this engine was started without models"
Key = tuple[Symbol, Interval]


class SignalDesk:
    """Everything about signals that takes time.

    Args:
        outside: The world.
        trader: Its settings, what its strategies decided, and which models were refuted.
        deliver: Takes what the core must know of models.
    """

    def __init__(
        self, outside: Ports, trader: Trader, *, deliver: Callable[[SignalReport], None]
    ) -> None:
        self._outside, self._trader, self._deliver = outside, trader, deliver
        # Nothing else is forecast, which bounds what is kept.
        self._symbols = tuple(Symbol(name) for name in trader.settings.market.pairs)
        self._states: dict[Key, SignalState] = {}
        self._served: tuple[StandingModel, ...] = ()
        self._with_model: frozenset[Key] = frozenset()
        self._followed: dict[str, StrategyRecord] = {}
        self._follow = StrategyDesk(
            outside.feed,
            outside.clock,
            lambda: self._followed,
            # Forecasts were taken when they came; nobody decides on these candles.
            deliver=lambda _: None,
            find=lambda _: LISTENER,
            forecast=self.forecast,
        )
        self._group: asyncio.TaskGroup | None = None
        self._study_count = 0
        self._told: set[str] = set()
        self._keeper = WaterfallKeeper(outside.waterfalls)
        self._retraining = Retraining(
            outside.trainer,
            outside.clock,
            settings=trader.settings.learning,
            models=self._models,
        )

    def hear(self, report: Report) -> None:
        """Take note of what the feed delivers; never blocks."""
        self._follow.hear(report)

    def look(self) -> None:
        """The core has taken a step: fetch its decisions, follow what it does not."""
        self._take(self._trader.hosts.signals.take_waterfalls())
        self._choose()

    async def run(self) -> None:
        """Follow, ask, study and write down until cancelled."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            group.create_task(self._keeper.run())
            group.create_task(self._retraining.run())
            if self._outside.forecaster is not None:
                group.create_task(self._outside.forecaster.run())
                group.create_task(self._look_for_models(self._outside.forecaster))
                group.create_task(self._follow.run())

    async def forecast(self, interval: Interval, rows: Rows) -> tuple[ForecastView, ...]:
        """What the models say of the newest closed candle of each pair."""
        asked = [
            self._forecast(symbol, interval, tuple(candles))
            for symbol, candles in rows.items()
            if candles
        ]
        return tuple(await asyncio.gather(*asked))

    async def answer(self, query: SignalQuery) -> SignalsAnswers | QueryFailed:
        """The answer, or `QueryFailed` with the reason."""
        match query:
            case AskSignals():
                return SignalsAnswer(rows=tuple(self._row(key) for key in self._keys()))
            case AskSignal():
                key = (query.symbol, query.interval)
                if query.symbol not in self._symbols:
                    name = sanitize(query.symbol)
                    return QueryFailed(reason=f"{name} is not watched; see [market] pairs")
                return signal_answer(self._row(key), self._states.get(key, SignalState()))
            case AskWaterfalls():
                return await self._keeper.search(query)
            case AskModels():
                return await self._models()
            case AskModel():
                return await self._model(query)

    def close(self) -> None:
        """Write what is left, and let go of the file."""
        self._keeper.close()

    def _row(self, key: Key) -> SignalRow:
        symbol, interval = key
        row = signal_row(
            symbol,
            interval,
            self._states.get(key, SignalState()),
            limits=self._limits(key),
            refuted=self._trader.state.refuted,
        )
        if row.candle_ms is None and key not in self._with_model and row.state == "late":
            silence = (
                f"there is no model for {symbol} {interval.value}; `tui-trader train` makes one"
            )
            is_without = self._outside.forecaster is None
            return msgspec.structs.replace(
                row, state="no_model", silence=NO_MODELS if is_without else silence
            )
        return row

    def _keys(self) -> list[Key]:
        """Every watched pair at the interval of the settings, and at others that are followed."""
        usual = Interval(self._trader.settings.learning.timeframe)
        others = self._with_model | self._hosted().keys()
        found: list[Key] = []
        for symbol in self._symbols:
            own = sorted(
                {interval for other, interval in others if other == symbol},
                key=lambda interval: interval.ms,
            )
            found += [(symbol, interval) for interval in own or [usual]]
        return found

    def _hosted(self) -> dict[Key, StrategySpec]:
        record = self._trader.state.strategies.get(ENSEMBLE)
        if record is None or record.spec.file:
            return {}
        spec = record.spec
        return {(symbol, spec.interval): spec for symbol in spec.symbols}

    def _limits(self, key: Key) -> SignalLimits:
        spec = self._hosted().get(key)
        parameters: Mapping[str, float] = {} if spec is None else spec.parameters
        return signal_limits(parameters, self._trader.settings.learning)

    def _choose(self) -> None:
        """Follow each pair that has a model and that no strategy follows already."""
        hosted = self._hosted()
        wanted = {
            f"{symbol} {interval.value}": (symbol, interval)
            for symbol, interval in self._with_model
            if symbol in self._symbols and (symbol, interval) not in hosted
        }
        if wanted.keys() != self._followed.keys():
            self._followed = {name: _follower_of(key) for name, key in wanted.items()}
            self._follow.look()

    async def _forecast(
        self, symbol: Symbol, interval: Interval, candles: tuple[Candle, ...]
    ) -> ForecastView:
        key, opened_ms = (symbol, interval), candles[-1].open_time_ms
        state = self._states.setdefault(key, SignalState())
        state.candles = candles
        if self._outside.forecaster is None:
            silent = ForecastView(symbol=symbol, interval=interval, open_time_ms=opened_ms)
            return msgspec.structs.replace(silent, state="no_model", silence=NO_MODELS)
        began_ms = self._outside.clock.monotonic_ms()
        reply = await self._outside.forecaster.ask(
            Forecast(symbol=symbol, interval=interval, candles=candles)
        )
        said = _view_of(reply, symbol, interval, opened_ms=opened_ms)
        if state.candles is not candles:
            return said  # Meanwhile a later candle was asked about.
        if model_name(symbol, interval, said.version) in self._trader.state.refuted:
            said = silenced(said)
        state.said = said
        state.shadow = reply.challenger if isinstance(reply, Forecasted) else None
        state.took_ms = float(self._outside.clock.monotonic_ms() - began_ms)
        if key not in self._hosted():
            now_ms = self._outside.clock.now_ms()
            self._take([unhosted_waterfall(said, self._limits(key), time_ms=now_ms)])
        if said.version is not None and self._group is not None and self._study_count < STUDIES_MAX:
            self._study_count += 1
            self._group.create_task(self._study(key, candles))
        return said

    async def _study(self, key: Key, candles: tuple[Candle, ...]) -> None:
        assert self._outside.forecaster is not None, "somebody gave a forecast"
        symbol, interval = key
        try:
            reply = await self._outside.forecaster.ask(
                Study(symbol=symbol, interval=interval, candles=candles)
            )
        finally:
            self._study_count -= 1
        if not isinstance(reply, Studied):
            return
        self._states[key].studied = reply
        for track in reply.tracks:
            name = model_name(symbol, interval, track.version)
            if track.is_broken and name not in self._told | self._trader.state.refuted.keys():
                self._told.add(name)
                self._deliver(
                    PromiseBrokenReport(
                        time_ms=self._outside.clock.now_ms(),
                        symbol=symbol,
                        interval=interval,
                        version=track.version,
                        outcomes=track.outcomes,
                        promised=track.promised or 0.0,
                        right=track.right_ratio or 0.0,
                    )
                )

    async def _look_for_models(self, forecaster: ForecastDesk) -> None:
        while True:
            reply = await forecaster.ask(ListModels())
            if isinstance(reply, ModelsListed):
                self._serve(reply.rows)
                await self._ask_again()
            await asyncio.sleep(MODELS_AGAIN_S)

    async def _ask_again(self) -> None:
        """Show what was not there in time; it came too late to be decided on, and stays so."""
        for (symbol, interval), state in tuple(self._states.items()):
            if state.said is not None and state.said.state == "late" and state.candles:
                await self._forecast(symbol, interval, state.candles)

    def _serve(self, rows: Sequence[ModelRow]) -> None:
        """Follow the pairs that have a model, and let the core know where it changed."""
        models = tuple(
            StandingModel(
                symbol=row.symbol,
                interval=row.interval,
                version=row.version,
                has_edge=row.has_edge,
            )
            for row in rows
            if row.state == "champion"
        )
        if models != self._served:
            self._served = models
            now_ms = self._outside.clock.now_ms()
            self._deliver(ModelsReport(time_ms=now_ms, models=models))
        self._with_model = frozenset((model.symbol, model.interval) for model in models)
        self._choose()

    async def _models(self) -> ModelsAnswer | QueryFailed:
        reply = await self._ask(ListModels())
        if not isinstance(reply, ModelsListed):
            return _failed(reply)
        rows = tuple(self._judged(row) for row in reply.rows)
        return ModelsAnswer(rows=rows, training=self._retraining.now)

    async def _model(self, query: AskModel) -> SignalsAnswers | QueryFailed:
        reply = await self._ask(
            ShowModel(symbol=query.symbol, interval=query.interval, version=query.version)
        )
        if not isinstance(reply, ModelShown) or reply.answer is None:
            return _failed(reply)
        answer = msgspec.structs.replace(reply.answer, row=self._judged(reply.answer.row))
        known = self._states.get((query.symbol, query.interval))
        if known is None or known.said is None or known.studied is None:
            return answer
        if known.said.version != query.version:
            return answer
        return msgspec.structs.replace(answer, drifts=known.studied.drifts)

    async def _ask(self, question: ListModels | ShowModel) -> Reply:
        if self._outside.forecaster is None:
            return NotAnswered(reason=NO_MODELS)
        return await self._outside.forecaster.ask(question)

    def _judged(self, row: ModelRow) -> ModelRow:
        name = model_name(row.symbol, row.interval, row.version)
        if name not in self._trader.state.refuted:
            return row
        return msgspec.structs.replace(
            row, state="demoted", reason=self._trader.state.refuted[name]
        )

    def _take(self, rows: Sequence[Waterfall]) -> None:
        for row in rows:
            if row.strategy in {"", ENSEMBLE}:
                state = self._states.setdefault((row.symbol, row.interval), SignalState())
                state.waterfall = row
        self._keeper.take(rows)


def _view_of(reply: Reply, symbol: Symbol, interval: Interval, *, opened_ms: int) -> ForecastView:
    """The forecast, or silence with the reason."""
    if isinstance(reply, Forecasted) and reply.champion.open_time_ms == opened_ms:
        return reply.champion
    reason = reply.reason if isinstance(reply, NotAnswered) else "it is of another candle"
    return ForecastView(
        symbol=symbol, interval=interval, open_time_ms=opened_ms, state="late", silence=reason
    )


def _failed(reply: Reply) -> QueryFailed:
    reason = reply.reason if isinstance(reply, NotAnswered | ModelShown) else ""
    return QueryFailed(reason=reason or "the models gave another answer than was asked for")


def _follower_of(key: Key) -> StrategyRecord:
    """One pair to be followed; as after a restart, so that its newest closed candle is told at once."""
    symbol, interval = key
    begun = PairBook(grid=Grid(1.0, 1.0, 1, 0.0), closed_ms=1)
    spec = StrategySpec(
        name=LISTENER.name,
        file="",
        symbols=(symbol,),
        interval=interval,
        parameters={},
        rules={},
        risk={},
        started_ms=1,
    )
    return StrategyRecord(spec=spec, note=note_of(HostBook(pairs={symbol: begun})), actor="engine")
