"""Every room that stands is held to every contract that concerns it, and no contract names a ghost.

The contracts themselves are in pyproject.toml and run with lint-imports; this keeps them complete.
"""

import re

import pytest

from tests.architecture.source_tree import ENGINE, PACKAGE, ROOT, pyproject, rooms_in

CONTRACTS = {
    contract["name"]: contract for contract in pyproject()["tool"]["importlinter"]["contracts"]
}
PURE = [
    "core",
    "state",
    "rules",
    "ports",
    "messages",
    "settings",
    "values",
    "strategies",
    "analysis",
    "exchanges.simulator",
]
LIGHT = ["core", "state", "rules", "ports", "client", "messages", "settings", "values"]
CONSOLE = ["app", "screens", "widgets", "actions", "themes"]
VOCABULARY = {"client", "messages", "ports", "settings", "state", "values"}
PLUGS = ["exchanges", "sources", "learning", "stores", "alerts", "strategies"]
PLUG_INS = ["strategies", "sources", "alerts"]

PURE_RING = "The pure ring: no clock, no chance, no I/O"
LIGHT_CORE = "The core and its vocabulary are light"
BLIND_SESSION = "The session knows sockets (ports), not plugs (adapters)"
NARROW_CONSOLE = "The console knows the vocabulary, not the machinery"
NO_NEIGHBOURS = "A plug-in never imports its neighbour"


def stands(room: str, folder=ENGINE) -> bool:
    path = folder.joinpath(*room.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def in_engine(rooms) -> set[str]:
    return {f"tui_trader.engine.{room}" for room in rooms if stands(room)}


def in_console(rooms) -> set[str]:
    return {f"tui_trader.{room}" for room in rooms if stands(room, PACKAGE)}


def own_modules(contract_name: str, key: str) -> set[str]:
    """Modules of ours that the contract names, without the trailing wildcard of a plug-in room."""
    modules = CONTRACTS.get(contract_name, {}).get(key, ())
    return {name.removesuffix(".*") for name in modules if name.startswith("tui_trader")}


COVERAGE = [
    (PURE_RING, "source_modules", in_engine(PURE)),
    (LIGHT_CORE, "source_modules", in_engine(LIGHT)),
    (BLIND_SESSION, "source_modules", in_engine(["session"])),
    (BLIND_SESSION, "forbidden_modules", in_engine(PLUGS) if stands("session") else set()),
    (NARROW_CONSOLE, "source_modules", in_console(CONSOLE)),
    (
        NARROW_CONSOLE,
        "forbidden_modules",
        in_engine(rooms_in(ENGINE) - VOCABULARY) if in_console(CONSOLE) else set(),
    ),
    (NO_NEIGHBOURS, "modules", in_engine(PLUG_INS)),
]


@pytest.mark.parametrize(("name", "key", "expected"), COVERAGE)
def test_contract_names_exactly_the_rooms_that_stand(name, key, expected):
    named = own_modules(name, key)
    assert named == expected, (
        f"{name!r}, {key}: add {sorted(expected - named)}, take away {sorted(named - expected)}"
    )


def test_launch_is_protected_once_it_stands():
    protected = {
        module
        for contract in CONTRACTS.values()
        if contract["type"] == "protected" and contract["allowed_importers"] == ["tui_trader.cli"]
        for module in contract["protected_modules"]
    }
    assert protected == in_engine(["launch"])


@pytest.mark.parametrize("container", ["tui_trader", "tui_trader.engine"])
def test_layers_name_every_room_and_bracket_only_what_is_planned(container):
    (layers,) = (
        contract["layers"]
        for contract in CONTRACTS.values()
        if contract["type"] == "layers" and contract["containers"] == [container]
    )
    words = {word for layer in layers for word in re.split(r"\s*\|\s*", layer)}
    planned = {word.strip("()") for word in words if word.startswith("(")}
    standing = rooms_in(ROOT.joinpath(*container.split(".")))
    assert {word for word in words if not word.startswith("(")} == standing
    assert planned & standing == set()


@pytest.mark.parametrize("contract", [c for c in CONTRACTS.values() if c["type"] == "layers"])
def test_a_new_room_is_a_decision(contract):
    assert contract["exhaustive"] is True


@pytest.mark.parametrize("room", PURE)
def test_pure_room_bans_the_calls_that_contracts_cannot_see(room):
    folder = ENGINE.joinpath(*room.split("."))
    if not folder.is_dir():
        return
    extends = re.search(r'^extend = "(.+)"$', (folder / "ruff.toml").read_text(), re.MULTILINE)
    assert (folder / extends[1]).resolve() == ROOT / "ruff-pure-ring.toml"
