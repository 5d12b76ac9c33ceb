"""Pane 4: open positions."""

from collections.abc import Sequence
from decimal import Decimal

from textual.strip import Strip

from tui_trader.engine.state.ledger import Position
from tui_trader.engine.values.instruments import Instrument
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.lines import Piece
from tui_trader.widgets.drawing.numbers import age, signed
from tui_trader.widgets.drawing.position_rows import held, position_table
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.scene import Scene


class PositionPane(Pane):
    """What is held and what it would bring."""

    pane_name = "positions"
    number = 4

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """Positions and their marks."""
        return (scene.pane == self.pane_name, _age_words(scene), _positions(scene))

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """Title with the sum of open profit, and the table."""
        positions = _positions(scene)
        right = _sum(scene, palette)
        title = self.head(scene, palette, title=f"POSITIONS {len(positions) or ''}", right=right)
        table = position_table(
            positions, width=self.size.width, palette=palette, is_old=scene.is_market_old
        )
        return [title, *table]


def _sum(scene: Scene, palette: Palette) -> list[Piece]:
    """Open profit of all of them, and how old it is; nothing while a price is unknown."""
    positions, words = _positions(scene), _age_words(scene)
    if not positions or any(mark is None for _, _, mark in positions):
        return []
    total = sum(
        (position.open_pnl(mark) for position, _, mark in positions if mark is not None),
        Decimal(0),
    )
    ink = palette.muted if words else palette.signed(total)
    return [
        (f"OLD {words} " if words else "", palette.warn),
        ("open ", None),
        (f"{signed(total)} {scene.quote} ", ink),
    ]


def _age_words(scene: Scene) -> str:
    """How old the prices are that value them; empty while they are of now."""
    return age(scene.market_age_ms) if scene.is_market_old else ""


def _positions(scene: Scene) -> list[tuple[Position, Instrument | None, Decimal | None]]:
    market = scene.market
    return [
        (position, market.instruments.get(position.symbol), market.mark(position.symbol))
        for position in held(scene.state.positions)
    ]
