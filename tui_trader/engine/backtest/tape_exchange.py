"""The exchange of a tape: it fills every order at once, at the price that the rules say.

Not the simulator of the demo: that one has a book of other people, and a candle does not tell who they
were. This one has the prices of the candles, the rulebook's slippage and fees, and nothing else.
"""

from decimal import Decimal

from tui_trader.engine.backtest.columns import TOO_RICH
from tui_trader.engine.core.host_book import fee_of_day
from tui_trader.engine.kernels import walk_arrays as at
from tui_trader.engine.kernels.walk_arrays import Tape
from tui_trader.engine.messages.reports import (
    AccountReport,
    BalanceReport,
    BookReport,
    FillReport,
    Outcome,
    Report,
    SubmitReport,
    TickerReport,
)
from tui_trader.engine.messages.requests import SubmitOrder
from tui_trader.engine.rules.fees import fee_money
from tui_trader.engine.rules.grid import FILL_MONEY_MAX, money_of, value_money
from tui_trader.engine.rules.model import Grid, Market, TradeRules
from tui_trader.engine.rules.orders import bought_ticks, sold_ticks
from tui_trader.engine.values.account import AccountSnapshot, ExchangeBalance, ExchangeFill
from tui_trader.engine.values.books import BookLevel
from tui_trader.engine.values.errors import OutgrownError
from tui_trader.engine.values.instruments import Asset, Instrument, Symbol
from tui_trader.engine.values.money import ZERO, steps_in
from tui_trader.engine.values.orders import ExchangeOrderId, ExecutionId, Side
from tui_trader.engine.values.time import utc_day

MONEY_STEP = Decimal("1e-8")
DEPTH_BASE = Decimal(10) ** 15
"""Everything is for sale at the price of the moment; how much an order moves it is slippage."""


class TapeExchange:
    """Account and fills.

    Args:
        symbols: Pairs in the order of the tape.
        tape: Prices, for what an order's own impact is reckoned from.
        rules: Slippage and fees.
        cash_quote: What the account begins with.
    """

    def __init__(
        self, symbols: tuple[Symbol, ...], tape: Tape, *, rules: TradeRules, cash_quote: float
    ) -> None:
        self.quote = Asset(symbols[0].split("/")[1])
        self.grids = {
            symbol: Grid(row[0], row[1], int(row[2]), row[3])
            for symbol, row in zip(symbols, tape.grid.tolist(), strict=True)
        }
        self.instruments = {
            symbol: _instrument(symbol, grid, rules) for symbol, grid in self.grids.items()
        }
        self.cash = money_of(cash_quote)
        self.fills: list[tuple[int, ...]] = []
        self._numbers = {symbol: number for number, symbol in enumerate(symbols)}
        self._tape = tape
        self._rules = rules
        self._lots = dict.fromkeys(symbols, 0)
        self._markets: dict[Symbol, Market] = {}
        self._traded: dict[int, int] = {}

    def account_report(self, time_ms: int) -> AccountReport:
        """The account as it begins."""
        snapshot = AccountSnapshot(
            open_orders=(),
            closed_orders=(),
            fills=(),
            balances=(ExchangeBalance(asset=self.quote, total=self.cash * MONEY_STEP),),
            taken_ms=time_ms,
        )
        return AccountReport(time_ms=time_ms, snapshot=snapshot)

    def tick(
        self, symbol: Symbol, price: float, *, known_row: int, time_ms: int
    ) -> tuple[BookReport, TickerReport]:
        """The market moves to a price; what was known when its candle opened lies in `known_row`."""
        pair, tape = self._numbers[symbol], self._tape
        market = Market(
            price,
            float(tape.atr[pair, known_row]),
            float(tape.volatility[pair, known_row]),
            float(tape.volume[pair, known_row]),
        )
        self._markets[symbol] = market
        grid, tick = self.grids[symbol], self.instruments[symbol].tick
        bid = tick * sold_ticks(0, market, self._rules, grid)
        ask = tick * bought_ticks(0, market, self._rules, grid)
        book = BookReport(
            time_ms=time_ms,
            symbol=symbol,
            bids=(BookLevel(bid, DEPTH_BASE),),
            asks=(BookLevel(ask, DEPTH_BASE),),
            is_verified=True,
        )
        ticker = TickerReport(
            time_ms=time_ms,
            symbol=symbol,
            bid=bid,
            ask=ask,
            last=Decimal(repr(price)),
            volume_24h_base=0.0,
            change_24h_percent=0.0,
        )
        return book, ticker

    def fill(self, request: SubmitOrder, *, row: int, reason: int) -> tuple[Report, ...]:
        """Fill an order; what the exchange tells of it."""
        time_ms = int(self._tape.time_ms[row])
        grid, market = self.grids[request.symbol], self._markets[request.symbol]
        instrument = self.instruments[request.symbol]
        lots = steps_in(request.quantity_base, instrument.lot)
        sign = request.side.sign
        ticks = (bought_ticks if request.side is Side.BUY else sold_ticks)(
            lots, market, self._rules, grid
        )
        value = value_money(lots, ticks, grid.lots_per_unit, grid.ticks_per_unit)
        if value >= FILL_MONEY_MAX:
            raise OutgrownError(TOO_RICH)
        day = utc_day(time_ms)
        fee = fee_money(value, fee_of_day(self._traded, day, self._rules))
        self._traded[day] = self._traded.get(day, 0) + value
        self.cash -= sign * value + fee
        self._lots[request.symbol] += sign * lots
        assert self.cash >= 0, request
        assert self._lots[request.symbol] >= 0, request
        number = len(self.fills)
        self.fills.append((row, self._numbers[request.symbol], sign, lots, ticks, fee, reason))
        return self._reports(request, time_ms, number=number)

    def _reports(self, request: SubmitOrder, time_ms: int, *, number: int) -> tuple[Report, ...]:
        instrument = self.instruments[request.symbol]
        order_id = ExchangeOrderId(f"tape-{number}")
        row = self.fills[number]
        fill = ExchangeFill(
            execution_id=ExecutionId(f"fill-{number}"),
            exchange_order_id=order_id,
            client_order_id=request.client_order_id,
            symbol=request.symbol,
            side=request.side,
            price=instrument.tick * row[at.FILL_TICKS],
            quantity_base=instrument.lot * row[at.FILL_LOTS],
            fee=MONEY_STEP * row[at.FILL_FEE],
            fee_asset=self.quote,
            is_maker=False,
            filled_ms=time_ms,
        )
        lots = self._lots[request.symbol]
        balances = (
            ExchangeBalance(asset=self.quote, total=self.cash * MONEY_STEP),
            ExchangeBalance(asset=instrument.base, total=lots * instrument.lot),
        )
        return (
            SubmitReport(
                time_ms=time_ms,
                client_order_id=request.client_order_id,
                outcome=Outcome.ACCEPTED,
                exchange_order_id=order_id,
            ),
            FillReport(time_ms=time_ms, fill=fill),
            BalanceReport(time_ms=time_ms, balances=balances),
        )


def _instrument(symbol: Symbol, grid: Grid, rules: TradeRules) -> Instrument:
    base, quote = symbol.split("/")
    lot = _step(grid.lots_per_unit)
    return Instrument(
        symbol=symbol,
        base=Asset(base),
        quote=Asset(quote),
        tick=_step(grid.ticks_per_unit),
        lot=lot,
        quantity_min=lot * max(1, grid.lots_min),
        cost_min=Decimal(repr(grid.cost_min_quote)) if grid.cost_min_quote else ZERO,
        fee_maker_ratio=Decimal(repr(rules.fee_makers[0])),
        fee_taker_ratio=Decimal(repr(rules.fee_takers[0])),
    )


def _step(per_unit: float) -> Decimal:
    return (1 / Decimal(repr(per_unit))).normalize()
