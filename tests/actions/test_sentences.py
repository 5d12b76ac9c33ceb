import re
from decimal import Decimal

import pytest

from tests.architecture.source_tree import ROOT
from tui_trader.actions.completion import Vocabulary, completed, completions
from tui_trader.actions.sentence_reader import SentenceError, read
from tui_trader.actions.sentences import (
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

D = Decimal
BUY, SELL = Side.BUY, Side.SELL
WORDS = Vocabulary(
    pairs=("BTC/USD", "ETH/USD"),
    timeframes=("1m", "1h"),
    themes=("dark", "light"),
    screens=("desk", "markets"),
    settings=("risk.daily_loss_max_percent", "risk.drawdown_max_percent"),
    actions=("zoom", "flatten"),
    orders=2,
)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (
            "buy btc 0.5% @mid-10 sl 1.2%",
            Trade(
                side=BUY,
                pair="btc",
                size=Size(D("0.5"), SizeUnit.EQUITY),
                price=Quotation(D(-10), Anchor.MID),
                stop=Exit(D("1.2"), ExitUnit.PERCENT),
            ),
        ),
        (
            "sell eth 0.25 @3050 post",
            Trade(
                side=SELL,
                pair="eth",
                size=Size(D("0.25"), SizeUnit.BASE),
                price=Quotation(D(3050)),
                post_only=True,
            ),
        ),
        (
            "b $200 at bid+2t tp 70000",
            Trade(
                side=BUY,
                size=Size(D(200), SizeUnit.QUOTE),
                price=Quotation(D(2), Anchor.BID, Step.TICKS),
                target=Exit(D(70000), ExitUnit.PRICE),
            ),
        ),
        (
            "buy btc/usd risk 1% sl 62000",
            Trade(
                side=BUY,
                pair="btc/usd",
                size=Size(D(1), SizeUnit.RISK),
                stop=Exit(D(62000), ExitUnit.PRICE),
            ),
        ),
        ("SELL BTC all", Trade(side=SELL, pair="btc", size=Size(D(100), SizeUnit.AVAILABLE))),
        (
            "sell btc 0.01 when 60000",
            Trade(
                side=SELL, pair="btc", size=Size(D("0.01"), SizeUnit.BASE), trigger=Quotation(D(60000))
            ),
        ),
        ("close btc 50%", Close("btc", D(50))),
        ("close", Close()),
        ("reverse btc", Reverse("btc")),
        ("cancel all", Cancel("")),
        ("cancel 3", Cancel("3")),
        ("amend 3 @64000 qty 0.2", Amend(order="3", price=Quotation(D(64000)), quantity_base=D("0.2"))),
        ("pair eth", Go("pair", "eth")),
        ("tf 1h", Go("tf", "1h")),
        ("theme", Act("theme")),
        ("theme light", Go("theme", "light")),
        ("set risk.daily_loss 2%", Change("risk.daily_loss", "2%")),
        ("q", Act("leave")),
        ("halt", Act("stop")),
        ("next-pane-1", Act("next-pane-1")),
    ],
)  # fmt: skip
def test_sentences_of_the_guide(line, sentence):
    assert read(line) == sentence


@pytest.mark.parametrize(
    ("line", "blamed", "words"),
    [
        ("buy btc 0.5x", "0.5x", "not a number"),
        ("buy btc 0,5", "0,5", "no commas"),
        ("buy btc 0", "0", "above zero"),
        ("buy btc 1e3", "1e3", "not a number"),
        ("buy btc 120%", "120", "more than all"),
        ("buy btc 1 @mod", "mod", "is no price"),
        ("buy btc 1 @mid-x", "x", "not a number"),
        ("buy btc 1 sl", " ", "of how much"),
        ("buy btc 1 sl 1% tp 2%", "buy", "one way out"),
        ("buy btc risk 1%", "buy", "needs a stop"),
        ("buy btc 1 @5 when 4", "buy", "not both"),
        ("buy btc 1 post post", "post", "twice"),
        ("buy btc 1 soon", "soon", "not understood"),
        ("buy btc", " ", "how much"),
        ("close btc half", "half", "no part"),
        ("close all", "all", "flatten"),
        ("cancel", " ", "which"),
        ("pair", " ", "which pair"),
        ("tf 1h now", "now", "nothing more"),
        ("?", "?", "no command"),
    ],
)
def test_an_error_points_at_the_word(line, blamed, words):
    with pytest.raises(SentenceError, match=words) as fault:
        read(line)
    assert f"{line} "[fault.value.start : fault.value.end] == blamed


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("bu", ["buy"]),
        ("fl", ["flatten", "flatten"]),
        ("buy b", ["btc"]),
        ("buy btc ", ["all", "risk"]),
        ("buy btc 1 @", ["@mid", "@bid", "@ask"]),
        ("buy btc 1 @mid s", ["sl"]),
        ("pair ", ["btc", "eth"]),
        ("cancel ", ["all", "1", "2"]),
        ("set risk.d", ["risk.daily_loss_max_percent", "risk.drawdown_max_percent"]),
        ("theme d", ["dark"]),
        ("tf 1h ", []),
    ],
)
def test_what_may_come_next(line, found):
    assert completions(line, WORDS) == found


def test_tab_goes_as_far_as_all_agree():
    found = completions("set risk.d", WORDS)
    assert completed("set risk.d", found) == "set risk.d"
    assert completed("set r", completions("set r", WORDS)) == "set risk.d"
    assert completed("pair e", ["eth"]) == "pair eth "
    assert completed("pair x", []) == "pair x"


def test_sentences_of_the_page_are_understood():
    page = (ROOT / "docs" / "console.md").read_text()
    lines = re.findall(r"`:([a-z][^`]+)`", page)
    assert len(lines) > 15
    for line in lines:
        sentence = read(line)
        assert read(str(sentence)) == sentence
