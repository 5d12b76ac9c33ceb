"""What the documents promise exists."""

import os
import re

import pytest

from tests.architecture.source_tree import ROOT, name_of, tracked_files

LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)\s]*)?\)")
PAGES = [path for path in tracked_files() if path.suffix == ".md"]


def fenced_commands(text: str) -> list[str]:
    """Lines of the shell blocks, without prompts and comments."""
    blocks = re.findall(r"^```(?:bash|sh|shell|console)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = (line.strip().removeprefix("$ ") for block in blocks for line in block.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("script", ["scripts/run", "scripts/test"])
def test_readme_names_the_two_commands_a_newcomer_needs(script):
    commands = fenced_commands((ROOT / "README.md").read_text())
    assert any(command.split()[0].removeprefix("./") == script for command in commands)


def test_scripts_that_documents_name_can_be_run():
    named = {
        match.removesuffix(".")
        for page in PAGES
        for match in re.findall(r"(?<![\w/])(?:scripts|\.ci)/[a-z]+", page.read_text())
    }
    assert named
    assert [name for name in sorted(named) if not os.access(ROOT / name, os.X_OK)] == []


def test_links_between_documents_lead_somewhere():
    dead = [
        f"{name_of(page)}: {target}"
        for page in PAGES
        for target in LINK.findall(page.read_text())
        if "://" not in target and not target.startswith("mailto:")
        if not (page.parent / target).exists()
    ]
    assert dead == []


def test_every_decision_is_in_the_index_and_numbered_once():
    folder = ROOT / "docs" / "decisions"
    linked = LINK.findall((folder / "README.md").read_text())
    pages = sorted(path.name for path in folder.glob("*.md") if path.name != "README.md")
    assert sorted(target for target in linked if re.match(r"\d{4}-", target)) == pages
    assert [page[:4] for page in pages] == [f"{n:04}" for n in range(1, len(pages) + 1)]


def test_changelog_has_unreleased_on_top():
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == "[Unreleased]"
