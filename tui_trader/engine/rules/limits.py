"""When nobody may enter: each rule is a question, and `entry_block` asks them all."""

from tui_trader.engine.rules.model import RiskRules

NOISE_RATIO = 1e-12

FREE = 0
UNKNOWN_PRICES = 1
POSITIONS = 2
DAILY_LOSS = 3
DRAWDOWN = 4
LOSING_STREAK = 5
COOL_DOWN = 6
TRADES_PER_DAY = 7
TOO_SMALL = 8
BLOCKS = (
    "free",
    "unknown_prices",
    "positions",
    "daily_loss",
    "drawdown",
    "losing_streak",
    "cool_down",
    "trades_per_day",
    "too_small",
)
"""Names of the codes, for people and for the gate."""


def loss_ratio(equity: float, reference: float) -> float:
    """How far equity is below a reference, 0 to 1."""
    if reference <= 0.0 or equity >= reference:
        return 0.0
    return 1.0 - equity / reference


def is_over(ratio: float, ratio_max: float) -> bool:
    """Whether a limit that is switched on has been reached."""
    # 1 - 100 / 125 is a hair below 0.2; a limit that is reached must not slip through that.
    return ratio_max > 0.0 and ratio >= ratio_max - NOISE_RATIO


def is_full(count: int, count_max: int) -> bool:
    """Whether no more fit under a limit that is switched on."""
    return 0 < count_max <= count


def entry_block(
    now_ms: int,
    equity: float,
    day_start: float,
    peak: float,
    open_count: int,
    entries_today: int,
    paused_until_ms: int,
    cool_until_ms: int,
    risk: RiskRules,
) -> int:
    """First limit that forbids an entry now, or FREE.

    Args:
        now_ms: Moment of the entry, UTC.
        equity: Marked at the last close, quote.
        day_start: Equity at the last mark before this UTC day, quote.
        peak: Highest equity ever marked, quote.
        open_count: Positions that are open.
        entries_today: Entries of this UTC day.
        paused_until_ms: End of the pause after a losing streak.
        cool_until_ms: End of the cool-down of the pair.
        risk: The limits.
    """
    block = FREE
    if is_full(entries_today, risk.trades_per_day_max):
        block = TRADES_PER_DAY
    if now_ms < cool_until_ms:
        block = COOL_DOWN
    if now_ms < paused_until_ms:
        block = LOSING_STREAK
    if is_over(loss_ratio(equity, peak), risk.drawdown_max_ratio):
        block = DRAWDOWN
    if is_over(loss_ratio(equity, day_start), risk.daily_loss_max_ratio):
        block = DAILY_LOSS
    if is_full(open_count, risk.positions_max):
        block = POSITIONS
    return block


def streak_after(streak: int, pnl_money: int) -> int:
    """Losing trades in a row, after one more trade."""
    return streak + 1 if pnl_money < 0 else 0


def pause_after(streak: int, now_ms: int, paused_until_ms: int, risk: RiskRules) -> int:
    """End of the pause, after a trade that made the streak what it is."""
    if 0 < risk.losing_streak_max <= streak:
        return max(paused_until_ms, now_ms + risk.losing_streak_pause_ms)
    return paused_until_ms


def cool_down_after(pnl_money: int, now_ms: int, cool_until_ms: int, risk: RiskRules) -> int:
    """End of the cool-down of a pair, after a trade in it."""
    return max(cool_until_ms, now_ms + risk.cool_down_ms) if pnl_money < 0 else cool_until_ms
