"""One setting changed in a file: everything else stays, mistakes change nothing, the last change can be undone."""

import os

import pytest
import tomli

from tui_trader.engine.config.editing import with_setting
from tui_trader.engine.config.example import example_toml
from tui_trader.engine.config.fields import fields_by_key
from tui_trader.engine.config.load import load_settings
from tui_trader.engine.config.rewriting import SettingsFile
from tui_trader.engine.values.errors import ConfigError

LOSS = fields_by_key()["risk.daily_loss_max_percent"]
PAIRS = fields_by_key()["market.pairs"]


def settings_file(home, text=None, environ=None) -> SettingsFile:
    if text is not None:
        home.mkdir(exist_ok=True)
        (home / "config.toml").write_text(text)
    return SettingsFile(config_file=None, home=home, environ=environ or {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "# mine\n[risk]  # strict\ndaily_loss_max_percent = 3 # a day\npositions_max = 4\n",
            "# mine\n[risk]  # strict\ndaily_loss_max_percent = 2 # a day\npositions_max = 4\n",
        ),
        (
            "[risk]\npositions_max = 4 # four\n\n[console]\nfps = 2\n",
            "[risk]\npositions_max = 4 # four\ndaily_loss_max_percent = 2\n\n[console]\nfps = 2\n",
        ),
        ("[risk]", "[risk]\ndaily_loss_max_percent = 2\n"),
        ("", "[risk]\ndaily_loss_max_percent = 2\n"),
        ("[console]\nfps = 2\n", "[console]\nfps = 2\n\n[risk]\ndaily_loss_max_percent = 2\n"),
        (
            "risk.positions_max = 4\nconsole.fps = 2\n",
            "risk.positions_max = 4\nrisk.daily_loss_max_percent = 2\nconsole.fps = 2\n",
        ),
        ("risk . daily_loss_max_percent=3\n", "risk . daily_loss_max_percent=2\n"),
        ("[risk]\r\npositions_max = 4\r\n", "[risk]\r\npositions_max = 4\r\n"),
    ],
)
def test_comments_order_and_everything_else_stay(text, expected):
    changed = with_setting(text, LOSS, "2")
    if "\r" in text:
        assert changed.startswith(expected)
    else:
        assert changed == expected


def test_list_over_many_lines_becomes_one_value():
    text = 'a.b = 1\n[market]\npairs = [\n  "BTC/USD", # first ]\n  "ETH/USD",\n] # both\nbook_depth = 10\n'
    changed = with_setting(text, PAIRS, '["SOL/USD"]')
    assert changed == 'a.b = 1\n[market]\npairs = ["SOL/USD"] # both\nbook_depth = 10\n'


@pytest.mark.parametrize(
    "text", ["risk = { positions_max = 4 }\n", "[risk\n", "[risk]\n[risk.daily_loss_max_percent]\n"]
)
def test_what_only_a_hand_can_change_is_refused_whole(text):
    with pytest.raises(ConfigError):
        with_setting(text, LOSS, "2")


@pytest.mark.parametrize("field", fields_by_key().values(), ids=lambda field: field.key)
def test_every_setting_of_the_example_can_be_changed_in_it(field):
    if field.note.is_secret:
        return
    text = example_toml()
    changed = with_setting(text, field, '"something else"')
    assert tomli.loads(changed)[field.section][field.name] == "something else"
    assert len(changed.splitlines()) == len(text.splitlines())


def test_change_is_checked_written_and_told_with_its_diff(tmp_path):
    file = settings_file(tmp_path / "h", "[risk]\npositions_max = 4\n")
    path = tmp_path / "h" / "config.toml"
    path.chmod(0o640)
    dry = file.change("risk.positions_max", "3", is_dry=True)
    assert (dry.before, dry.after, dry.is_written) == ("4", "3", False)
    assert path.read_text() == "[risk]\npositions_max = 4\n"
    done = file.change("risk.positions_max", " 3 ")
    assert done.is_written
    assert (
        done.diff
        == dry.diff
        == ("@@ -1,2 +1,2 @@", " [risk]", "-positions_max = 4", "+positions_max = 3")
    )
    assert (
        load_settings(config_file=None, home=path.parent, environ={}).settings.risk.positions_max
        == 3
    )
    assert path.stat().st_mode & 0o777 == 0o640
    assert sorted(one.name for one in path.parent.iterdir()) == ["config.toml", "config.undo.json"]


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("risk.positions_max", "21", "expected a whole number from 0 to 20"),
        ("risk.positions_max", "many", "expected a whole number"),
        ("console.theme", "pink", "expected one of"),
        ("market.pairs", "BTC/EUR", "is quoted in EUR"),
        ("risk.position_max", "1", "did you mean risk.positions_max"),
        ("venue.api_secret", "x", "is a secret"),
        ("venue.rest_url", "ftp://x", "begins with https://"),
    ],
)
def test_what_config_check_would_refuse_is_never_written(tmp_path, key, value, why):
    text = "[risk]\npositions_max = 4\n"
    file = settings_file(tmp_path / "h", text)
    with pytest.raises(ConfigError, match=why):
        file.change(key, value)
    assert [one.name for one in (tmp_path / "h").iterdir()] == ["config.toml"]
    assert (tmp_path / "h" / "config.toml").read_text() == text


def test_variable_that_goes_before_the_file_is_named(tmp_path):
    environ = {"TUI_TRADER_RISK__POSITIONS_MAX": "3"}
    file = settings_file(tmp_path / "h", "", environ)
    with pytest.raises(ConfigError, match="TUI_TRADER_RISK__POSITIONS_MAX, which goes before"):
        file.change("risk.positions_max", "2")


def test_last_change_is_undone_and_done_again(tmp_path):
    file = settings_file(tmp_path / "h")
    path = tmp_path / "h" / "config.toml"
    file.change("risk.positions_max", "3")
    assert path.stat().st_mode & 0o777 == 0o600
    undone = file.undo()
    assert (undone.before, undone.after) == ("3", "5")
    assert not path.exists()
    assert file.undo().after == "3"
    assert path.read_text() == "[risk]\npositions_max = 3\n"


def test_file_that_another_hand_changed_is_not_undone(tmp_path):
    file = settings_file(tmp_path / "h")
    with pytest.raises(ConfigError, match="nothing to undo"):
        file.undo()
    file.change("risk.positions_max", "3")
    path = tmp_path / "h" / "config.toml"
    path.write_text(path.read_text() + "# my note\n")
    with pytest.raises(ConfigError, match="another hand"):
        file.undo()
    assert path.read_text().endswith("# my note\n")


def test_link_stays_a_link(tmp_path):
    real = tmp_path / "dotfiles.toml"
    real.write_text("[risk]\npositions_max = 4\n")
    (tmp_path / "h").mkdir()
    (tmp_path / "h" / "config.toml").symlink_to(real)
    settings_file(tmp_path / "h").change("risk.positions_max", "3")
    assert (tmp_path / "h" / "config.toml").is_symlink()
    assert "positions_max = 3" in real.read_text()


def test_folder_that_cannot_be_written_is_said_and_nothing_is_changed(tmp_path, monkeypatch):
    file = settings_file(tmp_path / "h", "[risk]\npositions_max = 4\n")

    def full(*_):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ConfigError, match="No space left on device; nothing was changed"):
        file.change("risk.positions_max", "3")
    assert [one.name for one in (tmp_path / "h").iterdir()] == ["config.toml"]
