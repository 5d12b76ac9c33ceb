import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from tests.architecture.source_tree import ROOT
from tui_trader.actions import ACTIONS, STOP, TABS, Where
from tui_trader.actions.key_names import character_of, key_called, key_shown
from tui_trader.actions.key_table import FIXED, KEYS_MAX, KeyTable, clashes, remapped
from tui_trader.engine.values.errors import ConfigError

SCREENS = [tab.where for tab in TABS]
ALL_KEYS = sorted({key for action in ACTIONS for key in action.keys})


def table(**places):
    return remapped(places, source="keys.toml")


def action(keys, where, name):
    return next(row for row in keys.in_place(where) if row.name == name)


@pytest.mark.parametrize("key", ALL_KEYS)
def test_every_key_is_written_as_it_is_shown(key):
    assert key_called(key) == key
    assert key_called(key_shown(key)) == key


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("?", "question_mark"),
        ("B", "B"),
        ("^p", "ctrl+p"),
        ("Ctrl+P", "ctrl+P"),
        ("F9", "f9"),
        ("PgDn", "pagedown"),
        ("+", "plus"),
        ("ctrl++", "ctrl+plus"),
        ("shift+left", "shift+left"),
        ("space", "space"),
    ],
)
def test_keys_are_written_as_people_write_them(written, key):
    assert key_called(written) == key


@pytest.mark.parametrize(
    "written", ["", "foo", "hyper+x", "ctrl+m", "^i", " ", "ctrl+", "\x1b", "ctrl+\x07", "\u202e"]
)
def test_what_no_terminal_sends_is_no_key(written):
    with pytest.raises(ValueError, match=r"no key is called|a terminal sends"):
        key_called(written)


@given(st.text(max_size=12))
def test_garbage_is_a_key_or_a_sentence(text):
    try:
        key = key_called(text)
    except ValueError as fault:
        assert len(str(fault)) > 10  # noqa: PT017 either is fine
    else:
        assert key


def test_a_key_that_types_nothing_has_no_character():
    assert [character_of(key) for key in ("b", "slash", "plus", "f9", "enter")] == [
        "b",
        "/",
        "+",
        "",
        "",
    ]


def test_the_table_as_it_ships_has_no_clash():
    assert clashes(KeyTable()) == []


def test_a_wish_replaces_the_keys_and_what_is_shown():
    keys = table(desk={"ticket-buy": ["ctrl+g", "ctrl+b"]})
    row = action(keys, Where.DESK, "ticket-buy")
    assert (row.keys, row.shown) == (("ctrl+g", "ctrl+b"), "^g")
    assert keys.ids_by_key(Where.DESK)["ctrl+g"] == "ticket('buy')"
    assert "b" not in keys.ids_by_key(Where.DESK)
    assert action(keys, Where.DESK, "ticket-sell").keys == ("s",)


def test_a_row_that_speaks_for_others_says_their_keys_too():
    keys = table(orders={"move-back-20": ["ctrl+b"]})
    assert action(keys, Where.ORDERS, "move-20").shown == "^d ^b"


def test_an_action_without_a_key_is_not_offered():
    keys = table(screens={"palette": []})
    assert action(keys, Where.SCREENS, "palette").shown == ""
    assert "palette" not in {row.id for row in keys.bar(Where.DESK, "watch")}


def test_a_clash_names_both_actions():
    with pytest.raises(ConfigError) as fault:
        table(desk={"cancel-all": ["b"]})
    assert fault.value.source == "keys.toml"
    for words in ("b is the key of two actions", "[desk] ticket-buy", "[desk] cancel-all"):
        assert words in str(fault.value)


def test_a_key_of_every_screen_clashes_with_one_of_a_screen():
    with pytest.raises(ConfigError, match=r"\[screens\] help .* \[desk\] ticket-buy"):
        table(screens={"help": ["b"]})


def test_two_actions_may_change_places():
    keys = table(desk={"ticket-buy": ["s"], "ticket-sell": ["b"]})
    assert keys.ids_by_key(Where.DESK)["s"] == "ticket('buy')"


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ({"everywhere": {"stop": []}}, "STOP cannot be unbound"),
        ({"everywhere": {"theme": ["!"]}}, "everywhere] stop"),
        ({"desk": {"nope": ["n"]}}, "no such action"),
        ({"dusk": {}}, "places are everywhere, screens, desk"),
        ({"ticket": {"ticket-send": ["f9"]}}, "places are"),
        ({"desk": {"ticket-buy": ["foo"]}}, "no key is called 'foo'"),
        ({"desk": {"ticket-buy": list("123456789")}}, f"{KEYS_MAX} at most"),
    ],
)
def test_a_wish_that_cannot_be_had_says_why(places, words):
    with pytest.raises(ConfigError) as fault:
        remapped(places, source="keys.toml")
    assert words in str(fault.value)


def test_stop_may_have_more_keys_and_keeps_its_own():
    keys = table(everywhere={"stop": ["ctrl+g"]})
    assert set(keys.stop.keys) == {*STOP.keys, "ctrl+g"}
    assert keys.stop.shown == "!"


@given(
    st.dictionaries(
        st.sampled_from([(row.where, row.name) for row in ACTIONS if row.where not in FIXED]),
        st.lists(st.sampled_from(["b", "F9", "!", "ctrl+b", "z", "]"]), max_size=3),
        max_size=4,
    )
)
def test_whatever_is_wished_stop_keeps_its_key_in_every_place(wishes):
    places = {}
    for (where, name), keys in wishes.items():
        places.setdefault(where.name.lower(), {})[name] = keys
    try:
        keys = remapped(places, source="keys.toml")
    except ConfigError:
        return
    assert set(STOP.keys) <= set(keys.stop.keys)
    takers = {row.id for row in keys.actions if set(row.keys) & set(STOP.keys)}
    assert takers == {"stop"}
    assert clashes(keys) == []


def test_names_of_actions_are_one_of_a_kind_in_a_place():
    names = [(row.where, row.name) for row in ACTIONS]
    assert len(set(names)) == len(names)


def test_no_screen_takes_the_name_of_an_action_of_every_screen():
    shared = {row.id.split("(")[0] for row in KeyTable().in_place(Where.SCREENS)}
    own = {row.id.split("(")[0] for row in ACTIONS if row.where in SCREENS}
    assert shared & own == set()


def test_the_example_of_the_guide_can_be_had():
    page = (ROOT / "docs" / "console.md").read_text()
    example = page.split("```toml\n")[1].split("```")[0]
    places = tomli.loads(example)
    wishes = {
        place: {name: [keys] if isinstance(keys, str) else keys for name, keys in rows.items()}
        for place, rows in places.items()
    }
    assert action(remapped(wishes, source="guide"), Where.DESK, "cancel-all").shown == "C"
