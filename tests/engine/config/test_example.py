from pathlib import Path

from tests.engine.config.settings_files import SettingsHome
from tui_trader.engine.config.example import example_dotenv, example_toml
from tui_trader.engine.config.fields import all_fields
from tui_trader.engine.settings.model import Settings

ROOT = Path(__file__).resolve().parents[3]
AGAIN = "write it again: python -m tui_trader config example"


def test_shipped_example_is_what_the_code_writes():
    assert (ROOT / "config.example.toml").read_text() == example_toml(), f"{AGAIN} --toml"


def test_shipped_dotenv_is_what_the_code_writes():
    assert (ROOT / ".env.example").read_text() == example_dotenv(), f"{AGAIN} --env"


def test_example_loads_to_exactly_the_defaults_and_names_every_setting(isolated_home):
    loaded = SettingsHome(isolated_home).write(example_toml()).load()
    assert loaded.settings == Settings()
    open_to_all = {field.key for field in all_fields() if not field.note.is_secret}
    assert {row.key for row in loaded.rows if row.source != "default"} == open_to_all


def test_dotenv_example_loads_to_the_defaults_as_shipped_and_with_every_line_open(isolated_home):
    home = SettingsHome(isolated_home)
    assert home.write(dotenv=example_dotenv()).load().settings == Settings()
    opened = example_dotenv().replace("# TUI_TRADER_", "TUI_TRADER_")
    lines = [line for line in opened.splitlines() if "=" in line or line.startswith("#")]
    assert home.write(dotenv="\n".join(lines)).load().settings == Settings()


def test_no_secret_is_in_the_example():
    assert "api_key =" not in example_toml()
    assert "api_secret =" not in example_toml()
