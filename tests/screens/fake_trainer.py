"""The program that the models screen runs beside itself, as scripted: python -m tests.screens.fake_trainer ...

The last argument is its mood: what it does with a training. Each call is written down where --log says.
"""

import json
import sys
import time
from pathlib import Path

PAIR = "BTC/USD"


def tell(document: object) -> None:
    sys.stdout.write(json.dumps(document) + "\n")


def step(done: int, words: str) -> None:
    line = {"done": done, "planned": 100, "step": words, "left_s": 96.0}
    sys.stderr.write(json.dumps(line) + "\n")
    sys.stderr.flush()


def refuse(words: str) -> None:
    sys.stderr.write(f"tui-trader: {words}\n")
    sys.exit(2)


def train(mood: str) -> None:
    step(40, "fold 4 of 10")
    if mood == "slow":
        time.sleep(60)
    if mood == "refusing":
        refuse("the store of this home has no candles of BTC/USD")
    if mood == "babbling":
        sys.stdout.write("no document\n")
        return
    step(100, "done")
    verdict = {"edge": False, "verdict": "No edge after costs.", "auc": 0.6}
    tell({"pair": PAIR, "timeframe": "1h", "version": 3, "ensemble": verdict, "models": {}})


def listed(version: int, role: str, fault: str | None = None) -> dict[str, object]:
    return {
        "pair": PAIR,
        "timeframe": "1h",
        "version": version,
        "role": role,
        "created_ms": 1_795_000_000_000 + version,
        "candles": 8_000,
        "auc": None if fault else 0.61,
        "edge": None if fault else False,
        "fault": fault,
        "is_checked": False,
    }


def main() -> None:
    *arguments, log, mood = sys.argv[1:]
    with Path(log).open("a") as file:
        file.write(json.dumps(arguments) + "\n")
    match arguments[:2]:
        case ["train", _]:
            train(mood)
        case ["models", "list"]:
            broken = listed(1, "kept", "model.skops does not match its manifest")
            tell([broken, listed(2, "shadows"), listed(3, "serves")])
        case ["models", "promote"] if mood == "slow":
            time.sleep(60)
        case ["models", "rollback"] if mood == "refusing":
            refuse("BTC/USD 1h has no former version")


if __name__ == "__main__":
    main()
