"""The walk: every rule, every pair, one wallet, candle by candle.

Law: what a trade costs, where it fills and what protects it is asked of `engine/rules`; here is only
the order in which a candle asks. It is the order in which the core asks too (docs/decisions/0004):
open: gaps, then sales, then entries · inside: the stop, then take profits · close: stops move, equity
is marked, the strategy has spoken.

How to think about it: most candles trade nothing. `is_quiet` sees that in a few comparisons, and only
the others go through the phases. Written in the part of Python that numba compiles; it runs uncompiled
as well, a thousand times slower.
"""

from tui_trader.engine.kernels import trading
from tui_trader.engine.kernels import walk_arrays as at
from tui_trader.engine.kernels.walk_arrays import Book, Purse, Sheets, Tape
from tui_trader.engine.rules.fills import gap_stop_price, gap_take_price, stop_price, take_price
from tui_trader.engine.rules.grid import EQUITY_MAX_QUOTE, price_of
from tui_trader.engine.rules.model import RiskRules, TradeRules
from tui_trader.engine.rules.stops import is_time_up, moves_stop, next_stop_level, next_stop_ticks
from tui_trader.engine.values.time import MS_PER_DAY

GAPS, WANTED, ENTRIES, OPENED, INSIDE = range(5)
"""Phases of a candle. OPENED asks of new positions at the open what GAPS asked of the old ones."""
PHASES = 5
INFINITE = float("inf")


def walk(
    tape: Tape, book: Book, purse: Purse, sheets: Sheets, rules: TradeRules, risk: RiskRules
) -> None:
    """Live through the tape; book, purse and sheets hold what came of it."""
    pairs, moments = tape.close.shape
    row = 0
    while row < moments:
        if pairs == 1:
            row = hurry(row, tape, book, purse, sheets, rules)
            if is_uncountable(purse) or row == moments:
                return
        if tape.time_ms[row] >= purse.ints[at.DAY_END]:
            begin_day(tape.time_ms[row], purse)
        if not is_quiet(row, tape, book):
            live_through(row, tape, book, purse, sheets, rules, risk)
        for pair in range(pairs):
            if is_there(tape, pair, row):
                close_candle(pair, row, tape, book, purse, rules)
        mark(row, book, purse, sheets)
        if is_uncountable(purse):
            return
        row += 1


def live_through(
    row: int,
    tape: Tape,
    book: Book,
    purse: Purse,
    sheets: Sheets,
    rules: TradeRules,
    risk: RiskRules,
) -> None:
    """Every phase of a candle for every pair."""
    for phase in range(PHASES):
        for pair in range(tape.close.shape[0]):
            if not is_there(tape, pair, row):
                continue
            if phase == ENTRIES:
                if book.ints[pair, at.WANT] == 1:
                    trading.enter(pair, row, tape, book, purse, sheets, rules, risk)
                continue
            is_going_on = book.ints[pair, at.LOTS] > 0
            while is_going_on:
                price, reason = next_sale(phase, pair, row, tape, book)
                is_going_on = price > 0.0 and trading.sell(
                    pair, row, price, reason, tape, book, purse, sheets, rules, risk
                )
            if phase == WANTED and book.ints[pair, at.WANT] == -1:
                book.ints[pair, at.WANT] = 0


def next_sale(phase: int, pair: int, row: int, tape: Tape, book: Book) -> tuple[float, int]:
    """Price at which a position is sold next in this phase, 0 if it is not, and why."""
    if book.ints[pair, at.LOTS] == 0:
        return 0.0, at.BY_SIGNAL
    if phase == WANTED:
        return wanted_sale(pair, row, tape, book)
    open_, low, high = tape.open[pair, row], tape.low[pair, row], tape.high[pair, row]
    stop, take = book.floats[pair, at.STOP], book.floats[pair, at.TAKE]
    if phase != INSIDE:
        reach(pair, open_, open_, book)
        price, gain = gap_stop_price(open_, stop), gap_take_price(open_, take)
    else:
        price, gain = stop_price(open_, low, stop), take_price(open_, high, take)
    if price > 0.0:
        reach(pair, price, price, book)
        return price, at.BY_STOP
    if gain > 0.0:
        reach(pair, low if phase == INSIDE else open_, gain, book)
    return gain, at.BY_TAKE


def wanted_sale(pair: int, row: int, tape: Tape, book: Book) -> tuple[float, int]:
    """The open, where the strategy or the time stop gave the position up at the last close."""
    open_, want = tape.open[pair, row], book.ints[pair, at.WANT]
    if want != -1 and book.ints[pair, at.TIME_UP] == 0:
        return 0.0, at.BY_TIME
    reach(pair, open_, open_, book)
    return open_, (at.BY_SIGNAL if want == -1 else at.BY_TIME)


def is_quiet(row: int, tape: Tape, book: Book) -> bool:
    """Whether nothing is wanted and no level lies in any candle of this moment."""
    for pair in range(tape.close.shape[0]):
        if book.ints[pair, at.WANT] != 0 or book.ints[pair, at.TIME_UP] != 0:
            return False
        if book.ints[pair, at.LOTS] > 0:
            take = book.floats[pair, at.TAKE]
            if tape.low[pair, row] <= book.floats[pair, at.STOP]:
                return False
            if take > 0.0 and tape.high[pair, row] >= take:
                return False
    return True


def hurry(row: int, tape: Tape, book: Book, purse: Purse, sheets: Sheets, rules: TradeRules) -> int:
    """First row from here that is not one quiet candle of the only pair like the one before it.

    It says nothing that the phases would not say (tests/laws/test_one_rulebook.py), in a third of the
    time: what a quiet candle changes stays in registers.
    """
    if purse.ints[at.OPEN_COUNT] == 0:
        if book.ints[0, at.WANT] != 1:
            return stay_flat(row, tape, book, purse, sheets)
    elif book.ints[0, at.WANT] == 0 and book.ints[0, at.TIME_UP] == 0:
        return ride(row, tape, book, purse, sheets, rules)
    return row


def stay_flat(row: int, tape: Tape, book: Book, purse: Purse, sheets: Sheets) -> int:
    """Row after the next entry signal: who holds nothing changes nothing."""
    equity = purse.floats[at.CASH_QUOTE]
    said, marks = tape.signal[0, row:], sheets.equity[row:]
    count, want = 0, 0
    while count < len(said) and want != 1:
        marks[count] = equity
        want = said[count]
        count += 1
    book.ints[0, at.LAST_ROW] = row + count - 1
    book.ints[0, at.WANT] = 1 if want == 1 else 0
    return row + count


def ride(row: int, tape: Tape, book: Book, purse: Purse, sheets: Sheets, rules: TradeRules) -> int:
    """Row after the candles of this day in which a position was held and nothing traded."""
    ints, floats = book.ints, book.floats
    # Parts that begin at 0: a place that might be below 0 is looked up twice as slowly.
    times, said, marks = tape.time_ms[row:], tape.signal[0, row:], sheets.equity[row:]
    highs, lows, closes, ranges = (
        tape.high[0, row:],
        tape.low[0, row:],
        tape.close[0, row:],
        tape.atr[0, row:],
    )
    entry, risk_price = floats[0, at.ENTRY], floats[0, at.RISK_PRICE]
    stop, take, stop_ticks = floats[0, at.STOP], floats[0, at.TAKE], ints[0, at.STOP_TICKS]
    highest, lowest = floats[0, at.HIGHEST], floats[0, at.LOWEST]
    quantity, cash = floats[0, at.QUANTITY], purse.floats[at.CASH_QUOTE]
    equity, peak, bars = purse.floats[at.EQUITY], purse.floats[at.PEAK], ints[0, at.BARS]
    is_moving, day_end_ms, unit = moves_stop(rules), purse.ints[at.DAY_END], tape.grid[0, 0]
    top = take if take > 0.0 else INFINITE
    fee = fee_if_needed(row, tape, purse, rules)
    count, want = 0, 0
    while count < len(times) and times[count] < day_end_ms:
        high, low, close = highs[count], lows[count], closes[count]
        if low <= stop or high >= top:
            break
        bars += 1
        highest, lowest = max(highest, high), min(lowest, low)
        if is_moving:
            level = next_stop_level(entry, risk_price, highest, close, ranges[count], fee, rules)
            if level > stop:
                stop_ticks = next_stop_ticks(stop_ticks, level, unit)
                stop = price_of(stop_ticks, unit)
        equity = quantity * close + cash
        peak = max(peak, equity)
        marks[count] = equity
        want = said[count]
        count += 1
        if want != 0 or is_time_up(bars, rules.time_stop_bars):
            break
    if count > 0:
        ints[0, at.LAST_ROW], ints[0, at.BARS], ints[0, at.WANT] = row + count - 1, bars, want
        ints[0, at.STOP_TICKS], floats[0, at.STOP] = stop_ticks, stop
        floats[0, at.HIGHEST], floats[0, at.LOWEST] = highest, lowest
        floats[0, at.CLOSE] = closes[count - 1]
        purse.floats[at.EQUITY], purse.floats[at.PEAK] = equity, peak
        ints[0, at.TIME_UP] = 1 if is_time_up(bars, rules.time_stop_bars) else 0
    return row + count


def is_there(tape: Tape, pair: int, row: int) -> bool:
    """Whether the pair has a candle at this moment."""
    # NaN, which stands where there is none, is not above zero either.
    return bool(tape.close[pair, row] > 0.0)


def begin_day(now_ms: int, purse: Purse) -> None:
    """A new UTC day counts its entries anew, and its loss from the last mark before it."""
    purse.ints[at.DAY_END] = (now_ms // MS_PER_DAY + 1) * MS_PER_DAY
    purse.ints[at.ENTRIES_TODAY] = 0
    purse.floats[at.DAY_START] = purse.floats[at.EQUITY]


def reach(pair: int, low: float, high: float, book: Book) -> None:
    """Widen the range that a position has seen."""
    floats = book.floats
    floats[pair, at.LOWEST] = min(floats[pair, at.LOWEST], low)
    floats[pair, at.HIGHEST] = max(floats[pair, at.HIGHEST], high)


def close_candle(
    pair: int, row: int, tape: Tape, book: Book, purse: Purse, rules: TradeRules
) -> None:
    """What the close decides for the next candle: the stop, the time stop, what is wanted."""
    ints, floats = book.ints, book.floats
    ints[pair, at.LAST_ROW] = row
    floats[pair, at.CLOSE] = tape.close[pair, row]
    if ints[pair, at.LOTS] > 0:
        ints[pair, at.BARS] += 1
        reach(pair, tape.low[pair, row], tape.high[pair, row], book)
        if moves_stop(rules):
            move_stop(pair, row, tape, book, purse, rules)
        ints[pair, at.TIME_UP] = 1 if is_time_up(ints[pair, at.BARS], rules.time_stop_bars) else 0
    if tape.signal[pair, row] != 0:
        ints[pair, at.WANT] = tape.signal[pair, row]


def move_stop(pair: int, row: int, tape: Tape, book: Book, purse: Purse, rules: TradeRules) -> None:
    """Raise the stop to what the closed candle allows."""
    floats, unit = book.floats, tape.grid[pair, 0]
    level = next_stop_level(
        floats[pair, at.ENTRY],
        floats[pair, at.RISK_PRICE],
        floats[pair, at.HIGHEST],
        floats[pair, at.CLOSE],
        tape.atr[pair, row],
        fee_if_needed(row, tape, purse, rules),
        rules,
    )
    if level > floats[pair, at.STOP]:
        ticks = next_stop_ticks(book.ints[pair, at.STOP_TICKS], level, unit)
        book.ints[pair, at.STOP_TICKS] = ticks
        floats[pair, at.STOP] = price_of(ticks, unit)


def fee_if_needed(row: int, tape: Tape, purse: Purse, rules: TradeRules) -> float:
    """Fee of an order, where a moving stop asks for it."""
    if rules.break_even_r > 0.0:
        return trading.fee_now(tape.time_ms[row] // MS_PER_DAY, purse, rules)
    return 0.0


def is_uncountable(purse: Purse) -> bool:
    """Whether the wallet has outgrown what its money steps can count."""
    if purse.floats[at.PEAK] > EQUITY_MAX_QUOTE:
        purse.ints[at.TOO_RICH] = 1
    return bool(purse.ints[at.TOO_RICH] == 1)


def mark(row: int, book: Book, purse: Purse, sheets: Sheets) -> None:
    """Value everything at the last closes."""
    equity = trading.exposure(book) + purse.floats[at.CASH_QUOTE]
    purse.floats[at.EQUITY] = equity
    purse.floats[at.PEAK] = max(purse.floats[at.PEAK], equity)
    sheets.equity[row] = equity
