"""docs/faults.md, written from the table of faults.

Run `python -m tests.architecture.fault_page --write` after a change of the table.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from tui_trader.engine.exchanges.local_kraken.fault_names import CLEAR, CLEAR_EXPLANATION
from tui_trader.engine.exchanges.local_kraken.fault_table import FAULT_KINDS
from tui_trader.engine.exchanges.local_kraken.faults import FaultKind, Place

PAGE = Path(__file__).resolve().parents[2] / "docs" / "faults.md"
HEAD = f"""\
# Faults of the local exchange

This page is written from the table in `fault_table.py`. Every fault can be had in two ways:

```sh
tui-trader exchange serve --fault drop_reply_after --fault ws_silent:seconds=20
curl -d '{{"fault": "ws_silent", "seconds": 20}}' http://127.0.0.1:PORT/_control
```

A fault with a `count` waits for its moment and happens so many times; all others happen at once. `GET /_control` tells what
is armed. `{{"fault": "{CLEAR}"}}`: {CLEAR_EXPLANATION}.
"""


def draw() -> str:
    """The whole page."""
    parts = [HEAD]
    for place in Place:
        parts.append(f"## {place.value}\n\n| fault | what happens | parameters |\n|---|---|---|")
        parts.extend(_row(kind) for kind in FAULT_KINDS.values() if kind.place is place)
        parts.append("")
    mixed = ", ".join(f"`{kind.name}`" for kind in FAULT_KINDS.values() if kind.mix is not None)
    parts.append(f"`mix` chooses from {mixed}.\n")
    return "\n".join(parts)


def _row(kind: FaultKind) -> str:
    return f"| `{kind.name}` | {kind.explanation} | {'<br>'.join(_parameters(kind)) or 'none'} |"


def _parameters(kind: FaultKind) -> Iterator[str]:
    for parameter in kind.parameters:
        default = f"{parameter.default}" or "any"
        bounds = parameter.bounds.replace("|", "\\|")
        yield f"`{parameter.name}` {parameter.explanation} ({default}; {bounds})"


if __name__ == "__main__":
    if "--write" in sys.argv:
        PAGE.write_text(draw())
    else:
        sys.stdout.write(draw())
