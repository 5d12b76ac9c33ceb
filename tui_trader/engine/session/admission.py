"""What may come in from a client, and in what form.

Law: no text of a client reaches a journal or a screen unclean, and no number reaches the core that
arithmetic could choke on.
"""

import re
from decimal import Decimal
from math import isfinite

import msgspec

from tui_trader.engine.messages.commands import Command, PlaceOrder, StartStrategy
from tui_trader.engine.messages.queries import Query
from tui_trader.engine.session.file_digest import file_digest
from tui_trader.engine.values.text import is_text, sanitize

RESERVED_ACTORS = frozenset({"engine", "signal", "external"})
"""Names under which the engine itself acts."""
STRATEGY_PREFIX = "strategy"
ACTOR_LENGTH_MAX = 60
ORDER_NAME = re.compile(r"[!-~]{1,36}")
MAGNITUDE_MAX = 30
STRATEGY_TEXTS_MAX = 60
STRATEGY_TEXT_LENGTH_MAX = 60
DIGITS_MAX = 60


class NotAdmitted(Exception):
    """A client's message breaks a rule of the door; the text says which."""


def admit_command(command: Command, *, client_name: str, now_ms: int) -> Command:
    """The command as the core may see it: stamped with the engine's time, in clean text.

    Raises:
        NotAdmitted: a number in it is not finite, or absurdly large, small or long; or an order
            has no name that an exchange could keep.
    """
    check_numbers(command)
    if isinstance(command, PlaceOrder) and not ORDER_NAME.fullmatch(command.client_order_id):
        # Sent without a name, it could never be looked for when its answer is lost.
        shown = sanitize(command.client_order_id, length_max=ACTOR_LENGTH_MAX)
        text = f"PlaceOrder.client_order_id is {shown!r}, which is no name; choose a UUID"
        raise NotAdmitted(text)
    if isinstance(command, StartStrategy):
        _check_strategy(command)
        command = msgspec.structs.replace(command, file_digest=file_digest(command.file))
    changes: dict[str, object] = {
        name: sanitize(value)
        for name in command.__struct_fields__
        if isinstance(value := getattr(command, name), str)
    }
    actor = sanitize(command.actor, length_max=ACTOR_LENGTH_MAX) or sanitize(client_name)
    # A strategy takes fills of its own name for its own.
    if actor.lower() in RESERVED_ACTORS or actor.lower().startswith(STRATEGY_PREFIX):
        actor = f"client {actor}"
    return msgspec.structs.replace(command, **changes | {"actor": actor, "time_ms": now_ms})


def _check_strategy(command: StartStrategy) -> None:
    """Its pairs, parameters and texts go into the journal for as long as it runs."""
    texts = (command.name, *command.symbols, *command.parameters)
    if len(texts) > STRATEGY_TEXTS_MAX or any(
        not is_text(text) or len(text) > STRATEGY_TEXT_LENGTH_MAX for text in texts
    ):
        text = f"StartStrategy names more than {STRATEGY_TEXTS_MAX} things, or one is no plain text"
        raise NotAdmitted(text)
    if not all(isfinite(value) for value in command.parameters.values()):
        text = "StartStrategy.parameters must be numbers"
        raise NotAdmitted(text)


def check_numbers(message: Command | Query) -> None:
    """Let pass only what every later calculation can handle.

    Raises:
        NotAdmitted: a number is not finite, or absurdly large, small or long.
    """
    for name in message.__struct_fields__:
        value = getattr(message, name)
        if isinstance(value, Decimal) and not _is_sane(value):
            shown = sanitize(str(value), length_max=ACTOR_LENGTH_MAX)
            text = f"{type(message).__name__}.{name} is {shown}, which is no amount"
            raise NotAdmitted(text)


def _is_sane(value: Decimal) -> bool:
    if not value.is_finite():
        return False
    return abs(value.adjusted()) <= MAGNITUDE_MAX and len(value.as_tuple().digits) <= DIGITS_MAX
