"""The program that the backtest screen runs beside itself, as scripted: python -m tests.screens.fake_program ...

The last argument is its mood: what it does with a run. Each call is written down where --log says.
"""

import json
import signal
import sys
import time
from pathlib import Path

import msgspec

from tests.screens import scripted_backtest as made
from tui_trader.engine.values.backtests import BacktestStep, KeptRuns, StrategyDeclarations


def tell(document: object) -> None:
    sys.stdout.write(msgspec.json.encode(document).decode() + "\n")


def step(done: int, words: str) -> None:
    line = BacktestStep(done=done, planned=100, step=words, left_s=2.0)
    sys.stderr.write(msgspec.json.encode(line).decode() + "\n")
    sys.stderr.flush()


def refuse(words: str) -> None:
    sys.stderr.write(f"tui-trader: {words}\n")
    sys.exit(2)


def run_once(mood: str) -> None:
    step(40, "sma_cross on 1 pair(s)")
    if mood == "slow":
        time.sleep(60)
    if mood == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        step(41, "deaf")
        time.sleep(60)
    if mood == "refusing":
        refuse("the store of this home has no candles of BTC/USD")
    step(100, "done")
    tell(made.document())


def backtest(arguments: list[str], mood: str) -> None:
    if "--runs" in arguments:
        tell(KeptRuns(runs=(made.kept(0), made.kept(1))))
    elif "--candles" in arguments:
        tell(made.run_candles())
    elif "--show" in arguments and "--out" not in arguments:
        tell(made.document())
    elif "--pair" in arguments:
        run_once(mood)


def main() -> None:
    *arguments, log, mood = sys.argv[1:]
    with Path(log).open("a") as file:
        file.write(json.dumps(arguments) + "\n")
    match arguments[:2]:
        case ["data", "list"]:
            tell(() if mood == "empty" else made.SERIES)
        case ["strategies", "list"]:
            tell(StrategyDeclarations(strategies=made.STRATEGIES))
        case ["strategies", "show"]:
            refuse(f"there is no file {arguments[2]}")
        case _:
            backtest(arguments, mood)


if __name__ == "__main__":
    main()
