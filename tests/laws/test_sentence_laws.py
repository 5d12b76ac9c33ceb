"""Laws of the `:` line: what is written is read back, and nothing that is typed breaks the reader."""

from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from tests.screens import scripted
from tests.screens.scripted import NOW_MS, ScriptedClient
from tui_trader.actions import Where
from tui_trader.actions.sentence_reader import SentenceError, read
from tui_trader.actions.sentences import (
    GO_VERBS,
    Act,
    Amend,
    Anchor,
    Cancel,
    Change,
    Close,
    Exit,
    ExitUnit,
    Go,
    Quotation,
    Reverse,
    Size,
    SizeUnit,
    Step,
    Trade,
)
from tui_trader.engine.values.orders import Side
from tui_trader.screens.sentence_meaning import Reader
from tui_trader.widgets import scene_feed, ticket_form
from tui_trader.widgets.scene import Scene

NUMBERS = st.decimals("0.00000001", "999999999", places=8, allow_nan=False).map(
    lambda number: number.normalize() if number == number.to_integral_value() else number
)
PERCENTS = st.decimals("0.01", "100", places=2)
PAIRS = st.sampled_from(["btc", "eth/usd", "sol", "inch", "xbt-usd"])
ORDERS = st.sampled_from(["1", "17", "otx00003", "00000003-0000"])
QUOTATIONS = st.one_of(
    NUMBERS.map(Quotation),
    st.builds(Quotation, st.just(Decimal(0)), st.sampled_from(Anchor)),
    st.builds(
        Quotation,
        st.one_of(NUMBERS, NUMBERS.map(lambda number: -number)),
        st.sampled_from(Anchor),
        st.sampled_from(Step),
    ),
)
EXITS = st.builds(Exit, NUMBERS, st.sampled_from(ExitUnit))
PLAIN_SIZES = st.one_of(
    st.builds(Size, NUMBERS, st.sampled_from([SizeUnit.BASE, SizeUnit.QUOTE])),
    st.builds(Size, PERCENTS, st.sampled_from([SizeUnit.EQUITY, SizeUnit.AVAILABLE])),
)
SIDES = st.sampled_from(Side)


@st.composite
def trades(draw):
    is_risk = draw(st.booleans())
    size = Size(draw(PERCENTS), SizeUnit.RISK) if is_risk else draw(PLAIN_SIZES)
    has_stop = draw(st.booleans())
    is_waiting = draw(st.booleans())
    return Trade(
        side=draw(SIDES),
        size=size,
        pair=draw(st.none() | PAIRS),
        price=None if is_waiting else draw(st.none() | QUOTATIONS),
        trigger=draw(QUOTATIONS) if is_waiting else None,
        stop=draw(EXITS) if is_risk or has_stop else None,
        target=None if is_risk or has_stop else draw(st.none() | EXITS),
        post_only=draw(st.booleans()),
    )


SENTENCES = st.one_of(
    trades(),
    st.builds(Close, st.none() | PAIRS, PERCENTS),
    st.builds(Reverse, st.none() | PAIRS),
    st.builds(Cancel, ORDERS | st.just("")),
    st.builds(Amend, order=ORDERS, price=st.none() | QUOTATIONS, quantity_base=st.none() | NUMBERS),
    st.builds(Go, st.sampled_from(GO_VERBS), st.sampled_from(["eth", "1h", "dark", "orders"])),
    st.builds(Change, st.sampled_from(["risk.daily_loss"]), st.sampled_from(["", "2%", "A b"])),
    st.builds(Act, st.sampled_from(["zoom", "next-pane-1", "flatten", "stop", "move-back-20"])),
)


@given(SENTENCES)
def test_a_sentence_is_read_as_it_is_written(sentence):
    assert read(str(sentence)) == sentence


WORDS = st.sampled_from(
    [
        "buy",
        "sell",
        "close",
        "cancel",
        "amend",
        "set",
        "pair",
        "btc",
        "all",
        "risk",
        "sl",
        "tp",
        "when",
        "post",
        "@",
        "@mid-10",
        "at",
        "qty",
        "1%",
        "0.5",
        "$2",
        "3%",
        "mid+",
        "bid-1t",
        "%",
        "$",
        "0",
        "-1",
        "1e9",
        "nan",
        "\u0661",
        "\u0130",
        "%",
        "0,5",
        "1.",
        ".",
        "_",
        "99999999999999999999999",
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=8).map(" ".join)))
@example("")
@example("buy")
@example("\u0130")
@example("x" * 300)
def test_garbage_raises_nothing_but_its_own_error(line):
    try:
        sentence = read(line)
    except SentenceError as error:
        fault = error
    else:
        assert read(str(sentence)) == sentence
        return
    assert 0 <= fault.start <= len(line)
    assert fault.end > fault.start
    assert fault.message


SCENE = Scene(now_ms=NOW_MS, heard_ms=NOW_MS)
scene_feed.take_welcome(SCENE, ScriptedClient(scripted.traded()).welcome)
READER = Reader(SCENE, Where.DESK, lambda: "id")
MORE = st.sampled_from(
    [
        "buy",
        "sell",
        "close",
        "cancel",
        "amend",
        "reverse",
        "pair",
        "tf",
        "set",
        "eth",
        "doge/usd",
        "btc",
        "all",
        "risk",
        "1%",
        "sl",
        "62000",
        "tp",
        "3%",
        "when",
        "post",
        "@",
        "@mid-10",
        "@bid+2t",
        "@mid-99999999t",
        "@mid-100%",
        "@0.00000001",
        "99999999999999999999",
        "0.00000001",
        "100%free",
        "1%",
        "2",
        "3",
        "OTX00003",
        "00000003",
        "qty",
        "1h",
        "nope",
        "$99999999999999999999",
        "risk.x",
    ]
)


@given(st.lists(MORE, max_size=7).map(" ".join))
@example("buy doge 99999999999999999999 @99999999999999999999")
@example("buy doge risk 100% @99999999999999999999 sl 0.0000001")
@example("amend 3 @mid-100%")
def test_what_a_line_means_is_told_or_blamed_on_a_word(line):
    try:
        meaning = READER.understood(line)
    except SentenceError as error:
        assert 0 <= error.start <= len(line)  # noqa: PT017 either is fine
        assert error.message  # noqa: PT017
    else:
        assert meaning.echo
        if meaning.form is not None and meaning.form.amends is None:
            wanted = ticket_form.wish(meaning.form, market=SCENE.market, state=SCENE.state)
            assert wanted.quantity_base > 0
            assert wanted.price is None or wanted.price > 0
