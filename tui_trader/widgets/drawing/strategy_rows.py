"""Rows of the strategies screen: who runs, what one holds, what it decided and why, and the terms it would trade on."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from rich.style import Style
from textual.strip import Strip

from tui_trader.engine.messages.queries import SettingRow
from tui_trader.engine.messages.strategy_queries import DecisionRow
from tui_trader.engine.values.backtests import StrategyDeclaration
from tui_trader.engine.values.strategies import StrategyPhase
from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import format_clock, format_rfc3339
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.lines import Piece, clipped, left_in, line, wrapped
from tui_trader.widgets.drawing.numbers import UNKNOWN, amount, arrow, percent, quantity, signed
from tui_trader.widgets.drawing.table import Column, first_row, table
from tui_trader.widgets.strategies_board import Holding, StrategyLine

_COLUMNS = (
    Column(title="strategy", width=13),
    Column(title="pairs", width=10, priority=2),
    Column(title="tf", width=3, priority=4),
    Column(title="state", width=9),
    Column(title="holds", width=13, priority=1),
    Column(title="P&L", width=11, is_right=True),
    Column(title="last decision", width=14, priority=3),
    Column(title="why", width=12, priority=5, is_flexible=True),
)
_DECISIONS = (
    Column(title="candle UTC", width=11),
    Column(title="pair", width=8, priority=2),
    Column(title="says", width=5, priority=3),
    Column(title="outcome", width=11),
    Column(title="gate", width=11, priority=1),
    Column(title="why", width=14, is_flexible=True),
)
_SAYS = {1: "▲ in", -1: "▼ out", 0: "·"}
_MARKS = {StrategyPhase.RUNNING: "●", StrategyPhase.HELD: "‖", StrategyPhase.CLOSING: "▼"}
_LABEL_WIDTH = 11
_HELD_SHOWN_MAX = 4


def strategy_table(
    lines: Sequence[StrategyLine], chosen: str, *, size: tuple[int, int], palette: Palette
) -> list[Strip]:
    """Title line and a line each; `chosen` is the name of the marked one."""
    width, height = size
    cursor = next((place for place, each in enumerate(lines) if each.name == chosen), 0)
    room = max(1, height - 1)
    first = first_row(cursor, len(lines), room)
    return table(
        _COLUMNS,
        [_cells(each, palette) for each in lines[first : first + room]],
        width=width,
        base=palette.base,
        title_style=palette.muted,
        cursor=(cursor - first, palette.cursor),
    )


def _cells(each: StrategyLine, palette: Palette) -> list[Piece]:
    record, last = each.record, each.last
    phase = record.phase
    said = "" if last is None else f"{format_clock(last.candle_ms)[:5]} {last.outcome}"
    why = record.reason if phase is StrategyPhase.HELD else "" if last is None else last.text
    return [
        (sanitize(each.name), palette.strong),
        (_listed([str(symbol) for symbol in record.spec.symbols]), None),
        (record.spec.interval.value, palette.muted),
        (f"{_MARKS[phase]} {phase.value}", _phase_ink(phase, palette)),
        (_listed([_held_words(one) for one in each.holds]) or "nothing", None),
        (f"{arrow(each.pnl_quote)} {signed(each.pnl_quote)}", palette.signed(each.pnl_quote)),
        (said, _outcome_ink("" if last is None else last.outcome, palette)),
        (sanitize(why), palette.muted),
    ]


def _listed(texts: Sequence[str]) -> str:
    return "" if not texts else texts[0] if len(texts) == 1 else f"{texts[0]} +{len(texts) - 1}"


def _held_words(one: Holding) -> str:
    return f"{quantity(_short(one.quantity_base))} {one.symbol.partition('/')[0]}"


def _short(value: Decimal) -> Decimal:
    return Decimal(f"{value:.6f}")


def _phase_ink(phase: StrategyPhase, palette: Palette) -> Style:
    return palette.up if phase is StrategyPhase.RUNNING else palette.warn


def _outcome_ink(outcome: str, palette: Palette) -> Style | None:
    if outcome in {"bought", "sold"}:
        return palette.up
    return palette.warn if outcome in {"blocked", "refused", "missed", "written off"} else None


def strategy_detail(each: StrategyLine, *, width: int, palette: Palette) -> list[Strip]:
    """Who started it with what, why it is held, what it holds with its levels, and its day."""
    spec, note = each.record.spec, each.record.note
    chosen = " ".join(f"{name}={value:g}" for name, value in spec.parameters.items())
    began = format_rfc3339(spec.started_ms)[:16].replace("T", " ")
    rows = [
        _labelled("started", f"{began} by {each.record.actor}", width=width, palette=palette),
        _labelled("parameters", chosen or "at their defaults", width=width, palette=palette),
    ]
    if each.record.reason:
        text = f"{each.record.reason}; p lets it enter again"
        rows.append(_labelled("held", text, width=width, palette=palette, ink=palette.warn))
    rows.extend(_holding(one, width=width, palette=palette) for one in each.holds[:_HELD_SHOWN_MAX])
    if not each.holds:
        rows.append(_labelled("holds", "nothing", width=width, palette=palette))
    elif len(each.holds) > _HELD_SHOWN_MAX:
        more = f"and {len(each.holds) - _HELD_SHOWN_MAX} more"
        rows.append(_labelled("", more, width=width, palette=palette))
    equity = amount(note.equity) if note.is_marked else UNKNOWN
    streak = f" · {note.streak} losing in a row" if note.streak else ""
    counted = f"{note.entries_today} entries today · {note.wins} won, {note.losses} lost{streak}"
    rows.append(_labelled("counts", f"{counted} · wallet {equity}", width=width, palette=palette))
    return rows


def _holding(one: Holding, *, width: int, palette: Palette) -> Strip:
    stop = UNKNOWN if one.stop is None else f"{one.stop:,.8g}"
    take = UNKNOWN if one.take is None else f"{one.take:,.8g}"
    ratio = None if one.open_ratio is None else round(one.open_ratio * 100, 2)
    pieces: list[Piece] = [
        (f" {left_in('holds', _LABEL_WIDTH)}", palette.muted),
        (f"{_held_words(one)} at {one.entry:,.8g}", palette.strong),
        (f" {arrow(ratio)}{percent(ratio)}", palette.signed(ratio)),
        (f" · stop {stop} · take profit {take}", None),
    ]
    return line(width, palette.base, pieces)


def _labelled(
    label: str, text: str, *, width: int, palette: Palette, ink: Style | None = None
) -> Strip:
    pieces: list[Piece] = [
        (f" {left_in(label, _LABEL_WIDTH)}", palette.muted),
        (clipped(sanitize(text), width - _LABEL_WIDTH - 2), ink),
    ]
    return line(width, palette.base, pieces)


def decision_table(
    rows: Sequence[DecisionRow], cursor: int, *, size: tuple[int, int], palette: Palette
) -> list[Strip]:
    """Decisions, newest on top; the marked one is in sight."""
    width, height = size
    room = max(1, height - 1)
    first = first_row(cursor, len(rows), room)
    return table(
        _DECISIONS,
        [_decision(row, palette) for row in rows[first : first + room]],
        width=width,
        base=palette.base,
        title_style=palette.muted,
        cursor=(cursor - first, palette.cursor),
    )


def _decision(row: DecisionRow, palette: Palette) -> list[Piece]:
    ink = _outcome_ink(row.outcome, palette)
    return [
        (format_rfc3339(row.candle_ms)[5:16].replace("T", " "), palette.muted),
        (sanitize(row.symbol), None),
        (_SAYS.get(row.signal, f"{row.signal:+d}"), palette.signed(float(row.signal))),
        (row.outcome, ink),
        (row.gate, palette.warn if row.gate else None),
        (sanitize(row.text), None),
    ]


def decision_words(
    row: DecisionRow, *, width: int, lines_max: int, palette: Palette
) -> list[Strip]:
    """One decision in full."""
    margin = "" if row.margin is None else f" (beyond the limit by {row.margin:.4g})"
    gate = f" {row.gate}:" if row.gate else ""
    when = format_rfc3339(row.time_ms)[:19].replace("T", " ")
    text = f"{when} {row.symbol} {row.outcome}{gate} {row.text}{margin}"
    parts = wrapped(sanitize(text), width - 2, lines_max=max(1, lines_max))
    ink = _outcome_ink(row.outcome, palette)
    return [line(width, palette.base, [(f" {part}", ink)]) for part in parts]


def terms_rows(
    rows: Mapping[str, SettingRow], *, mode: str, width: int, palette: Palette
) -> list[Strip]:
    """On which terms a strategy that is started now would trade, from [rules] and [risk]."""
    if not rows:
        return [line(width, palette.base, [(" asking the engine…", palette.muted)])]

    label = 14
    strips = []
    for name, text in _terms(rows, mode):
        parts = wrapped(text, max(1, width - label - 2), lines_max=2)
        for place, part in enumerate(parts):
            head = left_in(name if not place else "", label)
            strips.append(line(width, palette.base, [(f" {head}", palette.muted), (part, None)]))
    return strips


def _terms(rows: Mapping[str, SettingRow], mode: str) -> list[tuple[str, str]]:
    """What each rule comes to, in words; 0 is off."""

    def of(key: str) -> str:
        row = rows.get(key)
        return UNKNOWN if row is None else row.value.strip('"')

    def any_of(*pairs: tuple[str, str]) -> str:
        said = [f"{of(key)}{unit}" for key, unit in pairs if of(key) != "0"]
        return " or ".join(said) or "off"

    quote = of("market.quote_asset")
    sizes = {
        "amount": f"{of('rules.amount_quote')} {quote} each",
        "fraction": f"{of('rules.fraction_percent')} % of equity each",
        "risk": f"{of('rules.risk_percent')} % of equity at risk each",
        "volatility": f"to move {of('rules.volatility_percent')} % a year each",
        "kelly": f"by what has paid, up to {of('rules.kelly_cap_percent')} %",
    }
    stop = any_of(("rules.stop_percent", " %"), ("rules.stop_atr", " ATR"))
    trail = any_of(("rules.trail_percent", " %"), ("rules.chandelier_atr", " ATR"))
    take = any_of(("rules.take_percent", " %"), ("rules.take_r", " R"), ("rules.take_atr", " ATR"))
    most = any_of(("risk.position_max_quote", f" {quote}"), ("risk.position_max_percent", " %"))
    together = any_of(("risk.exposure_max_percent", " % of equity"))
    ends = any_of(
        ("risk.daily_loss_max_percent", " % lost a day"),
        ("risk.drawdown_max_percent", " % below the peak"),
    )
    pauses = any_of(
        ("risk.losing_streak_max", " losses in a row"),
        ("risk.trades_per_day_max", " entries a day"),
    )
    return [
        ("money", f"{mode or 'unknown'} mode; the account is shared with you and the others"),
        ("size", sizes.get(of("rules.sizing"), of("rules.sizing"))),
        ("first stop", f"{stop} below the entry · trailing {trail}"),
        ("take profit", take),
        ("position", f"at most {most}, {any_of(('risk.positions_max', ''))} at once"),
        ("together", together),
        ("no entry", f"after {ends}"),
        ("it pauses", f"after {pauses}"),
        ("restart", "it goes on; a halt holds it; the engine watches its stops"),
    ]


def catalogue_rows(
    strategies: Sequence[StrategyDeclaration], *, size: tuple[int, int], palette: Palette
) -> list[Strip]:
    """What could be started, one a line, as many as there is room for."""
    width, height = size
    rows = [
        line(
            width,
            palette.base,
            [(f" {left_in(one.name, 20)}", palette.strong), (one.says, palette.muted)],
        )
        for one in strategies[:height]
    ]
    if len(strategies) > height > 0:
        more = f" and {len(strategies) - height + 1} more"
        rows[-1] = line(width, palette.base, [(more, palette.muted)])
    return rows
