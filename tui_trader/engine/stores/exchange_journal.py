"""The local exchange's journal, read from outside: JSON lines, whole steps only."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from tui_trader.engine.state.truth import VenueRow
from tui_trader.engine.values.errors import ConfigError

_ROW = msgspec.json.Decoder(VenueRow)


def read_exchange_journal(path: Path) -> Iterator[VenueRow]:
    """Rows, oldest first; a step that was not written to its end did not happen.

    Raises:
        ConfigError: the file cannot be read, or a line of it is none of the exchange's.
    """
    try:
        lines = path.read_bytes().splitlines(keepends=True)
    except OSError as error:
        message = f"cannot be read ({error.strerror}); name the exchange's journal.jsonl"
        raise ConfigError(message, source=str(path)) from error
    step: list[VenueRow] = []
    for number, line in enumerate(lines, 1):
        if not line.endswith(b"\n"):
            return
        try:
            row = _ROW.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            if number == len(lines):
                return
            message = "is no line of an exchange's journal; name its journal.jsonl"
            raise ConfigError(message, source=f"{path}, line {number}") from error
        step.append(row)
        if row.last:
            yield from step
            step = []
