"""Everything `analyze` tells, before it is text or JSON."""

from typing import NamedTuple

from tui_trader.cli.candle_source import FoundCandles
from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.analysis.patterns import PatternRow, patterns_found
from tui_trader.engine.analysis.structure import Structure, structure
from tui_trader.engine.analysis.summary import Summary, read_summary
from tui_trader.engine.messages.sentiment_queries import SentimentAnswer
from tui_trader.engine.messages.signal_queries import SignalAnswer
from tui_trader.engine.values.instruments import Symbol

PATTERN_BARS = 20
"""Newest candles whose patterns are told."""
NEWEST_MAX = 200
"""Events and divergences that JSON carries: a long file has thousands."""
NO_SENTIMENT = "not known: only a running engine listens for it, and none told of it"
NO_SIGNAL = "not known: only a running engine asks the models, and none told of it"


class Analysis(NamedTuple):
    """What closed candles say of one pair.

    Args:
        source: Where the candles come from, in words.
        patterns: Those of the newest PATTERN_BARS candles, newest first.
        sentiment: Mood of the whole market, where somebody listens for it.
        signal: What models say of these candles, where an engine asks them.
    """

    symbol: Symbol
    candles: Candles
    source: str
    summary: Summary
    patterns: tuple[PatternRow, ...]
    structure: Structure
    sentiment: SentimentAnswer | None
    signal: SignalAnswer | None = None

    @property
    def document(self) -> dict[str, object]:
        """The same as JSON carries it; what is not known is null, and says why."""
        candles = self.candles
        return {
            "pair": self.symbol,
            "timeframe": candles.interval.value,
            "source": self.source,
            "candles": len(candles),
            "first_open_time_ms": int(candles.open_time_ms[0]),
            "open_time_ms": self.summary.open_time_ms,
            "close": self.summary.close,
            "readings": self.summary.readings,
            "groups": self.summary.groups,
            "total": self.summary.total,
            "patterns": self.patterns,
            "trend": {"direction": self.structure.trend, "words": self.structure.trend_words},
            "levels": self.structure.levels,
            "events": self.structure.events[-NEWEST_MAX:],
            "divergences": self.structure.divergences[-NEWEST_MAX:],
            "sentiment": {"score": None, "reason": NO_SENTIMENT}
            if self.sentiment is None
            else {"score": self.sentiment.score, "reason": self.sentiment.says}
            | {"parts": self.sentiment.parts},
            "signal": {"direction": None, "gates": None, "reason": NO_SIGNAL}
            if self.signal is None
            else _signal_document(self.signal),
        }


def _signal_document(signal: SignalAnswer) -> dict[str, object]:
    row = signal.row
    steps = () if row.waterfall is None else row.waterfall.steps
    return {
        "direction": row.side if row.confidence is not None else None,
        "gates": steps or None,
        "reason": row.silence or None,
        "state": row.state,
        "confidence": row.confidence,
        "break_even": row.break_even,
        "expected_net_ratio": row.expected_net_ratio,
        "has_edge": row.has_edge,
        "version": row.version,
        "candle_ms": row.candle_ms,
        "reasons": signal.reasons,
    }


def read_analysis(symbol: Symbol, found: FoundCandles) -> Analysis:
    """Read closed candles, of which there is at least one."""
    candles = found.candles
    assert len(candles), "a source of candles has some, or says why not"
    return Analysis(
        symbol=symbol,
        candles=candles,
        source=found.source,
        summary=read_summary(candles),
        patterns=patterns_found(candles, last=PATTERN_BARS),
        structure=structure(candles),
        sentiment=found.sentiment,
        signal=found.signal,
    )
