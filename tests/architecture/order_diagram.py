"""The diagram of the order life in ARCHITECTURE.md, drawn from the table in `state.order_life`.

Run `python -m tests.architecture.order_diagram --write` after a change of the table.
"""

import re
import sys
from collections import defaultdict
from pathlib import Path

from tui_trader.engine.state.order_life import TRANSITIONS

ARCHITECTURE = Path(__file__).resolve().parents[2] / "ARCHITECTURE.md"
FENCE = re.compile(r"(?<=<!-- order life -->\n)```mermaid\n.*?```\n", re.DOTALL)


def draw() -> str:
    """Mermaid state diagram; a fill that completes an order leads to `filled` from wherever it may."""
    arrows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for before, row in TRANSITIONS.items():
        for event, after in row.items():
            if before is not after:
                arrows[before.value, after.value].append(event.__name__)
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> submitted: OrderSubmitted"]
    lines.append("    [*] --> open: OrderAdopted")
    for (before, after), events in arrows.items():
        lines.append(f"    {before} --> {after}: {', '.join(sorted(events))}")
    fillable = [status.value for status in TRANSITIONS if not status.is_terminal]
    lines += [f"    {status} --> filled: last OrderFilled" for status in fillable]
    lines += [f"    {status.value} --> [*]" for status in TRANSITIONS if status.is_terminal]
    return "\n".join([*lines, "```", ""])


if __name__ == "__main__":
    if "--write" in sys.argv:
        ARCHITECTURE.write_text(FENCE.sub(lambda _: draw(), ARCHITECTURE.read_text()))
    else:
        sys.stdout.write(draw())
