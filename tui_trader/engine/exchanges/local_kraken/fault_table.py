"""The table of faults: everything that can be made to go wrong, declared once.

How to add one: a row here, and the question `plan.take(ROW)` (or a line in `disasters`) where it
happens. The tests fail until somebody has watched it happen.
"""

from tui_trader.engine.exchanges.local_kraken.faults import (
    ANY_ENDPOINT,
    COUNT_MAX,
    FaultKind,
    Parameter,
    Place,
)
from tui_trader.engine.exchanges.local_kraken.market_faults import (
    MOVE,
    PAUSE,
    RESUME,
    RULES,
    SPEED,
    STEP,
)
from tui_trader.engine.exchanges.simulator.listings import ASSETS

ORDER_ENDPOINT, CANCEL_ENDPOINT = "AddOrder", "CancelOrder"
HTTP_STATUSES = (429, 502, 503, 504, 520)
CLOSE_CODES = ("1001", "1011", "1012", "1013")
CHANNELS = ("", "ticker", "book", "trade", "ohlc", "executions", "balances")
PRICES_BAD = {"zero": "0.0", "nan": "NaN", "huge": "1e30", "negative": "-1.0"}
HOSTILE_TEXT = "\x1b]52;c;cm0gLXJm\x07\x1b[2J[@click=app.quit]free[/] \u202e\x9b31m\r\n=cmd()"
"""Writes the clipboard, clears the screen, is a link, turns the text around, begins a formula."""
_DAY_S = 86_400

_COUNT = Parameter(
    name="count", default=1, lowest=1, highest=COUNT_MAX, explanation="how many times"
)
_CHANNEL = Parameter(
    name="channel", default="", choices=CHANNELS, explanation="messages of this channel only"
)


def _endpoint(default: str) -> Parameter:
    return Parameter(
        name="endpoint",
        default=default,
        pattern=r"[A-Za-z]{1,40}|\*",
        explanation="REST endpoint, * is any",
    )


def _seconds(default: float, highest: float = 3_600.0) -> Parameter:
    return Parameter(name="seconds", default=default, highest=highest, explanation="for how long")


def _error(default: str) -> Parameter:
    return Parameter(
        name="error",
        default=default,
        pattern=r"E[A-Z][A-Za-z]+:[^\x00-\x1f]+",
        explanation="Kraken's words",
    )


def _reply(
    name: str, explanation: str, *parameters: Parameter, endpoint: str = ORDER_ENDPOINT
) -> FaultKind:
    return FaultKind(
        name=name,
        place=Place.REPLY,
        explanation=explanation,
        parameters=(_COUNT, _endpoint(endpoint), *parameters),
        endpoint=endpoint,
        mix={},
    )


DROP_REPLY_BEFORE = _reply("drop_reply_before", "the connection is cut and nothing is carried out")
DROP_REPLY_AFTER = _reply(
    "drop_reply_after", "the call is carried out, then the connection is cut without a reply"
)
RESET_BEFORE = _reply("reset_before", "the connection is reset and nothing is carried out")
RESET_AFTER = _reply("reset_after", "the call is carried out, then the connection is reset")
DELAY_REPLY = _reply(
    "delay_reply",
    "the call is carried out, the reply comes later",
    Parameter(name="ms", default=1_000, highest=600_000, explanation="how much later"),
)
HTTP_BEFORE = {
    status: _reply(
        f"http_{status}_before",
        f"nothing is carried out, the reply is HTTP {status} and a web page",
    )
    for status in HTTP_STATUSES
}
HTTP_AFTER = {
    status: _reply(
        f"http_{status}_after",
        f"the call is carried out, the reply is HTTP {status} and a web page",
    )
    for status in HTTP_STATUSES
}
REFUSE = _reply(
    "refuse",
    "private calls are refused in Kraken's words: EAPI, EService, EOrder, whatever",
    _error("EService:Unavailable"),
    endpoint=ANY_ENDPOINT,
)
REFUSE_AFTER = _reply(
    "refuse_after",
    "the call is carried out, the reply says that it was not",
    _error("EService:Timeout"),
)
BAD_NONCE = _reply(
    "bad_nonce", "private calls are refused with EAPI:Invalid nonce", endpoint=ANY_ENDPOINT
)
HOSTILE_ERROR = _reply(
    "hostile_error", "a refusal whose text holds terminal escapes, markup and a formula"
)
CANCEL_FILL_RACE = _reply(
    "cancel_fill_race",
    "the order is filled in the moment before its cancel arrives",
    endpoint=CANCEL_ENDPOINT,
)

WS_DROP = FaultKind(
    name="ws_drop",
    place=Place.SOCKET,
    explanation="every WebSocket is cut at once, without a close: clients see 1006",
    is_counted=False,
    mix={},
)
WS_CLOSE = FaultKind(
    name="ws_close",
    place=Place.SOCKET,
    explanation="every WebSocket is closed with a code",
    parameters=(
        Parameter(
            name="code",
            default="1012",
            choices=CLOSE_CODES,
            explanation="1001 going away, 1012 restart",
        ),
    ),
    is_counted=False,
    mix={"code": "1001"},
)
WS_REFUSE = FaultKind(
    name="ws_refuse",
    place=Place.SOCKET,
    explanation="new WebSockets are refused with HTTP 503",
    parameters=(_seconds(10.0),),
    is_counted=False,
)
WS_SILENT = FaultKind(
    name="ws_silent",
    place=Place.SOCKET,
    explanation="WebSockets stay open but nothing is sent; what is said meanwhile is lost",
    parameters=(_seconds(10.0),),
    is_counted=False,
    mix={"seconds": 2.0},
)
WS_LOSE = FaultKind(
    name="ws_lose",
    place=Place.SOCKET,
    explanation="an update is never sent",
    parameters=(_COUNT, _CHANNEL),
    mix={},
)
WS_DUPLICATE = FaultKind(
    name="ws_duplicate",
    place=Place.SOCKET,
    explanation="an update is sent twice, byte for byte",
    parameters=(_COUNT, _CHANNEL),
    mix={},
)
WS_REORDER = FaultKind(
    name="ws_reorder",
    place=Place.SOCKET,
    explanation="an update is sent after the one that follows it",
    parameters=(_COUNT, _CHANNEL),
    mix={},
)
WS_PRICE = FaultKind(
    name="ws_price",
    place=Place.SOCKET,
    explanation="the first price of an update is impossible",
    parameters=(
        _COUNT,
        _CHANNEL,
        Parameter(
            name="value",
            default="nan",
            choices=tuple(PRICES_BAD),
            explanation="0, NaN, 1e30 or -1",
        ),
    ),
    mix={},
)
BOOK_FLIP = FaultKind(
    name="book_flip",
    place=Place.SOCKET,
    explanation="a digit of the next book update is wrong, so that its checksum disagrees",
    parameters=(_COUNT,),
    mix={},
)
DUPLICATE_FILL = FaultKind(
    name="duplicate_fill",
    place=Place.SOCKET,
    explanation="a fill is told twice, under one execution id and two sequence numbers",
    parameters=(_COUNT,),
    mix={},
)
HOSTILE_STATUS = FaultKind(
    name="hostile_status",
    place=Place.SOCKET,
    explanation="a status message whose text holds terminal escapes and markup",
    is_counted=False,
    mix={},
)
WS_FLOOD = FaultKind(
    name="ws_flood",
    place=Place.SOCKET,
    explanation="ticker updates as fast as that; who does not keep up is cut",
    parameters=(
        _seconds(10.0, 120.0),
        Parameter(
            name="per_second",
            default=20_000,
            lowest=1,
            highest=50_000,
            explanation="messages to each subscriber",
        ),
    ),
    is_counted=False,
)
TOKEN_LOSS = FaultKind(
    name="token_loss",
    place=Place.SOCKET,
    explanation="every WebSocket token issued so far is no longer known",
    is_counted=False,
    mix={},
)

FILLS_WHILE_AWAY = FaultKind(
    name="fills_while_away",
    place=Place.ACCOUNT,
    explanation="WebSockets are cut and stay away while a resting order is filled in many parts",
    parameters=(
        Parameter(name="fills", default=120, lowest=1, highest=1_000, explanation="how many parts"),
        _seconds(2.0),
    ),
    is_counted=False,
)
BALANCE = FaultKind(
    name="balance",
    place=Place.ACCOUNT,
    explanation="somebody deposits by hand, or withdraws with a minus",
    parameters=(
        Parameter(
            name="asset",
            default="USD",
            choices=tuple(asset.name for asset in ASSETS),
            explanation="what",
        ),
        Parameter(
            name="amount",
            default="100",
            pattern=r"-?\d{1,12}(\.\d{1,10})?",
            explanation="how much",
        ),
    ),
    is_counted=False,
)

MAINTENANCE = FaultKind(
    name="maintenance",
    place=Place.VENUE,
    explanation="nothing is accepted, cancels neither: EService:Unavailable",
    parameters=(_seconds(30.0),),
    is_counted=False,
    mix={"seconds": 2.0},
)
CANCEL_ONLY = FaultKind(
    name="cancel_only",
    place=Place.VENUE,
    explanation="orders may be cancelled, not placed",
    parameters=(_seconds(30.0),),
    is_counted=False,
    mix={"seconds": 2.0},
)
POST_ONLY = FaultKind(
    name="post_only",
    place=Place.VENUE,
    explanation="only post-only orders are accepted",
    parameters=(_seconds(30.0),),
    is_counted=False,
    mix={"seconds": 2.0},
)
CLOCK = FaultKind(
    name="clock",
    place=Place.VENUE,
    explanation="the exchange's clock is ahead of the machine's by so much (behind with a minus)",
    parameters=(
        Parameter(
            name="seconds", default=5.0, lowest=-_DAY_S, highest=_DAY_S, explanation="how far"
        ),
    ),
    is_counted=False,
)
MIX = FaultKind(
    name="mix",
    place=Place.VENUE,
    explanation="faults one after the other, chosen by a seed; the same seed chooses the same",
    parameters=(
        Parameter(name="seed", default=1, highest=2**31, explanation="which mix"),
        Parameter(name="count", default=60, lowest=1, highest=10_000, explanation="how many"),
        Parameter(
            name="every_ms",
            default=5_000,
            lowest=1,
            highest=3_600_000,
            explanation="mean time between two",
        ),
    ),
    is_counted=False,
)

FAULT_KINDS = {
    kind.name: kind
    for kind in (
        *(DROP_REPLY_BEFORE, DROP_REPLY_AFTER, RESET_BEFORE, RESET_AFTER, DELAY_REPLY),
        *HTTP_BEFORE.values(),
        *HTTP_AFTER.values(),
        *(REFUSE, REFUSE_AFTER, BAD_NONCE, HOSTILE_ERROR, CANCEL_FILL_RACE),
        *(WS_DROP, WS_CLOSE, WS_REFUSE, WS_SILENT, WS_LOSE, WS_DUPLICATE, WS_REORDER, WS_PRICE),
        *(BOOK_FLIP, DUPLICATE_FILL, HOSTILE_STATUS, WS_FLOOD, TOKEN_LOSS),
        *(FILLS_WHILE_AWAY, BALANCE),
        *(MAINTENANCE, CANCEL_ONLY, POST_ONLY, RULES, CLOCK, MIX),
        *(MOVE, PAUSE, RESUME, STEP, SPEED),
    )
}
