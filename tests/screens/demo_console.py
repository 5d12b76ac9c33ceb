"""The console on a scripted engine, to look at: python -m tests.screens.demo_console halted --live"""

import argparse
import asyncio
import random
import sys
from decimal import Decimal
from functools import partial
from pathlib import Path
from tempfile import gettempdir

from tests.screens import scripted
from tests.screens.scripted import MINUTE, NOW_MS, PAIRS, ScriptedClient
from tests.screens.scripted_analysis import candle_answer
from tests.screens.scripted_signals import signal_reply
from tui_trader.app import ConsoleOptions, run_console
from tui_trader.engine.messages.reports import CandleReport, HeartbeatReport
from tui_trader.engine.state.market_view import MarketView
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import NothingRunning
from tui_trader.engine.values.instruments import Symbol
from tui_trader.screens.console_options import wall_clock_ms
from tui_trader.screens.starting_again import run_until_left
from tui_trader.widgets.terminal import read_key

SCENARIOS = {
    "empty": scripted.started,
    "trading": scripted.traded,
    "halted": scripted.halted,
    "cut-off": scripted.cut_off,
    "new": list,
}


class Impossible:
    """News that nobody can have sent: the console cannot go on with it."""

    def __repr__(self) -> str:
        return "Impossible(api_key=kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow)"


async def move_market(client: ScriptedClient, offset_ms: int) -> None:
    """A random walk of every pair, four times a second."""
    chance = random.Random(7)
    mids = {symbol: Decimal(price) for symbol, price, *_ in PAIRS}
    seed = 1
    while True:
        await asyncio.sleep(0.25)
        seed += 1
        now_ms = wall_clock_ms() - offset_ms
        reports = [HeartbeatReport(time_ms=now_ms, link=name) for name in ("market", "account")]
        for symbol, _, tick, *_ in PAIRS:
            mids[symbol] += Decimal(tick) * chance.randint(-40, 40)
            mid = mids[symbol]
            reports += [
                scripted.ticker_of(symbol, mid=mid, time_ms=now_ms),
                scripted.book_of(symbol, mid=mid, seed=seed, time_ms=now_ms),
            ]
            past = scripted.candle_walk(symbol, Interval.M1, 1)[0]
            candle = past.__class__(
                open_time_ms=now_ms // MINUTE * MINUTE,
                open=past.close,
                high=max(past.close, float(mid)),
                low=min(past.close, float(mid)),
                close=float(mid),
                volume_base=3.0,
            )
            reports.append(
                CandleReport(
                    time_ms=now_ms, symbol=Symbol(symbol), interval=Interval.M1, candle=candle
                )
            )
        client.report(*reports)
        client.pulse(now_ms)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario", choices=[*SCENARIOS, "gone", "connecting", "failing"])
    parser.add_argument("--live", action="store_true", help="prices move; else the clock is fixed")
    parser.add_argument("--theme", default="dark")
    parser.add_argument("--candles", type=int, default=700, help="history of the exchange")
    parser.add_argument("--models", choices=["trained", "none", "demoted"], default="none")
    parser.add_argument("--refuse", action="store_true", help="the gate refuses every command")
    args = parser.parse_args()
    offset_ms = wall_clock_ms() - NOW_MS
    running = []

    async def connect() -> ScriptedClient:
        if args.scenario == "connecting" or (args.scenario == "gone" and running):
            raise NothingRunning(scripted.GONE)
        history = SCENARIOS.get(args.scenario, scripted.traded)()
        view = MarketView() if args.scenario == "new" else None
        reply = scripted.refusing if args.refuse else scripted.agreeable
        client = ScriptedClient(history, reply=reply, view=view)
        client.about_candles = partial(candle_answer, count=args.candles)
        client.about_signals = partial(signal_reply, mood=args.models)
        running.append(client)
        if args.live:
            running.append(asyncio.create_task(move_market(client, offset_ms)))
        if args.scenario == "gone":
            asyncio.get_running_loop().call_later(1.0, client.vanish)
        if args.scenario == "failing" and running[:1] == [client]:
            asyncio.get_running_loop().call_later(1.0, client.happen, Impossible())
        if args.scenario == "cut-off":
            client.welcome.market.heard_ms.update(market=NOW_MS - 7_000, account=NOW_MS - 7_000)
        return client

    options = ConsoleOptions(
        theme=args.theme,
        report_folder=Path(gettempdir()) / "tui-trader-demo-console",
        clock=(lambda: wall_clock_ms() - offset_ms) if args.live else (lambda: NOW_MS),
    )
    end = run_until_left(
        partial(run_console, connect, options=options),
        read_key=read_key,
        halt=lambda: "there is nothing to stop here",
    )
    sys.stdout.write(f"{end}\n")


if __name__ == "__main__":
    main()
