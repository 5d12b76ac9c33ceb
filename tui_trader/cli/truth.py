"""The engine's journal against the exchange's, for people and for scripts."""

import time
from pathlib import Path

from tui_trader.cli.narration import answer, painted
from tui_trader.engine.state.truth import Law, TruthReport, compare
from tui_trader.engine.stores.exchange_journal import read_exchange_journal
from tui_trader.engine.stores.home import Home, is_locked
from tui_trader.engine.stores.journal import SqliteJournal
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.text import sanitize

_TRIES_MAX = 4
_AGAIN_S = 1.0
_SHOWN_MAX = 20


def read_truth(home: Path, exchange_journal: Path) -> TruthReport:
    """Read both journals and compare them.

    While an engine runs, an order may be on its way between them: then they are read again, a few
    times, before a difference counts.

    Raises:
        ConfigError: one of them is not there, or is none.
        StoreError: the engine's journal cannot be read.
    """
    if not Home(home).journal.exists():
        message = "there is no journal of an engine in this home; name another with --home"
        raise ConfigError(message, source=str(home))
    report = _read_once(home, exchange_journal)
    for _ in range(_TRIES_MAX - 1):
        if report.is_true or not is_locked(Home(home).lock):
            break
        time.sleep(_AGAIN_S)
        report = _read_once(home, exchange_journal)
    return report


def show_truth(report: TruthReport) -> None:
    """One line for each law, what disagrees below it."""
    answer(
        f"{report.fills} fills and {report.orders} orders at the exchange, "
        f"{report.external} of them by others"
    )
    for law in Law:
        found = [each for each in report.differences if each.law is law]
        verdict = painted("FAIL", "red") if found else painted("ok  ", "green")
        answer(f"{verdict}  {law.value}")
        for difference in found[:_SHOWN_MAX]:
            answer(f"        {sanitize(difference.text)}")
        if len(found) > _SHOWN_MAX:
            answer(f"        … and {len(found) - _SHOWN_MAX} more")
    if report.unknown:
        answer(f"{report.unknown} orders are UNKNOWN: the engine is still finding out")


def truth_document(report: TruthReport) -> dict[str, object]:
    """The same for scripts."""
    return {
        "agree": report.is_true,
        "fills": report.fills,
        "orders": report.orders,
        "external_orders": report.external,
        "unknown_orders": report.unknown,
        "differences": [
            {"law": each.law.value, "text": sanitize(each.text)} for each in report.differences
        ],
    }


def _read_once(home: Path, exchange_journal: Path) -> TruthReport:
    # The exchange first: what it did since then is not held against the engine.
    rows = list(read_exchange_journal(exchange_journal))
    journal = SqliteJournal(Home(home).journal)
    try:
        return compare((entry.event for entry in journal.read()), rows)
    finally:
        journal.close()
