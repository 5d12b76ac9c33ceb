"""Keys on the signals screen and the signal panel of the desk, with a scripted engine."""

import csv
from functools import partial

import pytest

from tests.screens import scripted
from tests.screens import scripted_signals as made
from tests.screens.console_driver import console, ready, screen_text, until
from tests.screens.scripted import ScriptedClient
from tui_trader.engine.messages.queries import QueryFailed
from tui_trader.engine.messages.signal_queries import AskSignal, AskWaterfalls
from tui_trader.widgets.signals_board import PAGE

SIZE, SMALL = (120, 36), (80, 24)


def client_in(mood="trained"):
    client = ScriptedClient(scripted.traded(), reply=scripted.agreeable)
    client.about_signals = partial(made.signal_reply, mood=mood)
    return client


async def on_signals(app, pilot):
    await ready(app)
    await pilot.press("f11")
    await until(lambda: app.scene.topic("signals").answer is not None)
    await until(lambda: app.scene.topic("decisions").answer is not None)
    await pilot.pause()


async def test_confidence_stands_beside_what_it_needs_and_how_such_words_have_held():
    app = console(client_in())
    async with app.run_test(size=SMALL) as pilot:
        await on_signals(app, pilot)
        line = next(row for row in screen_text(app).splitlines() if "BTC/USD" in row)
        assert "▲ be in" in line
        assert "57.2%   48.1%" in line
        assert "said 55-60%: right 57% of 212" in line
        assert "45m" in line


async def test_first_gate_that_says_no_is_told_in_full_and_the_ones_behind_it_were_not_asked():
    app = console(client_in())
    async with app.run_test(size=SMALL) as pilot:
        await on_signals(app, pilot)
        text = screen_text(app)
        assert "✓ confidence     +0.0912" in text
        assert "✗ cost" in text
        assert "would pay the exchange" in text
        assert "· budget                 not asked" in text


async def test_pair_without_forecast_shows_a_dash_and_no_number():
    app = console(client_in())
    async with app.run_test(size=SMALL) as pilot:
        await on_signals(app, pilot)
        late = next(row for row in screen_text(app).splitlines() if "SOL/USD" in row)
        broken = next(row for row in screen_text(app).splitlines() if "XRP/USD" in row)
        assert "! late             —" in late
        assert "not known yet" in late
        assert "%" not in broken
        assert "0" not in broken


async def test_demoted_model_says_why_it_is_silent():
    app = console(client_in("demoted"))
    async with app.run_test(size=SMALL) as pilot:
        await on_signals(app, pilot)
        text = screen_text(app)
        assert "✗ demoted" in text
        assert "of 88 promises that averaged 61 % only 41 % came true" in text


async def test_home_without_a_model_says_how_to_train_one():
    app = console(client_in("none"))
    async with app.run_test(size=SMALL) as pilot:
        await on_signals(app, pilot)
        text = screen_text(app)
        assert "No model is trained" in text
        assert "tui-trader train --pair BTC/USD --timeframe 1h" in text
        assert "%" not in "".join(text.splitlines()[2:-1])


async def test_engine_that_cannot_answer_is_quoted():
    client = client_in()
    client.about_signals = lambda _: QueryFailed(reason="learning is off in the settings")
    app = console(client)
    async with app.run_test(size=SMALL) as pilot:
        await ready(app)
        await pilot.press("f11")
        await until(lambda: "learning is off in the settings" in screen_text(app))


async def test_signals_of_an_engine_that_is_gone_are_told_as_old():
    client = client_in()
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await on_signals(app, pilot)
        client.vanish()
        await until(lambda: "the engine is gone; as told at 10:45:03" in screen_text(app))
        await pilot.press("2", "z")
        await until(lambda: "no engine: not of now" in screen_text(app))


async def test_chosen_pair_is_asked_about_and_is_the_pair_of_every_screen():
    client = client_in()
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await on_signals(app, pilot)
        await pilot.press("j")
        await until(lambda: "REASONS ETH/USD" in screen_text(app))
        await until(
            lambda: any(isinstance(q, AskSignal) and q.symbol == "ETH/USD" for q in client.asked)
        )
        assert app.scene.symbol == "ETH/USD"
        await pilot.press("enter")
        assert app.scene.screen == "desk"


async def test_reasons_are_signed_bars_in_plain_words():
    app = console(client_in())
    async with app.run_test(size=SMALL) as pilot:
        await on_signals(app, pilot)
        await pilot.press("3")
        await until(lambda: "move of the last 12 candles" in screen_text(app))
        rows = screen_text(app).splitlines()
        towards = next(row for row in rows if "+0.42" in row)
        against = next(row for row in rows if "-0.28" in row)
        assert "│█" in towards
        assert "█│" in against


async def test_record_tells_what_was_said_and_what_became_of_it():
    app = console(client_in())
    async with app.run_test(size=SMALL) as pilot:
        await on_signals(app, pilot)
        await pilot.press("4", "z")
        await until(lambda: "right 57% of 212" in screen_text(app))
        text = screen_text(app)
        few = next(row for row in text.splitlines() if "right 71% of 17" in row)
        assert "too few to tell" in few
        assert "of past candles, not live" in text


async def test_unknown_drift_is_a_dash():
    app = console(client_in())
    async with app.run_test(size=SMALL) as pilot:
        await on_signals(app, pilot)
        await pilot.press("5")
        await until(lambda: "! volume_24_192" in screen_text(app))
        row = next(row for row in screen_text(app).splitlines() if "hour_sine" in row)
        assert "—" in row
        assert "not known" in row


async def test_decisions_are_read_page_by_page_as_far_as_somebody_looks():
    client = client_in()
    app = console(client)
    async with app.run_test(size=SMALL) as pilot:
        await on_signals(app, pilot)
        board = app.scene.signals
        await until(lambda: len(board.decisions) == PAGE)
        await pilot.press("6", "end")
        await until(lambda: len(board.decisions) == 2 * PAGE)
        await pilot.press("end")
        await until(lambda: len(board.decisions) == made.DECISIONS)
        await until(lambda: board.is_complete)
        asked = [q for q in client.asked if isinstance(q, AskWaterfalls) and q.before]
        assert len(asked) == 2


async def test_search_reads_on_until_it_finds():
    app = console(client_in())
    async with app.run_test(size=SMALL) as pilot:
        await on_signals(app, pilot)
        await pilot.press("slash", *"11-15 10", "enter")
        assert app.scene.pane == "sg-past"
        await until(lambda: app.scene.signals.is_complete)
        assert "none contains “11-15 10”" in screen_text(app)
        await pilot.press("escape", "slash", *"eth/usd", "enter")
        assert {one.symbol for one in app.scene.signals.shown} == {"ETH/USD"}


@pytest.mark.parametrize(("keys", "words"), [(("v", "v"), "confidence"), (("V",) * 3, "cost")])
async def test_decisions_are_narrowed_by_the_gate_that_stopped_them(keys, words):
    app = console(client_in())
    async with app.run_test(size=SMALL) as pilot:
        await on_signals(app, pilot)
        await pilot.press(*keys)
        board = app.scene.signals
        await until(lambda: board.gate == words and board.decisions)
        assert {one.stopped_by.gate for one in board.decisions} == {words}
        await until(lambda: f"stopped by {words}" in screen_text(app))


async def test_gate_that_stopped_nothing_says_so():
    app = console(client_in())
    async with app.run_test(size=SMALL) as pilot:
        await on_signals(app, pilot)
        await pilot.press("V")
        await until(lambda: "none was stopped by budget" in screen_text(app))
        await pilot.press("escape")
        await until(lambda: app.scene.signals.decisions)


async def test_decisions_of_one_pair_alone():
    app = console(client_in())
    async with app.run_test(size=SMALL) as pilot:
        await on_signals(app, pilot)
        await pilot.press("p")
        await until(lambda: {o.symbol for o in app.scene.signals.decisions} == {"BTC/USD"})


async def test_an_earlier_decision_opens_with_its_gates_and_escape_comes_back():
    app = console(client_in())
    async with app.run_test(size=SMALL) as pilot:
        await on_signals(app, pilot)
        await pilot.press("6", "j", "j", "enter")
        assert app.scene.pane == "sg-why"
        await until(lambda: "an earlier decision" in screen_text(app))
        assert "11-20 08:00" in screen_text(app)
        await pilot.press("escape")
        await until(lambda: "an earlier decision" not in screen_text(app))


def rows_of(path):
    return list(csv.DictReader(path.read_text().splitlines()))


async def test_signals_reasons_and_decisions_are_written_out(tmp_path):
    app = console(client_in(), export_folder=tmp_path)
    async with app.run_test(size=SMALL) as pilot:
        await on_signals(app, pilot)
        await until(lambda: app.scene.topic("signal").answer is not None)
        for key in ("a", "c", "e"):
            await pilot.press("E", key)
        await until(lambda: len(list(tmp_path.iterdir())) == 3)
        files = {path.name.split("-")[0]: path for path in tmp_path.iterdir()}
        signals, reasons, decisions = (
            rows_of(files[n]) for n in ("signals", "reasons", "decisions")
        )
        assert signals[0]["confidence"] == "0.572"
        assert signals[2]["confidence"] == ""
        assert signals[2]["outcomes"] == ""
        assert decisions[0]["cost_passed"] == "no"
        assert decisions[0]["budget_passed"] == ""
        assert len(reasons) == len(made.REASONS)


async def test_pair_and_decision_are_copied_as_rows():
    app = console(client_in())
    async with app.run_test(size=SMALL) as pilot:
        await on_signals(app, pilot)
        await pilot.press("Y")
        assert app.clipboard == "BTC/USD"
        await pilot.press("6", "y")
        cells = app.clipboard.split("\t")
        assert cells[0] == str(made.DECISIONS)
        assert "cost" in cells


async def test_a_click_chooses_a_pair_a_tab_and_a_decision():
    app = console(client_in())
    async with app.run_test(size=SMALL) as pilot:
        await on_signals(app, pilot)
        await pilot.click(offset=(4, 5))
        assert app.scene.symbol == "ETH/USD"
        tabs = next(
            y for y, row in enumerate(screen_text(app).splitlines()) if "6 decisions" in row
        )
        await pilot.click(offset=(screen_text(app).splitlines()[tabs].index("decisions"), tabs))
        assert app.scene.pane == "sg-past"
        await pilot.pause()
        await pilot.click(offset=(10, tabs + 5))
        assert app.scene.signals.cursor == 2


async def test_desk_tells_the_signal_of_its_pair_and_the_gate_in_its_way():
    client = client_in()
    app = console(client)
    async with app.run_test(size=(200, 60)) as pilot:
        await ready(app)
        await until(lambda: "▲ be in 1h · 57.2% needs 48.1%" in screen_text(app))
        text = screen_text(app)
        assert "55-60%: right 57% of 212 · candle closed 45m ago" in text
        assert "✗ cost: 0.33 % is expected" in text
        await pilot.press("j", "j", "j", "j")
        await until(lambda: "No model is trained for DOGE/USD: no signal." in screen_text(app))
        client.vanish()
        await until(lambda: "No engine: nothing is known." in screen_text(app))


async def test_desk_without_a_model_says_the_plain_truth():
    app = console(client_in("none"))
    async with app.run_test(size=SIZE):
        await ready(app)
        await until(lambda: "No model is trained" in screen_text(app))
