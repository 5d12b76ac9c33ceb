"""What a scripted engine answers about signals and models: trained, without a model, demoted; always the same."""

import math

from tests.screens.scripted import NOW_MS, PAIRS
from tui_trader.engine.messages.queries import Answer, Query, QueryFailed
from tui_trader.engine.messages.signal_queries import (
    AskModel,
    AskModels,
    AskSignal,
    AskSignals,
    AskWaterfalls,
    FeatureShift,
    FoldRow,
    GateStep,
    ModelAnswer,
    ModelRow,
    ModelsAnswer,
    PromiseBand,
    SignalAnswer,
    SignalReason,
    SignalRow,
    SignalsAnswer,
    Waterfall,
    WaterfallsAnswer,
)
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.instruments import Symbol

HOUR, DAY = 3_600_000, 86_400_000
CANDLE_MS = NOW_MS // HOUR * HOUR - HOUR
"""Start of the newest closed candle."""
DECISIONS = 260
BTC, ETH, SOL, XRP, DOGE = (Symbol(row[0]) for row in PAIRS)
DEMOTION = (
    "demoted: of 88 promises that averaged 61 % only 41 % came true; by chance that happens less than "
    "once in a hundred"
)

BANDS = tuple(
    PromiseBand(low=low / 100, high=(low + 5) / 100, count=count, right_ratio=right)
    for low, count, right in (
        (25, 0, None),
        (30, 61, 0.311),
        (35, 240, 0.362),
        (40, 498, 0.414),
        (45, 371, 0.488),
        (50, 262, 0.511),
        (55, 212, 0.575),
        (60, 118, 0.551),
        (65, 17, 0.706),
    )
)
LIVE = (
    PromiseBand(low=0.45, high=0.5, count=8, right_ratio=0.5),
    PromiseBand(low=0.55, high=0.6, count=41, right_ratio=0.561),
)
DRIFTS = (
    FeatureShift(feature="volume_24_192", stability=0.31, says="much has changed since training"),
    FeatureShift(feature="pace_24_96", stability=0.14, says="somewhat changed"),
    FeatureShift(feature="move_12", stability=0.04, says="steady"),
    FeatureShift(feature="distance_50", stability=0.02, says="steady"),
    FeatureShift(feature="rsi_14", stability=0.02, says="steady"),
    FeatureShift(feature="hour_sine", stability=None, says="not known: too few candles yet"),
)
REASONS = tuple(
    SignalReason(feature=feature, words=words, value=value, push=push)
    for feature, words, value, push in (
        ("move_12", "move of the last 12 candles", 0.0231, 0.42),
        ("volume_6_48", "volume of 6 candles against 48", 1.84, -0.28),
        ("distance_50", "price above or below its mean of 50 candles", 1.127, 0.21),
        ("pace_24_96", "size of the moves of 24 candles against those of 96", 0.712, 0.13),
        ("rsi_14", "Relative Strength Index of 14 candles", 71.3, -0.11),
        ("hour_sine", "time of day, morning against evening (UTC)", -0.5, 0.05),
        ("body_mean_6", "mean body of 6 candles", 0.08, -0.02),
        (
            "week_cosine",
            "time of week, around Thursday against around Sunday and Monday",
            0.62,
            0.004,
        ),
    )
)

_PASSED = {
    "signal": (0.0, "three models vote, none is silent"),
    "confidence": (0.0912, "57.2 % is above 48.1 % of break-even"),
    "edge": (None, "worth more than its costs beyond chance when it was judged"),
    "regime": (0.41, "volatility is within what was learned from"),
    "cool_down": (7.0, "7 candles since the last trade, 3 are asked for"),
    "exposure": (0.18, "32 % of equity is in the market, 50 % may be"),
    "cost": (0.0021, "0.85 % is expected, fees and slippage take 0.64 %"),
    "minimum_size": (141.2, "146.20 USD, the exchange takes 5.00 USD"),
    "budget": (0.6, "1.2 % of 2 % is lost today"),
}
_FAILED = {
    "signal": (None, "demoted: no opinion until another model serves"),
    "confidence": (-0.061, "42.0 % is below 48.1 % of break-even"),
    "edge": (
        None,
        "no edge: random entry did as well in 65 of 100; [strategies.ensemble] may name it all the same",
    ),
    "cost": (
        -0.0031,
        "0.33 % is expected, fees and slippage take 0.64 %: it would pay the exchange",
    ),
    "exposure": (-0.02, "52 % of equity is in the market, 50 % may be"),
}


def waterfall(
    number: int, symbol: Symbol, *, stop: str = "", outcome: str = "", ago: int = 0
) -> Waterfall:
    steps, has_stopped = [], False
    for gate, (margin, text) in _PASSED.items():
        if has_stopped:
            steps.append(GateStep(gate=gate, is_passed=None))
        elif gate == stop:
            short, why = _FAILED[gate]
            steps.append(GateStep(gate=gate, is_passed=False, margin=short, text=why))
            has_stopped = True
        else:
            steps.append(GateStep(gate=gate, is_passed=True, margin=margin, text=text))
    candle_ms = CANDLE_MS - ago * HOUR
    return Waterfall(
        number=number,
        time_ms=candle_ms + HOUR + 310,
        candle_ms=candle_ms,
        symbol=symbol,
        interval=Interval.H1,
        strategy="ensemble",
        steps=tuple(steps),
        outcome=outcome or ("blocked" if stop else "bought"),
    )


def past(count: int = DECISIONS) -> list[Waterfall]:
    """Decisions of two pairs, newest first; every eleventh bought."""
    stops = ("confidence", "confidence", "cost", "edge", "confidence", "exposure")
    return [
        waterfall(
            number,
            (BTC, ETH)[number % 2],
            stop="" if number % 11 == 0 else stops[number % len(stops)],
            ago=(count - number) // 2,
        )
        for number in range(count, 0, -1)
    ]


def row(symbol: Symbol = BTC, **changes: object) -> SignalRow:
    fields: dict[str, object] = {
        "symbol": symbol,
        "interval": Interval.H1,
        "state": "speaks",
        "candle_ms": CANDLE_MS,
        "version": 2,
        "side": 1,
        "confidence": 0.572,
        "break_even": 0.481,
        "expected_net_ratio": 0.0031,
        "votes": (("logistic", 0.552), ("random_forest", 0.604), ("boosting", 0.561)),
        "has_edge": True,
        "track": BANDS[6],
        "disagreement": 0.052,
        "drift": DRIFTS[0],
        "waterfall": waterfall(DECISIONS, symbol, stop="cost"),
        "forecast_ms": 61.0,
    }
    return SignalRow(**fields | changes)


def no_model(symbol: Symbol) -> SignalRow:
    return SignalRow(
        symbol=symbol,
        interval=Interval.H1,
        state="no_model",
        silence=f"no model is trained for {symbol} 1h",
    )


def rows(mood: str) -> tuple[SignalRow, ...]:
    if mood == "none":
        return tuple(no_model(symbol) for symbol in (BTC, ETH, SOL, XRP, DOGE))
    first = row()
    if mood == "demoted":
        first = row(
            state="demoted",
            silence=DEMOTION,
            side=0,
            track=PromiseBand(low=0.55, high=0.6, count=88, right_ratio=0.409),
            is_live_track=True,
            waterfall=waterfall(DECISIONS, BTC, stop="signal", outcome="nothing"),
        )
    return (
        first,
        row(
            ETH,
            side=0,
            confidence=0.42,
            has_edge=False,
            track=BANDS[3],
            drift=DRIFTS[2],
            expected_net_ratio=-0.0012,
            waterfall=waterfall(DECISIONS - 1, ETH, stop="edge", outcome="nothing"),
        ),
        row(
            SOL,
            state="late",
            silence="the forecast of 09:00 is not there yet; nothing is said of it any more",
            side=0,
            confidence=None,
            expected_net_ratio=None,
            votes=(),
            track=None,
            disagreement=None,
            drift=None,
            waterfall=None,
            candle_ms=CANDLE_MS - 3 * HOUR,
        ),
        row(
            XRP,
            state="broken",
            silence="version 1 does not match its manifest: refused; train again or roll back",
            side=0,
            confidence=None,
            break_even=None,
            expected_net_ratio=None,
            votes=(),
            track=None,
            disagreement=None,
            drift=None,
            waterfall=None,
            candle_ms=None,
        ),
        no_model(DOGE),
    )


def recent(count: int = 200) -> tuple[tuple[int, float | None, int | None], ...]:
    """Confidence that swings, with a hole, and outcomes of all but the newest day."""
    said = []
    for index in range(count):
        confidence = 0.47 + 0.08 * math.sin(index / 17) + 0.02 * math.sin(index * 1.7)
        is_known = index < count - 24 and confidence > 0.5
        outcome = int(math.sin(index * 3.1) < 0.15) if is_known else None
        hole = 60 <= index < 66
        said.append(
            (
                CANDLE_MS - (count - 1 - index) * HOUR,
                None if hole else round(confidence, 4),
                outcome,
            )
        )
    return tuple(said)


def signal_answer(query: AskSignal, mood: str) -> Answer:
    found = next(row for row in rows(mood) if row.symbol == query.symbol)
    if found.state in {"no_model", "broken"}:
        return QueryFailed(reason=found.silence)
    if found.state == "late":
        return SignalAnswer(row=found)
    is_live = found.is_live_track
    return SignalAnswer(
        row=found,
        reasons=REASONS,
        bands=(found.track,) if is_live and found.track is not None else BANDS,
        has_live_bands=is_live,
        drifts=DRIFTS,
        recent=recent(),
    )


def waterfalls_answer(query: AskWaterfalls, mood: str) -> WaterfallsAnswer:
    kept = [] if mood == "none" else past()
    chosen = [
        one
        for one in kept
        if (not query.before or one.number < query.before)
        and (query.symbol is None or one.symbol == query.symbol)
        and (not query.gate or (one.stopped_by and one.stopped_by.gate == query.gate))
    ]
    return WaterfallsAnswer(rows=tuple(chosen[: query.limit]))


def model(version: int = 2, **changes: object) -> ModelRow:
    fields: dict[str, object] = {
        "symbol": BTC,
        "interval": Interval.H1,
        "version": version,
        "state": "champion",
        "trained_ms": NOW_MS - 3 * DAY,
        "first_ms": NOW_MS - 2_000 * DAY,
        "last_ms": NOW_MS - 3 * DAY,
        "bars": 48_211,
        "models": ("logistic", "random_forest", "boosting"),
        "has_edge": False,
        "auc": 0.612,
        "calibration_error": 0.031,
        "logloss_gain": 0.0189,
        "trades": 181,
        "net_ratio": -0.0086,
        "net_low": -0.0143,
        "net_high": -0.0034,
        "live_outcomes": 49,
        "live_right_ratio": 0.551,
    }
    return ModelRow(**fields | changes)


def models(mood: str) -> tuple[ModelRow, ...]:
    if mood == "none":
        return ()
    first = model()
    if mood == "demoted":
        first = model(state="demoted", reason=DEMOTION, live_outcomes=88, live_right_ratio=0.409)
    return (
        first,
        model(
            1,
            symbol=ETH,
            has_edge=True,
            auc=0.631,
            net_ratio=0.0021,
            net_low=0.0004,
            net_high=0.0038,
        ),
        model(
            3, state="challenger", trained_ms=NOW_MS - HOUR, live_outcomes=0, live_right_ratio=None
        ),
        model(1, state="retired", trained_ms=NOW_MS - 90 * DAY, auc=0.588),
        ModelRow(
            symbol=XRP,
            interval=Interval.H1,
            version=1,
            state="broken",
            reason="model.skops does not match the SHA-256 of its manifest: refused",
        ),
    )


def folds(count: int = 10) -> tuple[FoldRow, ...]:
    return tuple(
        FoldRow(
            first_ms=NOW_MS - (count - index) * 55 * DAY,
            last_ms=NOW_MS - (count - index - 1) * 55 * DAY,
            bars=1_320,
            auc=None if index == 3 else 0.58 + 0.01 * index,
            logloss=0.61 - 0.004 * index,
            base_logloss=0.606,
            net_ratio=0.004 * math.sin(index * 2),
        )
        for index in range(count)
    )


def model_answer(query: AskModel, mood: str) -> Answer:
    wanted = (query.symbol, query.interval, query.version)
    found = next(one for one in models(mood) if (one.symbol, one.interval, one.version) == wanted)
    if found.state == "broken":
        return QueryFailed(reason=found.reason)
    times = [NOW_MS - (300 - index) * 44 * HOUR for index in range(300)]
    return ModelAnswer(
        row=found,
        reliability=BANDS,
        live=() if found.state == "challenger" else LIVE,
        folds=folds(),
        equity=tuple(
            (ms, 1 - 0.0011 * index + 0.06 * math.sin(index / 19)) for index, ms in enumerate(times)
        ),
        held=tuple(
            (ms, 1 + 0.006 * index + 0.3 * math.sin(index / 40)) for index, ms in enumerate(times)
        ),
        importance=(
            ("pace_24_96", 0.0061),
            ("move_12", 0.0042),
            ("distance_50", 0.0019),
            ("volume_6_48", 0.0011),
            ("hour_sine", 0.0002),
            ("week_cosine", -0.0003),
        ),
        drifts=DRIFTS,
        verdict=(
            "No edge after costs.",
            "Log-loss 0.5874 beats the base rate's 0.6063; by luck less than once in a thousand.",
            "Net of fees a trade brought -0.86 % (95 %: -1.43 to -0.34 %): the skill does not pay them.",
            "Random entry at the same exposure was as good in 65 of 100.",
        ),
    )


def signal_reply(query: Query, mood: str = "trained") -> Answer:
    """The answer of an engine in one of three moods: trained, none, demoted."""
    match query:
        case AskSignals():
            return SignalsAnswer(rows=rows(mood))
        case AskSignal():
            return signal_answer(query, mood)
        case AskWaterfalls():
            return waterfalls_answer(query, mood)
        case AskModels():
            return ModelsAnswer(rows=models(mood))
        case AskModel():
            return model_answer(query, mood)
        case _:
            return QueryFailed(reason="not scripted")
