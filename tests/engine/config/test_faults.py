import pytest

from tests.engine.config.settings_files import SettingsHome


@pytest.fixture
def home(isolated_home) -> SettingsHome:
    return SettingsHome(isolated_home)


def section(name: str, line: str) -> str:
    return f"[{name}]\n{line}\n"


LONG = "9" * 5_000

TOML_FAULTS = {
    "unknown key, nearest named": (
        section("limits", "open_order_max = 5"),
        ["config.toml:2: limits.open_order_max: unknown key; did you mean open_orders_max?"],
    ),
    "unknown key, all named": (
        section("console", "zebra = 5"),
        [
            "config.toml:2: console.zebra: unknown key; there are: armed_minutes, idle_minutes, fps, theme, glyphs, bell, desktop_notes"
        ],
    ),
    "key of another section": (
        section("limits", "fps = 5"),
        ["config.toml:2: limits.fps: unknown key here; fps belongs in [console]"],
    ),
    "key outside its section": (
        "fps = 5",
        ["config.toml:1: fps: stands outside its section; it belongs below [console]"],
    ),
    "unknown key at the top": (
        "zebra = 5",
        ["config.toml:1: zebra: unknown key"],
    ),
    "unknown section, nearest named": (
        section("limit", "x = 1"),
        ["config.toml:1: limit: unknown section; did you mean limits?"],
    ),
    "unknown section, all named": (
        section("zebra", "x = 1"),
        [
            "config.toml:1: zebra: unknown section; there are: market, limits, rules, risk, execution"
        ],
    ),
    "section that is a value": (
        "limits = 5",
        ["config.toml:1: limits: expected a section [limits], found 5"],
    ),
    "section that is a list of tables": (
        "[[limits]]\nopen_orders_max = 5",
        ["config.toml:1: limits: expected a section [limits], found [a table]"],
    ),
    "float for a whole number": (
        section("limits", "open_orders_max = 3.5"),
        ["config.toml:2: limits.open_orders_max: expected a whole number from 1 to 500, found 3.5"],
    ),
    "float without fraction for a whole number": (
        section("limits", "open_orders_max = 3.0"),
        ["limits.open_orders_max: expected a whole number from 1 to 500, found 3.0"],
    ),
    "text for a whole number": (
        section("limits", 'open_orders_max = "5"'),
        ["expected a whole number from 1 to 500, found '5'"],
    ),
    "truth for a whole number": (
        section("limits", "open_orders_max = true"),
        ["expected a whole number from 1 to 500, found true"],
    ),
    "list for a whole number": (
        section("limits", "open_orders_max = [5]"),
        ["expected a whole number from 1 to 500, found [5]"],
    ),
    "table for a whole number": (
        section("limits", "open_orders_max = {a = 5}"),
        ["config.toml:2: limits.open_orders_max:", "found a table"],
    ),
    "text for a number": (
        section("limits", 'stale_after_s = "soon"'),
        ["expected a number from 2 to 120 (seconds), found 'soon'"],
    ),
    "truth for a number": (
        section("limits", "stale_after_s = false"),
        ["expected a number from 2 to 120 (seconds), found false"],
    ),
    "date for a number": (
        section("limits", "stale_after_s = 2026-01-01"),
        ["expected a number from 2 to 120 (seconds), found 2026-01-01"],
    ),
    "not a number": (
        section("limits", "stale_after_s = nan"),
        ["expected a number from 2 to 120 (seconds), found NaN"],
    ),
    "infinite": (
        section("limits", "order_value_max_quote = inf"),
        ["expected a number from 0 to 100,000,000 (quote asset), found Infinity"],
    ),
    "number for text": (
        section("console", "theme = 5"),
        ["console.theme: expected one of dark, light, contrast, colour-blind, none, found 5"],
    ),
    "number for an asset": (
        section("market", "quote_asset = 5"),
        ["market.quote_asset: expected text, found 5"],
    ),
    "below the bound": (
        section("limits", "price_collar_percent = 0.05"),
        ["expected a number from 0.1 to 50 (percent), found 0.05"],
    ),
    "above the bound": (
        section("limits", "order_value_max_quote = 1e9"),
        ["expected a number from 0 to 100,000,000 (quote asset), found 1000000000"],
    ),
    "ten times the bound, negative": (
        section("demo", "cash = -10_000"),
        ["demo.cash: expected a number from 0 to 1,000,000,000 (USD), found -10000"],
    ),
    "absurd exponent": (
        section("limits", "order_value_max_quote = 1e999999"),
        ["found 1E+999999"],
    ),
    "exponent beyond Decimal": (
        section("limits", "order_value_max_quote = 1e99999999999999999999999"),
        ["config.toml: holds a value that cannot be read: too many digits"],
    ),
    "thousands of digits": (
        section("limits", f"open_orders_max = {LONG}"),
        ["config.toml: holds a value that cannot be read: too many digits"],
    ),
    "not a choice": (
        section("console", 'theme = "blue"'),
        [
            "config.toml:2: console.theme: expected one of dark, light, contrast, colour-blind, none, found 'blue'"
        ],
    ),
    "not a choice of numbers": (
        section("market", "book_depth = 11"),
        ["market.book_depth: expected one of 10, 25, 100, found 11"],
    ),
    "duplicate key": (
        "[limits]\nopen_orders_max = 5\n\nopen_orders_max = 6\n",
        ["config.toml:4: limits.open_orders_max: is there twice; the first is in line 2"],
    ),
    "duplicate section": (
        "[limits]\nopen_orders_max = 5\n[demo]\n[limits]\n",
        ["config.toml:4: limits: is there twice; the first is in line 1"],
    ),
    "no closing quote": (
        section("console", 'theme = "dark'),
        ["config.toml:2: console.theme: is not TOML:", "(column "],
    ),
    "no value": (
        section("console", "theme ="),
        ["config.toml:2: console.theme: is not TOML: invalid value (column 8)"],
    ),
    "unquoted text": (
        section("console", "theme = dark"),
        ["config.toml:2: console.theme: is not TOML"],
    ),
    "nonsense": ("this is no toml", ["config.toml:1: is not TOML:"]),
    "not UTF-8": (
        b'[console]\ntheme = "d\xe4rk"\n',
        ["config.toml:2: is not UTF-8 (byte 21); save it as UTF-8"],
    ),
    "arrays without end": (
        f"[market]\npairs = {'[' * 5_000}",
        ["config.toml"],
    ),
    "too large": (
        "#" * 1_000_001,
        ["config.toml: is larger than 1000000 bytes"],
    ),
    "key in the settings file": (
        section("venue", 'api_key = "abcdefgh"'),
        ["config.toml:2: venue.api_key: is a secret", "TUI_TRADER_VENUE__API_KEY=… into .env"],
    ),
    "secret of a wrong kind": (
        section("venue", "api_secret = 12345678"),
        ["venue.api_secret: is a secret and must not be in this file"],
    ),
    "pair in lower case": (
        section("market", 'pairs = ["btc/usd"]'),
        ["market.pairs: expected pairs as BASE/QUOTE, found 'btc/usd'; did you mean BTC/USD?"],
    ),
    "pair with a hyphen": (
        section("market", 'pairs = ["BTC-USD"]'),
        ["found 'BTC-USD'; did you mean BTC/USD?"],
    ),
    "pair that is none": (
        section("market", 'pairs = ["bitcoin"]'),
        ["config.toml:2: market.pairs: expected pairs as BASE/QUOTE, found 'bitcoin'"],
    ),
    "pair of another quote": (
        section("market", 'pairs = ["BTC/EUR"]'),
        ["market.pairs: BTC/EUR is quoted in EUR, but market.quote_asset is 'USD'"],
    ),
    "pair of an asset with itself": (
        section("market", 'pairs = ["USD/USD"]'),
        ["market.pairs: USD/USD trades an asset for itself"],
    ),
    "pair twice": (
        section("market", 'pairs = ["BTC/USD", "ETH/USD", "BTC/USD"]'),
        ["market.pairs: BTC/USD is there 2 times; keep one"],
    ),
    "no pair": (
        section("market", "pairs = []"),
        ["market.pairs: expected a list of 1 to 20 pairs, found []"],
    ),
    "too many pairs": (
        section("market", f"pairs = {[f'A{n}/USD' for n in range(21)]}"),
        ["market.pairs: expected a list of 1 to 20 pairs, found ['A0/USD', 'A1/USD', "],
    ),
    "one pair without a list": (
        section("market", 'pairs = "BTC/USD"'),
        ["market.pairs: expected a list of 1 to 20 pairs, found 'BTC/USD'"],
    ),
    "number among the pairs": (
        section("market", 'pairs = ["BTC/USD", 5]'),
        ["market.pairs: expected a list of 1 to 20 pairs, found ['BTC/USD', 5]"],
    ),
    "quote that no default pair has": (
        section("market", 'quote_asset = "EUR"'),
        ["market.pairs: BTC/USD is quoted in USD, but market.quote_asset is 'EUR'"],
    ),
    "quote that is no asset": (
        section("market", 'quote_asset = "US Dollar"'),
        ["config.toml:2: market.quote_asset: expected an asset such as USD, found 'US Dollar'"],
    ),
    "address without scheme": (
        section("venue", 'rest_url = "api.kraken.com"'),
        ["venue.rest_url: expected an address that begins with https://, found 'api.kraken.com'"],
    ),
    "address with a password": (
        section("venue", 'ws_public_url = "wss://me:pass@host"'),
        ["venue.ws_public_url: expected an address that begins with wss://"],
    ),
    "escape sequence in a value": (
        section("console", r'theme = "\u001b]52;c;x\u0007"'),
        [
            "console.theme: expected one of dark, light, contrast, colour-blind, none, found ']52;c;x'"
        ],
    ),
}

ENVIRONMENT_FAULTS = {
    "unknown variable, nearest named": (
        {"TUI_TRADER_DEMO__SEDD": "1"},
        ["TUI_TRADER_DEMO__SEDD: unknown variable; did you mean TUI_TRADER_DEMO__SEED?"],
    ),
    "unknown variable, nothing near": (
        {"TUI_TRADER_ZEBRA": "1"},
        ["TUI_TRADER_ZEBRA: unknown variable"],
    ),
    "one underscore": (
        {"TUI_TRADER_DEMO_SEED": "1"},
        ["TUI_TRADER_DEMO_SEED: unknown variable; did you mean TUI_TRADER_DEMO__SEED?"],
    ),
    "small letters": (
        {"tui_trader_demo__seed": "1"},
        ["tui_trader_demo__seed: unknown variable; did you mean TUI_TRADER_DEMO__SEED?"],
    ),
    "fraction for a whole number": (
        {"TUI_TRADER_DEMO__SEED": "1.5"},
        ["TUI_TRADER_DEMO__SEED: demo.seed: expected a whole number from 0 to", "found '1.5'"],
    ),
    "empty number": (
        {"TUI_TRADER_DEMO__CASH": ""},
        ["TUI_TRADER_DEMO__CASH: demo.cash: expected a number", "found ''"],
    ),
    "not a number": (
        {"TUI_TRADER_DEMO__CASH": "NaN"},
        ["demo.cash: expected a number from 0 to 1,000,000,000 (USD), found NaN"],
    ),
    "infinite": (
        {"TUI_TRADER_DEMO__CASH": "-Infinity"},
        ["demo.cash: expected a number", "found -Infinity"],
    ),
    "choice with spaces inside": (
        {"TUI_TRADER_CONSOLE__THEME": "da rk"},
        [
            "TUI_TRADER_CONSOLE__THEME: console.theme: expected one of dark, light, contrast, colour-blind, none, found 'da rk'"
        ],
    ),
    "broken list": (
        {"TUI_TRADER_MARKET__PAIRS": '["BTC/USD"'},
        ["TUI_TRADER_MARKET__PAIRS: market.pairs: expected a list of 1 to 20 pairs"],
    ),
    "pair of another quote": (
        {"TUI_TRADER_MARKET__PAIRS": "BTC/USD,ETH/EUR"},
        ["TUI_TRADER_MARKET__PAIRS: market.pairs: ETH/EUR is quoted in EUR"],
    ),
    "thousands of digits": (
        {"TUI_TRADER_DEMO__SEED": LONG},
        ["TUI_TRADER_DEMO__SEED: demo.seed: expected a whole number", "…"],
    ),
}

DOTENV_FAULTS = {
    "unknown variable": (
        "# mine\nTUI_TRADER_DEMO__SEDD=1\n",
        [".env:2: TUI_TRADER_DEMO__SEDD: unknown variable; did you mean TUI_TRADER_DEMO__SEED?"],
    ),
    "wrong kind": (
        "TUI_TRADER_DEMO__SEED=many\n",
        [".env:1: demo.seed: expected a whole number", "found 'many'"],
    ),
    "twice": (
        "TUI_TRADER_DEMO__SEED=1\nTUI_TRADER_DEMO__SEED=2\n",
        [".env:2: TUI_TRADER_DEMO__SEED: is there twice; the first is at ", ".env:1"],
    ),
    "no value": (
        "TUI_TRADER_DEMO__SEED\n",
        [".env:1: TUI_TRADER_DEMO__SEED: has no value; write NAME=value"],
    ),
    "no assignment": (
        "TUI_TRADER_DEMO__SEED=1\n=5 what\n",
        [".env:2: is no line of the form NAME=value"],
    ),
    "home inside the home": (
        "TUI_TRADER_HOME=/elsewhere\n",
        [".env:1: TUI_TRADER_HOME: cannot be set here"],
    ),
    "mode": ("TUI_TRADER_MODE=demo\n", [".env:1: TUI_TRADER_MODE: cannot be set here"]),
}


@pytest.mark.parametrize(("toml", "parts"), TOML_FAULTS.values(), ids=TOML_FAULTS)
def test_fault_in_the_file_is_told_with_its_place(home, toml, parts):
    message = home.write(toml).fault()
    assert [part for part in parts if part not in message] == [], message


@pytest.mark.parametrize(
    ("environ", "parts"), ENVIRONMENT_FAULTS.values(), ids=list(ENVIRONMENT_FAULTS)
)
def test_fault_in_the_environment_is_told_with_its_variable(home, environ, parts):
    message = home.fault(**environ)
    assert [part for part in parts if part not in message] == [], message


@pytest.mark.parametrize(("dotenv", "parts"), DOTENV_FAULTS.values(), ids=list(DOTENV_FAULTS))
def test_fault_in_dotenv_is_told_with_its_line(home, dotenv, parts):
    message = home.write(dotenv=dotenv).fault()
    assert [part for part in parts if part not in message] == [], message


def test_all_faults_of_all_sources_come_at_once_in_order(home):
    home.write("[limits]\nfps = 1\nopen_orders_max = 0\n", "TUI_TRADER_DEMO__SEED=x\n")
    first, *lines = home.fault(TUI_TRADER_CONSOLE__FPS="0").splitlines()
    assert first == "4 things are wrong in the settings:"
    places = [line.split(": ")[0].rpartition("/")[2].strip() for line in lines]
    assert places == ["config.toml:2", "config.toml:3", ".env:1", "TUI_TRADER_CONSOLE__FPS"]


def test_fault_is_told_even_where_a_stronger_source_hides_it(home):
    home.write(section("demo", "seed = -1"))
    assert "demo.seed" in home.fault(TUI_TRADER_DEMO__SEED="5")


def test_hundreds_of_faults_are_cut(home):
    message = home.write("[limits]\n" + "\n".join(f"z{n} = 1" for n in range(200))).fault()
    assert "200 things are wrong" in message
    assert "… and 170 more" in message


def test_named_file_that_is_missing_is_told(home):
    message = home.fault(config_file=home.path / "absent.toml")
    assert "absent.toml: there is no such file; name another with --config" in message


def test_folder_in_place_of_the_file_is_told(home):
    assert "is a folder; a file was expected" in home.fault(config_file=home.path)


def test_broken_link_in_place_of_the_file_is_told(home):
    home.config.symlink_to(home.path / "nowhere")
    assert "there is no such file" in home.fault()


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_dotenv_with_secrets_that_others_may_read_is_refused(home, mode):
    home.write(dotenv="TUI_TRADER_VENUE__API_KEY=abcdefgh\n", mode=mode)
    message = home.fault()
    assert f"holds secrets, and others may open it (mode {mode:04o}); run: chmod 600" in message
    assert "abcdefgh" not in message


def test_secret_is_in_no_message(home):
    home.write(
        section("venue", 'api_key = "topsecret1"'),
        "TUI_TRADER_VENUE__API_SECRET=topsecret2\n",
        0o644,
    )
    message = home.fault(
        TUI_TRADER_VENUE__API_KEY="topsecret3", TUI_TRADER_VENUE__API_KE="topsecret4"
    )
    assert "topsecret" not in message
