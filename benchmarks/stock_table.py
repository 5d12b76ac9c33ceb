"""The obvious console, for comparison: stock DataTable, RichLog, Header and Footer on the same engine.

    .venv/bin/python benchmarks/stock_table.py HOME

Shows the watch list, the order book and the log of the engine running in HOME, four times a second.
"""

import sys
from pathlib import Path
from typing import ClassVar

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.widgets import DataTable, Footer, Header, RichLog

from tui_trader.engine.client.mirror import Mirror
from tui_trader.engine.client.socket_client import connect

LEVELS = 12


class StockConsole(App[None]):
    """What the Textual tutorial leads to."""

    BINDINGS: ClassVar = [("q", "quit", "Quit"), ("j", "down", "Down"), ("k", "up", "Up")]

    def __init__(self, home: Path) -> None:
        super().__init__()
        self.home = home
        self.mirror: Mirror | None = None

    def compose(self) -> ComposeResult:
        """Two tables and a log."""
        yield Header(show_clock=True)
        with Horizontal():
            yield DataTable(id="watch")
            yield DataTable(id="book")
        yield RichLog(max_lines=500)
        yield Footer()

    async def on_mount(self) -> None:
        """Attach, and repaint four times a second."""
        self.query_one("#watch", DataTable).add_columns(*["pair", "last", "bid", "ask", "24h %"])
        self.query_one("#book", DataTable).add_columns(*["bid qty", "bid", "ask", "ask qty"])
        client = await connect(self.home, name="stock")
        self.mirror = Mirror(client.welcome)
        self.run_worker(self.pump(client))
        self.set_interval(0.25, self.repaint)

    async def pump(self, client) -> None:
        """Take in every frame."""
        async for frame in client.updates():
            self.mirror.apply(frame)

    def repaint(self) -> None:
        """Write every cell anew, as one does."""
        watch, book = self.query_one("#watch", DataTable), self.query_one("#book", DataTable)
        for symbol, ticker in self.mirror.market.tickers.items():
            cells = [
                symbol,
                ticker.last,
                ticker.bid,
                ticker.ask,
                f"{ticker.change_24h_percent:.2f}",
            ]
            self.put(watch, symbol, [str(cell) for cell in cells])
        report = self.mirror.market.books.get("BTC/USD")
        if report is not None:
            for index, (bid, ask) in enumerate(zip(report.bids, report.asks, strict=False)):
                if index < LEVELS:
                    cells = [bid.quantity_base, bid.price, ask.price, ask.quantity_base]
                    self.put(book, str(index), [str(cell) for cell in cells])

    def put(self, table: DataTable, key: str, cells: list[str]) -> None:
        """Add the row, or change its cells."""
        if key not in table.rows:
            table.add_row(*cells, key=key)
            return
        for column, cell in zip(table.ordered_columns, cells, strict=True):
            if table.get_cell(key, column.key) != cell:
                table.update_cell(key, column.key, cell)

    def action_down(self) -> None:
        """Next row."""
        self.query_one("#watch", DataTable).action_cursor_down()

    def action_up(self) -> None:
        """Row before."""
        self.query_one("#watch", DataTable).action_cursor_up()


if __name__ == "__main__":
    StockConsole(Path(sys.argv[1])).run()
