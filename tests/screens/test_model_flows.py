"""Keys on the models screen, with a scripted engine and a scripted program beside the console."""

import csv
import json
import sys
from functools import partial

import msgspec
import pytest

from tests.screens import scripted
from tests.screens import scripted_signals as made
from tests.screens.console_driver import Clock, console, ready, screen_text, until
from tests.screens.scripted import ScriptedClient
from tui_trader.engine.messages.commands import HaltTrading
from tui_trader.engine.messages.queries import QueryFailed
from tui_trader.engine.messages.signal_queries import AskModel, AskModels, TrainingNow
from tui_trader.engine.values.candles import Interval
from tui_trader.widgets.backtest_board import Ended
from tui_trader.widgets.program import Program

SIZE, SMALL = (120, 36), (80, 24)


class Beside:
    """The scripted program, and what it was called with."""

    def __init__(self, folder, mood):
        self._log = folder / "calls"
        words = (sys.executable, "-m", "tests.screens.fake_trainer")
        self.program = Program(words=words, options=(str(self._log), mood))

    @property
    def calls(self):
        if not self._log.exists():
            return []
        return [json.loads(line) for line in self._log.read_text().splitlines()]


@pytest.fixture
def beside(tmp_path):
    return lambda mood="quick": Beside(tmp_path, mood)


def client_in(mood="trained"):
    client = ScriptedClient(scripted.traded(), reply=scripted.agreeable)
    client.about_signals = partial(made.signal_reply, mood=mood)
    return client


async def on_models(app, pilot):
    await ready(app)
    await pilot.press("f12")
    await until(lambda: app.scene.topic("models").answer is not None)
    await until(lambda: not app.scene.topic("model").is_under_way)
    await pilot.pause()


async def test_models_are_listed_with_what_they_brought_and_the_ones_that_serve_on_top():
    app = console(client_in())
    async with app.run_test(size=SIZE) as pilot:
        await on_models(app, pilot)
        rows = [row for row in screen_text(app).splitlines() if "/USD    1h" in row]
        assert "● champion" in rows[0]
        assert "-0.86% (-1.43 to -0.34%)" in rows[0]
        assert "55% of 49" in rows[0]
        assert "○ challenger" in rows[2]
        assert "✗ broken" in rows[4]
        assert "%" not in rows[4]


async def test_promises_stand_beside_what_happened_with_their_counts():
    app = console(client_in())
    async with app.run_test(size=SMALL) as pilot:
        await on_models(app, pilot)
        await pilot.press("2")
        await until(lambda: "55-60%       57% of 212" in screen_text(app))
        assert "25-30%" not in screen_text(app)
        assert "off by 3.1% on average" in screen_text(app)


async def test_panes_of_a_small_terminal_are_reached_by_their_numbers():
    app = console(client_in())
    async with app.run_test(size=SMALL) as pilot:
        await on_models(app, pilot)
        for key, words in (
            ("3", "signals -33.1% holding +207.3%"),
            ("4", "2025-10-31   2025-12-25       —"),
            ("5", "-0.0003"),
            ("6", "! volume_24_192"),
            ("7", "as good in 65 of 100"),
        ):
            await pilot.press(key)
            assert words in screen_text(app)


async def test_marked_model_is_asked_about_and_a_broken_one_says_why():
    client = client_in()
    app = console(client)
    async with app.run_test(size=SMALL) as pilot:
        await on_models(app, pilot)
        await pilot.press("j", "j")
        await until(lambda: "BTC/USD 1h version 3" in screen_text(app))
        asked = [query for query in client.asked if isinstance(query, AskModel)]
        assert asked[-1].version == 3
        await pilot.press("G")
        await until(lambda: "does not match the SHA-256" in screen_text(app))


async def test_demotion_is_told_in_full_before_the_verdict():
    app = console(client_in("demoted"))
    async with app.run_test(size=SMALL) as pilot:
        await on_models(app, pilot)
        await pilot.press("7")
        await until(lambda: "✗ demoted: of 88 promises" in screen_text(app))


async def test_home_without_a_model_says_how_to_train_one():
    app = console(client_in("none"))
    async with app.run_test(size=SMALL) as pilot:
        await on_models(app, pilot)
        text = screen_text(app)
        assert "No model is stored in this home: t trains one." in text
        assert "tui-trader train --pair BTC/USD --timeframe 1h" in text
        assert "%" not in "".join(text.splitlines()[2:-1])


async def test_training_runs_beside_the_console_and_asks_the_engine_anew(beside):
    program, client = beside(), client_in()
    app = console(client, beside=program.program)
    async with app.run_test(size=SMALL) as pilot:
        await on_models(app, pilot)
        before = sum(isinstance(query, AskModels) for query in client.asked)
        await pilot.press("t", "enter")
        await until(lambda: app.scene.models.ended is Ended.DONE)
        await until(lambda: "TRAINED BTC/USD 1h, version 3: No edge" in screen_text(app))
        await until(lambda: sum(isinstance(q, AskModels) for q in client.asked) > before)
        wanted = ["train", "--pair", "BTC/USD", "--timeframe", "1h", "--json", "--progress", "json"]
        assert program.calls == [wanted]


async def test_pair_timeframe_and_models_of_a_training_are_typed(beside):
    program = beside()
    app = console(client_in("none"), beside=program.program)
    async with app.run_test(size=SMALL) as pilot:
        await on_models(app, pilot)
        await pilot.press("t", "ctrl+u", *"eth/usd 5m logistic, boosting", "enter")
        await until(lambda: program.calls)
        call = program.calls[0]
        assert call[:7] == [
            *("train", "--pair", "ETH/USD", "--timeframe", "5m", "--models", "logistic,boosting")
        ]


async def test_what_cannot_be_trained_is_said_and_nothing_runs(beside):
    program = beside()
    app = console(client_in(), beside=program.program)
    async with app.run_test(size=SMALL) as pilot:
        await on_models(app, pilot)
        for typed, words in (
            ("BTC 1h", "BTC is no pair: write it like BTC/USD"),
            ("--json/x 1h", "--JSON/X is no pair"),
            ("BTC/USD", "after the pair a timeframe is needed"),
            ("BTC/USD 7m", "after the pair a timeframe is needed"),
        ):
            app.scene.notice = None
            await pilot.press("t", "ctrl+u", *typed, "enter")
            await until(lambda words=words: words in screen_text(app))
        assert app.scene.models.under_way is None
        assert program.calls == []


async def test_keys_act_while_a_model_trains_and_cancel_ends_it(beside):
    clock, client = Clock(), client_in()
    app = console(client, clock=clock, beside=beside("slow").program)
    async with app.run_test(size=SMALL) as pilot:
        await on_models(app, pilot)
        await pilot.press("t", "enter")
        await until(lambda: app.scene.models.under_way and app.scene.models.under_way.done == 40)
        clock.now_ms += 3_000
        await until(lambda: "40%" in screen_text(app) and "about 1:33 left" in screen_text(app))
        await pilot.press("t")
        assert "a training is under way" in screen_text(app)
        await pilot.press("f2", "f12", "j", "!")
        await until(lambda: any(isinstance(sent, HaltTrading) for sent in client.sent))
        await pilot.press("x")
        await until(lambda: app.scene.models.under_way is None)
        assert app.scene.models.ended is Ended.CANCELLED
        await until(lambda: "what is stored is as it was" in screen_text(app))


@pytest.mark.parametrize(
    ("mood", "words"),
    [
        ("refusing", "REFUSED the store of this home has no candles"),
        ("babbling", "REFUSED it answered what this console does not understand"),
    ],
)
async def test_refusal_of_a_training_is_told_and_another_may_start(beside, mood, words):
    program = beside(mood)
    app = console(client_in(), beside=program.program)
    async with app.run_test(size=SMALL) as pilot:
        await on_models(app, pilot)
        await pilot.press("t", "enter")
        await until(lambda: words in screen_text(app))
        await pilot.press("t", "enter")
        await until(lambda: len(program.calls) == 2)


async def test_training_that_the_engine_began_by_itself_is_shown_with_its_reason():
    client = client_in()
    training = TrainingNow(
        symbol=made.BTC,
        interval=Interval.H1,
        why="the newest model is 31 days old",
        done=30,
        planned=120,
        step="fold 3 of 10",
        left_s=270.0,
    )

    def reply(query):
        answer = made.signal_reply(query)
        is_list = isinstance(query, AskModels)
        return msgspec.structs.replace(answer, training=training) if is_list else answer

    client.about_signals = reply
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await on_models(app, pilot)
        await until(lambda: "THE ENGINE TRAINS" in screen_text(app))
        row = next(row for row in screen_text(app).splitlines() if "THE ENGINE TRAINS" in row)
        assert "25% · about 4:30 left · BTC/USD 1h: the newest model is 31 days old" in row
        client.vanish()
        await until(lambda: "THE ENGINE TRAINS" not in screen_text(app))


async def test_a_model_is_promoted_after_a_question(beside):
    program = beside()
    app = console(client_in(), beside=program.program)
    async with app.run_test(size=SMALL) as pilot:
        await on_models(app, pilot)
        await pilot.press("p")
        assert "this one serves already" in screen_text(app)
        await pilot.press("j", "j", "p", "enter")
        assert program.calls == []
        await pilot.press("p")
        await until(lambda: "signals of it stay silent" in screen_text(app))
        await pilot.press("y")
        await until(lambda: "version 3 of BTC/USD 1h serves now" in screen_text(app))
        assert program.calls == [["models", "promote", "BTC/USD", "1h", "3"]]


async def test_while_one_is_promoted_it_is_said_and_no_other_change_begins(beside):
    program = beside("slow")
    app = console(client_in(), beside=program.program)
    async with app.run_test(size=SMALL) as pilot:
        await on_models(app, pilot)
        await pilot.press("j", "j", "p", "y")
        await until(lambda: " promoting version 3 of BTC/USD 1h…" in screen_text(app))
        await pilot.press("b")
        assert app.screen is app.shown
        await until(lambda: program.calls)
    assert program.calls == [["models", "promote", "BTC/USD", "1h", "3"]]


async def test_a_broken_model_is_not_promoted(beside):
    program = beside()
    app = console(client_in(), beside=program.program)
    async with app.run_test(size=SMALL) as pilot:
        await on_models(app, pilot)
        await pilot.press("G", "p")
        assert "it cannot serve" in screen_text(app)
        assert program.calls == []


async def test_the_former_model_serves_again_after_a_question(beside):
    program = beside()
    app = console(client_in(), beside=program.program)
    async with app.run_test(size=SMALL) as pilot:
        await on_models(app, pilot)
        await pilot.press("b", "y")
        await until(lambda: "the former version of BTC/USD 1h serves again" in screen_text(app))
        assert program.calls == [["models", "rollback", "BTC/USD", "1h"]]


async def test_way_back_that_is_refused_is_quoted(beside):
    app = console(client_in(), beside=beside("refusing").program)
    async with app.run_test(size=SMALL) as pilot:
        await on_models(app, pilot)
        await pilot.press("b", "y")
        await until(lambda: "BTC/USD 1h has no former version" in screen_text(app))


async def test_read_only_console_trains_and_changes_nothing(beside):
    program = beside()
    app = console(client_in(), beside=program.program, is_read_only=True)
    async with app.run_test(size=SMALL) as pilot:
        await on_models(app, pilot)
        for key in ("t", "p", "b"):
            await pilot.press(key)
            assert "read-only" in screen_text(app)
        assert program.calls == []


async def test_without_an_engine_the_home_itself_is_asked_and_that_is_said(beside):
    client = client_in()
    app = console(client, beside=beside().program)
    async with app.run_test(size=SMALL) as pilot:
        await ready(app)
        client.vanish()
        await until(lambda: app.scene.attachment.value == "gone")
        await pilot.press("f12")
        await until(lambda: "no engine: as the home says" in screen_text(app))
        await until(lambda: "2  ○ challenger" in screen_text(app))
        rows = [row for row in screen_text(app).splitlines() if "BTC/USD " in row]
        assert "3  ● champion" in rows[0]
        assert "2  ○ challenger" in rows[1]
        await until(lambda: "nothing is known" in screen_text(app))


async def test_engine_that_does_not_know_of_models_leaves_it_to_the_home(beside):
    client = client_in()
    client.about_signals = lambda _: QueryFailed(reason="the engine did not answer within 30 s")
    app = console(client, beside=beside().program)
    async with app.run_test(size=SMALL) as pilot:
        await ready(app)
        await pilot.press("f12")
        await until(lambda: "the engine is silent: as the home says" in screen_text(app))
        assert "● champion" in screen_text(app)
        await until(lambda: "did not answer within 30 s" in screen_text(app))


async def test_models_of_an_engine_that_is_gone_are_told_as_old():
    client = client_in()
    app = console(client)
    async with app.run_test(size=SIZE) as pilot:
        await on_models(app, pilot)
        client.vanish()
        await until(lambda: "the engine is gone; as told at 10:45:03" in screen_text(app))
        await pilot.press("2", "z")
        await until(lambda: "no engine: not of now" in screen_text(app))


async def test_models_and_the_judgement_of_one_are_written_out(tmp_path):
    app = console(client_in(), export_folder=tmp_path)
    async with app.run_test(size=SMALL) as pilot:
        await on_models(app, pilot)
        for key in ("a", "c", "e", "g", "i"):
            await pilot.press("E", key)
        await until(lambda: len(list(tmp_path.iterdir())) == 5)
        files = {path.name.split("-")[0]: path for path in tmp_path.iterdir()}
        tables = {
            name: list(csv.DictReader(path.read_text().splitlines()))
            for name, path in files.items()
        }
        assert tables["models"][4]["auc"] == ""
        assert tables["folds"][3]["auc"] == ""
        assert tables["promises"][0]["right_ratio"] == ""
        assert tables["promises"][-1]["is_live"] == "yes"
        assert tables["drift"][5]["psi"] == ""
        assert len(tables["importance"]) == 6


async def test_signals_and_models_lead_to_each_other_at_the_same_pair():
    app = console(client_in())
    async with app.run_test(size=SMALL) as pilot:
        await on_models(app, pilot)
        await pilot.press("j", "enter")
        assert app.scene.screen == "signals"
        assert app.scene.symbol == "ETH/USD"
        await pilot.press("m")
        assert app.scene.screen == "models"


async def test_model_is_copied_as_a_row():
    app = console(client_in())
    async with app.run_test(size=SMALL) as pilot:
        await on_models(app, pilot)
        await pilot.press("Y")
        assert app.clipboard == "BTC/USD 1h 2"
        await pilot.press("y")
        assert "0.612" in app.clipboard.split("\t")


async def test_a_click_chooses_a_model_and_a_tab():
    app = console(client_in())
    async with app.run_test(size=SMALL) as pilot:
        await on_models(app, pilot)
        await pilot.click(offset=(4, 5))
        assert app.scene.models.chosen[0] == "ETH/USD"
        rows = screen_text(app).splitlines()
        tabs = next(y for y, row in enumerate(rows) if "4 folds" in row)
        await pilot.click(offset=(rows[tabs].index("folds"), tabs))
        assert app.scene.pane == "md-folds"
        await pilot.press("z", "z", "escape")
        assert app.scene.pane == "md-list"
