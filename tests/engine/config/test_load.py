from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.config.settings_files import SettingsHome
from tui_trader.engine.config.fields import KINDS, all_fields, sections
from tui_trader.engine.config.load import MASK, load_settings, toml_value
from tui_trader.engine.config.toml_lines import key_lines
from tui_trader.engine.config.variable_layers import parse_text
from tui_trader.engine.settings.model import Settings
from tui_trader.engine.values.errors import ConfigError


@pytest.fixture
def home(isolated_home) -> SettingsHome:
    return SettingsHome(isolated_home)


def sources(loaded) -> dict[str, str]:
    return {row.key: row.source for row in loaded.rows}


def values(loaded) -> dict[str, str]:
    return {row.key: row.value for row in loaded.rows}


def test_without_any_source_the_defaults_count(home):
    loaded = home.load()
    assert loaded.settings == Settings()
    assert set(sources(loaded).values()) == {"default"}
    assert loaded.config_path is None


def test_home_need_not_exist(isolated_home):
    loaded = load_settings(config_file=None, home=isolated_home / "absent", environ={})
    assert loaded.settings == Settings()


def test_each_source_goes_before_the_next(home):
    home.write(
        "[demo]\nseed = 2\ncash = 2\nspeed = 2\n",
        "TUI_TRADER_DEMO__SEED=3\nTUI_TRADER_DEMO__CASH=3\n",
    )
    loaded = home.load(TUI_TRADER_DEMO__SEED="4")
    demo = loaded.settings.demo
    assert (demo.seed, demo.cash, demo.speed) == (4, Decimal(3), Decimal(2))
    found = sources(loaded)
    assert found["demo.seed"] == "TUI_TRADER_DEMO__SEED"
    assert found["demo.cash"] == f"{home.dotenv}:2"
    assert found["demo.speed"] == f"{home.config}:4"
    assert found["console.fps"] == "default"


def test_named_file_replaces_the_one_of_the_home(home, tmp_path):
    home.write("[demo]\nseed = 2\n")
    other = tmp_path / "other.toml"
    other.write_text("[demo]\ncash = 5\n")
    loaded = home.load(config_file=other)
    assert (loaded.settings.demo.seed, loaded.settings.demo.cash) == (1, Decimal(5))
    assert loaded.config_path == other


def test_dotenv_beside_the_named_file_counts_when_the_home_has_none(home, tmp_path):
    other = tmp_path / "other.toml"
    other.write_text("")
    (tmp_path / ".env").write_text("TUI_TRADER_DEMO__SEED=7\n")
    assert home.load(config_file=other).settings.demo.seed == 7
    home.write(dotenv="TUI_TRADER_DEMO__SEED=8\n")
    assert home.load(config_file=other).settings.demo.seed == 8


def test_numbers_arrive_digit_by_digit(home):
    home.write(
        "[limits]\norder_value_max_quote = 0.1234567890123456789\nprice_collar_percent = 5\n"
    )
    limits = home.load().settings.limits
    assert limits.order_value_max_quote == Decimal("0.1234567890123456789")
    assert limits.price_collar_percent == Decimal(5)
    assert isinstance(limits.price_collar_percent, Decimal)


@pytest.mark.parametrize(
    "text", ["BTC/USD,ETH/USD", " BTC/USD , ETH/USD ", '["BTC/USD", "ETH/USD"]']
)
def test_list_in_a_variable_is_commas_or_json(home, text):
    loaded = home.load(TUI_TRADER_MARKET__PAIRS=text)
    assert loaded.settings.market.pairs == ("BTC/USD", "ETH/USD")


def test_variables_of_others_are_left_alone(home):
    home.write(dotenv="PATH=/bin\nOTHER=1\nTUI_TRADER_DEMO__SEED=5\n")
    loaded = home.load(PATH="/bin", TUI_TRADERS="1", TUI_TRADER_HOME="x", TUI_TRADER_REAL_DATA="y")
    assert loaded.settings.demo.seed == 5


def test_secrets_come_from_dotenv_and_are_masked(home):
    home.write(dotenv="TUI_TRADER_VENUE__API_KEY=abcdefgh\n")
    loaded = home.load(TUI_TRADER_VENUE__API_SECRET="ijklmnop")
    assert loaded.settings.venue.api_key == "abcdefgh"
    assert loaded.settings.venue.api_secret == "ijklmnop"
    assert values(loaded)["venue.api_key"] == MASK
    assert values(loaded)["venue.api_secret"] == MASK
    assert "abcdefgh" not in str(loaded.rows)


def test_dotenv_without_secrets_may_be_open(home):
    home.write(dotenv="TUI_TRADER_DEMO__SEED=5\n", mode=0o644)
    assert home.load().settings.demo.seed == 5


def test_file_with_byte_order_mark_and_windows_lines_is_read(home):
    home.write(b"\xef\xbb\xbf[demo]\r\nseed = 5\r\n")
    loaded = home.load()
    assert loaded.settings.demo.seed == 5
    assert sources(loaded)["demo.seed"] == f"{home.config}:2"


@pytest.mark.parametrize(
    ("toml", "line"),
    [
        ("demo.seed = 5\n", 1),
        ("\n\ndemo = {cash = 1, seed = 5}\n", 3),
        ("[demo]\n# seed = 1\ncash = 1 # [limits]\nseed = 5\n", 4),
        ('[market]\npairs = [\n  "BTC/USD", # ]\n]\n[demo]\nseed = 5\n', 6),
        ('[console]\ntheme = """\\\ndark"""\n[demo]\n"seed" = 5\n', 5),
    ],
)
def test_place_of_a_setting_is_its_line(home, toml, line):
    loaded = home.write(toml).load()
    assert loaded.settings.demo.seed == 5
    assert sources(loaded)["demo.seed"] == f"{home.config}:{line}"


def test_every_setting_has_a_note_a_kind_and_a_default_within_its_bounds(home):
    assert len(all_fields()) == sum(len(struct.__struct_fields__) for struct in sections().values())
    for field in all_fields():
        assert field.kind in KINDS
        assert field.note.help.endswith((".", ";")), field.key
        is_number = field.kind in {int, Decimal}
        has_bounds = field.note.minimum is not None and field.note.maximum is not None
        assert not is_number or has_bounds or field.note.choices, f"{field.key} has no bounds"


@pytest.mark.parametrize("field", all_fields(), ids=lambda field: field.key)
def test_default_given_by_variable_and_by_file_is_the_default(home, field):
    text = toml_value(field.default)
    loaded = home.load(**{field.variable: text.strip('"')})
    assert loaded.settings == Settings()
    assert sources(loaded)[field.key] == field.variable
    if not field.note.is_secret:
        loaded = home.write(f"[{field.section}]\n{field.name} = {text}\n").load()
        assert loaded.settings == Settings()
        assert sources(loaded)[field.key] == f"{home.config}:2"


@given(st.text())
def test_scanner_of_lines_never_fails(text):
    assert all(line >= 1 for _, line in key_lines(text))


@given(st.sampled_from(all_fields()), st.text())
def test_any_text_of_a_variable_is_read_or_left_as_text(field, text):
    parse_text(field, text)


@given(st.binary(max_size=200))
def test_any_bytes_as_a_file_are_settings_or_a_fault(tmp_path_factory, content):
    home = SettingsHome(Path(tmp_path_factory.getbasetemp()) / "any")
    home.write(b"[demo]\n" + content)
    with suppress(ConfigError):
        home.load()
