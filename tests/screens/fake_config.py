"""`tui-trader config` as the settings screen calls it, without loading anything: python -I -S fake_config.py HOME ...

It writes one line a setting, refuses what is no number where one is meant, and undoes the last change.
"""

import json
import sys
from pathlib import Path


def tell(document: object) -> None:
    sys.stdout.write(json.dumps(document) + "\n")


def refuse(words: str) -> None:
    sys.stderr.write(f"tui-trader: {words}\n")
    sys.exit(2)


def change(home: Path, key: str, after: str, *, is_dry: bool) -> None:
    path = home / "config.json"
    state = json.loads(path.read_text())
    before = state["values"].get(key, "5")
    diff = [] if before == after else ["@@", f"-{key} = {before}", f"+{key} = {after}  # mine"]
    if not is_dry:
        path.write_text(
            json.dumps({"values": state["values"] | {key: after}, "undo": [key, before]})
        )
    tell(
        {
            "key": key,
            "before": before,
            "after": after,
            "path": str(home / "config.toml"),
            "diff": diff,
            "is_written": not is_dry,
        }
    )


def main() -> None:
    words = [word for word in sys.argv[1:] if word not in {"--json", "--dry-run"}]
    home, is_dry = Path(words.pop()), "--dry-run" in sys.argv
    match words:
        case ["config", "show"]:
            values = json.loads((home / "config.json").read_text())["values"]
            source = str(home / "config.toml:1")
            rows = [{"key": k, "value": v, "source": source, "help": ""} for k, v in values.items()]
            file = None if "first" in home.name else str(home / "config.toml")
            tell({"settings": rows, "config_path": file})
        case ["config", "set", key, value]:
            if key.endswith("_max") and not (value.isdecimal() and int(value) <= 20):
                refuse(
                    f"what was typed: {key}: expected a whole number from 0 to 20, found {value}"
                )
            change(home, key, value if value.isdecimal() else json.dumps(value), is_dry=is_dry)
        case ["init", "--yes", *answers]:
            (home / "answers.json").write_text(json.dumps(answers))
            tell({})
        case ["config", "undo"]:
            undo = json.loads((home / "config.json").read_text()).get("undo")
            if not undo:
                refuse("nothing to undo: no setting of this file was changed by `config set`")
            change(home, *undo, is_dry=is_dry)
        case _:
            refuse(f"unknown call {words}")


if __name__ == "__main__":
    main()
