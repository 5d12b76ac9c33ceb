"""Entries and sales of the walk: what they change in book, purse and sheets."""

from tui_trader.engine.kernels import walk_arrays as at
from tui_trader.engine.kernels.walk_arrays import Book, Purse, Sheets, Tape
from tui_trader.engine.rules.fees import FEE_DAYS, fee_money, fee_ratio
from tui_trader.engine.rules.grid import (
    FILL_MONEY_MAX,
    price_of,
    quantity_of,
    quote_of,
    value_money,
)
from tui_trader.engine.rules.limits import (
    FREE,
    TOO_SMALL,
    UNKNOWN_PRICES,
    cool_down_after,
    entry_block,
    pause_after,
    streak_after,
)
from tui_trader.engine.rules.model import Account, Grid, Market, RiskRules, TradeRules
from tui_trader.engine.rules.orders import (
    bought_ticks,
    entry_lots,
    is_priced,
    protect,
    sold_ticks,
)
from tui_trader.engine.rules.sizing import is_large_enough
from tui_trader.engine.rules.take_profits import part_lots, take_ticks
from tui_trader.engine.values.time import MS_PER_DAY

ENTRY_SIDE = 1
EXIT_SIDE = -1


def grid_at(tape: Tape, pair: int) -> Grid:
    """Grid of a pair."""
    grid = tape.grid
    return Grid(grid[pair, 0], grid[pair, 1], int(grid[pair, 2]), grid[pair, 3])


def market_at(pair: int, price: float, tape: Tape, book: Book, rules: TradeRules) -> Market:
    """A pair at a price, with what the rules ask of its last closed candle."""
    last = book.ints[pair, at.LAST_ROW]
    # Nobody streams through the volumes: each look goes to the main memory, a tenth of a microsecond.
    volume = tape.volume[pair, last] if rules.impact > 0.0 else 0.0
    return Market(price, tape.atr[pair, last], tape.volatility[pair, last], volume)


def exposure(book: Book) -> float:
    """Value of all positions at the last closes, quote."""
    total = 0.0
    for pair in range(book.ints.shape[0]):
        if book.ints[pair, at.LOTS] > 0:
            total += book.floats[pair, at.QUANTITY] * book.floats[pair, at.CLOSE]
    return total


def turn_fee_days(day: int, purse: Purse) -> None:
    """Forget what was traded thirty days ago and earlier."""
    last = purse.ints[at.FEE_DAY]
    if day > last:
        for gone in range(min(day - last, FEE_DAYS)):
            purse.ints[at.FEE_MONEY] -= purse.tiers[(day - gone) % FEE_DAYS]
            purse.tiers[(day - gone) % FEE_DAYS] = 0
        purse.ints[at.FEE_DAY] = day


def fee_now(day: int, purse: Purse, rules: TradeRules) -> float:
    """What an order pays on this day."""
    turn_fee_days(day, purse)
    volume = quote_of(purse.ints[at.FEE_MONEY])
    return fee_ratio(volume, rules.fee_volumes, rules.fee_takers)


def enter(
    pair: int,
    row: int,
    tape: Tape,
    book: Book,
    purse: Purse,
    sheets: Sheets,
    rules: TradeRules,
    risk: RiskRules,
) -> None:
    """Buy at the open what was wanted at the last close, if no limit forbids it."""
    ints = book.ints
    ints[pair, at.WANT] = 0
    if ints[pair, at.LOTS] > 0:
        return
    market, grid = market_at(pair, tape.open[pair, row], tape, book, rules), grid_at(tape, pair)
    block = entry_block(
        tape.time_ms[row],
        purse.floats[at.EQUITY],
        purse.floats[at.DAY_START],
        purse.floats[at.PEAK],
        purse.ints[at.OPEN_COUNT],
        purse.ints[at.ENTRIES_TODAY],
        purse.ints[at.PAUSED_UNTIL],
        ints[pair, at.COOL_UNTIL],
        risk,
    )
    if block == FREE and not is_priced(market, rules):
        block = UNKNOWN_PRICES
    if block == FREE:
        account = account_now(book, purse)
        lots = entry_lots(market, account, grid, rules, risk)
        if lots > 0:
            buy(pair, row, lots, market, tape, book, purse, sheets, rules)
            return
        block = TOO_SMALL
    sheets.blocks[block] += 1


def account_now(book: Book, purse: Purse) -> Account:
    """The account as an entry sees it."""
    return Account(
        purse.ints[at.CASH],
        purse.floats[at.EQUITY],
        exposure(book),
        purse.ints[at.WINS],
        purse.ints[at.LOSSES],
        purse.floats[at.WIN_SUM],
        purse.floats[at.LOSS_SUM],
    )


def buy(
    pair: int,
    row: int,
    lots: int,
    market: Market,
    tape: Tape,
    book: Book,
    purse: Purse,
    sheets: Sheets,
    rules: TradeRules,
) -> None:
    """Book an entry and protect it."""
    grid, ints, floats = grid_at(tape, pair), book.ints, book.floats
    ticks = bought_ticks(lots, market, rules, grid)
    entry = price_of(ticks, grid.ticks_per_unit)
    cost = value_money(lots, ticks, grid.lots_per_unit, grid.ticks_per_unit)
    day = tape.time_ms[row] // MS_PER_DAY
    fee = fee_money(cost, fee_now(day, purse, rules))
    shield = protect(entry, market.atr, rules, grid.ticks_per_unit)
    ints[pair, at.LOTS] = ints[pair, at.LOTS_FIRST] = lots
    ints[pair, at.ENTRY_ROW], ints[pair, at.ENTRY_TICKS] = row, ticks
    ints[pair, at.STOP_TICKS] = shield.stop_ticks
    floats[pair, at.STOP] = price_of(shield.stop_ticks, grid.ticks_per_unit)
    floats[pair, at.ENTRY] = entry
    floats[pair, at.QUANTITY] = quantity_of(lots, grid.lots_per_unit)
    floats[pair, at.TAKE_WAY] = shield.take_way
    set_take(pair, 0, book, grid, rules)
    ints[pair, at.BARS] = ints[pair, at.SALES] = ints[pair, at.PROCEEDS] = ints[
        pair, at.TIME_UP
    ] = 0
    ints[pair, at.COST], ints[pair, at.FEES] = cost, fee
    floats[pair, at.RISK_PRICE] = shield.risk_price
    floats[pair, at.HIGHEST] = floats[pair, at.LOWEST] = entry
    floats[pair, at.SLIPPAGE] = (entry - market.price) * quantity_of(lots, grid.lots_per_unit)
    move_cash(-cost - fee, purse)
    purse.ints[at.OPEN_COUNT] += 1
    purse.ints[at.ENTRIES_TODAY] += 1
    count_fill(cost, purse, day)
    write_fill(pair, row, ENTRY_SIDE, lots, ticks, fee, at.BY_SIGNAL, purse, sheets)


def sell(
    pair: int,
    row: int,
    price: float,
    reason: int,
    tape: Tape,
    book: Book,
    purse: Purse,
    sheets: Sheets,
    rules: TradeRules,
    risk: RiskRules,
) -> bool:
    """Book the sale of all, or of the next part of the profit; False where it is too small to sell."""
    grid, ints = grid_at(tape, pair), book.ints
    market = market_at(pair, price, tape, book, rules)
    lots = ints[pair, at.LOTS]
    if reason == at.BY_TAKE:
        lots = next_part(pair, book, grid, rules)
    ticks = sold_ticks(lots, market, rules, grid)
    if not is_large_enough(lots, ticks, grid):
        return False
    day = tape.time_ms[row] // MS_PER_DAY
    value = value_money(lots, ticks, grid.lots_per_unit, grid.ticks_per_unit)
    fee = fee_money(value, fee_now(day, purse, rules))
    if value >= FILL_MONEY_MAX:
        purse.ints[at.TOO_RICH] = 1
    ints[pair, at.LOTS] -= lots
    book.floats[pair, at.QUANTITY] = quantity_of(ints[pair, at.LOTS], grid.lots_per_unit)
    ints[pair, at.PROCEEDS] += value
    ints[pair, at.SALES] += 1
    ints[pair, at.FEES] += fee
    lost = (price - price_of(ticks, grid.ticks_per_unit)) * quantity_of(lots, grid.lots_per_unit)
    book.floats[pair, at.SLIPPAGE] += lost
    move_cash(value - fee, purse)
    count_fill(value, purse, day)
    write_fill(pair, row, EXIT_SIDE, lots, ticks, fee, reason, purse, sheets)
    if reason == at.BY_TAKE:
        set_take(pair, ints[pair, at.PART] + 1, book, grid, rules)
    if ints[pair, at.LOTS] == 0:
        end_trade(pair, row, ticks, reason, tape, book, purse, sheets, risk)
    return True


def next_part(pair: int, book: Book, grid: Grid, rules: TradeRules) -> int:
    """Lots of the next part of the profit."""
    ints = book.ints
    return part_lots(
        ints[pair, at.LOTS_FIRST],
        ints[pair, at.LOTS],
        ints[pair, at.PART],
        rules.take_parts,
        ints[pair, at.TAKE_TICKS],
        grid,
    )


def set_take(pair: int, part: int, book: Book, grid: Grid, rules: TradeRules) -> None:
    """Part 0, 1, … of the profit is what is waited for next."""
    floats, unit = book.floats, grid.ticks_per_unit
    way = floats[pair, at.TAKE_WAY]
    ticks = take_ticks(floats[pair, at.ENTRY], way, part, rules.take_parts, unit)
    book.ints[pair, at.PART], book.ints[pair, at.TAKE_TICKS] = part, ticks
    floats[pair, at.TAKE] = price_of(ticks, unit)


def move_cash(money: int, purse: Purse) -> None:
    """Cash comes or goes."""
    purse.ints[at.CASH] += money
    purse.floats[at.CASH_QUOTE] = quote_of(purse.ints[at.CASH])


def count_fill(value: int, purse: Purse, day: int) -> None:
    """Add to the volume that sets the fee tier."""
    turn_fee_days(day, purse)
    purse.tiers[day % FEE_DAYS] += value
    purse.ints[at.FEE_MONEY] += value


def end_trade(
    pair: int,
    row: int,
    ticks: int,
    reason: int,
    tape: Tape,
    book: Book,
    purse: Purse,
    sheets: Sheets,
    risk: RiskRules,
) -> None:
    """Count a finished trade and write it down."""
    ints = book.ints
    pnl = ints[pair, at.PROCEEDS] - ints[pair, at.COST] - ints[pair, at.FEES]
    now_ms = tape.time_ms[row]
    share = float(pnl) / float(ints[pair, at.COST])
    if pnl > 0:
        purse.ints[at.WINS] += 1
        purse.floats[at.WIN_SUM] += share
    else:
        purse.ints[at.LOSSES] += 1
        purse.floats[at.LOSS_SUM] -= share
    streak = streak_after(purse.ints[at.STREAK], pnl)
    purse.ints[at.STREAK] = streak
    purse.ints[at.PAUSED_UNTIL] = pause_after(streak, now_ms, purse.ints[at.PAUSED_UNTIL], risk)
    ints[pair, at.COOL_UNTIL] = cool_down_after(pnl, now_ms, ints[pair, at.COOL_UNTIL], risk)
    ints[pair, at.TIME_UP] = 0
    purse.ints[at.OPEN_COUNT] -= 1
    write_trade(pair, row, ticks, reason, book, purse, sheets)


def write_fill(
    pair: int,
    row: int,
    side: int,
    lots: int,
    ticks: int,
    fee: int,
    reason: int,
    purse: Purse,
    sheets: Sheets,
) -> None:
    """One row of the fills."""
    fills, line = sheets.fills, purse.ints[at.FILLS]
    fills[line, at.FILL_ROW], fills[line, at.FILL_PAIR], fills[line, at.FILL_SIDE] = row, pair, side
    fills[line, at.FILL_LOTS], fills[line, at.FILL_TICKS], fills[line, at.FILL_FEE] = (
        lots,
        ticks,
        fee,
    )
    fills[line, at.FILL_REASON] = reason
    purse.ints[at.FILLS] += 1


def write_trade(
    pair: int, row: int, ticks: int, reason: int, book: Book, purse: Purse, sheets: Sheets
) -> None:
    """One row of the trades."""
    ints, floats = book.ints, book.floats
    trades, line = sheets.trades, purse.ints[at.TRADES]
    trades[line, at.TRADE_PAIR], trades[line, at.TRADE_LOTS] = pair, ints[pair, at.LOTS_FIRST]
    trades[line, at.TRADE_ENTRY_ROW], trades[line, at.TRADE_EXIT_ROW] = (
        ints[pair, at.ENTRY_ROW],
        row,
    )
    trades[line, at.TRADE_ENTRY_TICKS] = ints[pair, at.ENTRY_TICKS]
    trades[line, at.TRADE_COST], trades[line, at.TRADE_PROCEEDS] = (
        ints[pair, at.COST],
        ints[pair, at.PROCEEDS],
    )
    trades[line, at.TRADE_FEES], trades[line, at.TRADE_BARS] = (
        ints[pair, at.FEES],
        ints[pair, at.BARS],
    )
    trades[line, at.TRADE_REASON] = reason
    trades[line, at.TRADE_EXIT_TICKS], trades[line, at.TRADE_SALES] = ticks, ints[pair, at.SALES]
    entry = floats[pair, at.ENTRY]
    measures = sheets.trade_floats
    measures[line, at.TRADE_SLIPPAGE] = floats[pair, at.SLIPPAGE]
    measures[line, at.TRADE_MAE] = floats[pair, at.LOWEST] / entry - 1.0
    measures[line, at.TRADE_MFE] = floats[pair, at.HIGHEST] / entry - 1.0
    purse.ints[at.TRADES] += 1
