"""`config set` and `config undo`: one setting of the settings file, with what it was and what it becomes."""

import argparse
import os

from tui_trader.cli.exit_codes import EXIT_OK
from tui_trader.cli.narration import answer, tell
from tui_trader.cli.surroundings import chosen_config_file, chosen_home
from tui_trader.cli.table import print_json
from tui_trader.engine.config.rewriting import SettingChange, SettingsFile
from tui_trader.engine.settings.limit_table import limits

SET, UNDO = "set", "undo"


def change_settings(args: argparse.Namespace) -> int:
    """Write one setting, or put back what was written last.

    Raises:
        ConfigError: the setting cannot be had so; nothing was written.
    """
    file = SettingsFile(
        config_file=chosen_config_file(args), home=chosen_home(args), environ=os.environ
    )
    if args.action == SET:
        change = file.change(args.key, args.value, is_dry=args.dry_run)
    else:
        change = file.undo(is_dry=args.dry_run)
    if args.json:
        print_json(change)
        return EXIT_OK
    for line in change.diff:
        answer(line)
    tell(_words(change))
    return EXIT_OK


def _words(change: SettingChange) -> str:
    said = f"{change.key}: {change.before} → {change.after}"
    if change.before == change.after and change.diff:
        said = "the settings file as it was before `init`"
    if not change.is_written:
        return f"{said}; nothing was written (--dry-run)"
    when = "an engine reads it when it starts"
    if change.key in limits():
        when += "; the settings screen of the console tells a running one at once"
    return f"{said}, written to {change.path}; {when}"
