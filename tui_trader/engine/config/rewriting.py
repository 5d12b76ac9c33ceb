"""The settings file written anew with one setting changed: checked as a whole first, whole or not at all, undoable once.

Law: nothing is written that `config check` would refuse; a secret is never written; a file that somebody
else has changed since is not undone.
"""

import os
from collections.abc import Mapping
from decimal import Decimal
from difflib import unified_diff
from hashlib import sha256
from pathlib import Path

import msgspec
import tomli

from tui_trader.engine.config.checks import broken_rules
from tui_trader.engine.config.editing import with_setting
from tui_trader.engine.config.faults import config_error, unknown
from tui_trader.engine.config.fields import Field, all_fields, fields_by_key
from tui_trader.engine.config.files import read_text
from tui_trader.engine.config.layers import Layer
from tui_trader.engine.config.load import CONFIG_NAME, LoadedSettings, load_settings, toml_value
from tui_trader.engine.config.schema import check_layer
from tui_trader.engine.config.variable_layers import parse_text
from tui_trader.engine.messages.queries import SettingRow
from tui_trader.engine.settings.model import Settings
from tui_trader.engine.values.errors import ConfigError

UNDO_NAME = "config.undo.json"
_PRIVATE = 0o600
_ANY_KEY = "console.theme"
"""What an undone first set-up is told by: it has no one key."""


class SettingChange(msgspec.Struct, frozen=True, kw_only=True):
    """One setting of a file, before and after.

    Args:
        before: What is in force without the change, as TOML writes it; `after` with it.
        diff: Lines of a unified diff of the file.
        is_written: The file has been changed; otherwise this is what would be.
    """

    key: str
    before: str
    after: str
    path: str
    diff: tuple[str, ...]
    is_written: bool = False


class _Undo(msgspec.Struct, frozen=True, kw_only=True):
    """What the last change replaced; `text` is None where there was no file."""

    key: str
    path: str
    text: str | None
    written: str


class SettingsFile:
    """The settings file of one home.

    Args:
        config_file: The one that was named, or None for the home's own.
        environ: Environment of the process: what it sets, the file cannot.
    """

    def __init__(self, *, config_file: Path | None, home: Path, environ: Mapping[str, str]) -> None:
        self._named, self._home, self._environ = config_file, home, environ
        # A link stays one: what it points to is replaced.
        self._path = (config_file or home / CONFIG_NAME).resolve()

    def change(self, key: str, text: str, *, is_dry: bool = False) -> SettingChange:
        """Set one setting to what was typed.

        Raises:
            ConfigError: there is no such setting, it cannot have that value, or it is set elsewhere.
        """
        field = _editable(key)
        before = self._text()
        after = with_setting(before or "", field, toml_typed(field.key, text))
        return self._replace(field.key, before, after, is_dry=is_dry)

    def undo(self, *, is_dry: bool = False) -> SettingChange:
        """Put back what the last change replaced; undone itself, it is done again.

        Raises:
            ConfigError: nothing was changed so, or the file has been changed by somebody else since.
        """
        kept, now = self._kept(), self._text()
        if kept is None or kept.path != str(self._path):
            message = "nothing to undo: no setting of this file was changed by `config set`"
            raise ConfigError(message)
        if _digest(now) != kept.written:
            message = "was changed by another hand since; undo would lose that, so nothing was done"
            raise ConfigError(message, source=str(self._path))
        return self._replace(kept.key, now, kept.text, is_dry=is_dry)

    @property
    def path(self) -> Path:
        """Where it is, or would be."""
        return self._path

    def create(self, text: str, *, is_replacing: bool = False) -> None:
        """Write a whole new file; `undo` puts back what was there.

        Raises:
            ConfigError: one is there already, or the text would be refused.
        """
        before = self._text()
        if before is not None and not is_replacing:
            message = (
                "is there already and was not touched; --replace writes a new one in its place"
            )
            raise ConfigError(message, source=str(self._path))
        fresh = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            self._write(fresh, text)
            try:
                load_settings(config_file=fresh, home=self._home, environ=self._environ)
            except ConfigError as error:
                raise ConfigError(str(error).replace(str(fresh), str(self._path))) from None
            self._keep(
                _Undo(key=_ANY_KEY, path=str(self._path), text=before, written=_digest(text))
            )
            fresh.replace(self._path)
        except OSError as error:
            message = f"cannot be written: {error.strerror}; nothing was changed"
            raise ConfigError(message, source=str(self._path)) from None
        finally:
            fresh.unlink(missing_ok=True)

    def _replace(
        self, key: str, before: str | None, after: str | None, *, is_dry: bool
    ) -> SettingChange:
        rows = {row.key: row for row in self._loaded().rows} if before is not None else {}
        fresh = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            self._write(fresh, after or "")
            row = self._checked(key, fresh)
            change = SettingChange(
                key=key,
                before=rows[key].value if rows else toml_value(fields_by_key()[key].default),
                after=row.value,
                path=str(self._path),
                diff=_diff(before, after, name=self._path.name),
                is_written=not is_dry,
            )
            if not is_dry:
                self._keep(
                    _Undo(key=key, path=str(self._path), text=before, written=_digest(after))
                )
                self._put(fresh, after)
        except OSError as error:
            message = f"cannot be written: {error.strerror}; nothing was changed"
            raise ConfigError(message, source=str(self._path), key=key) from None
        finally:
            fresh.unlink(missing_ok=True)
        return change

    def _checked(self, key: str, fresh: Path) -> SettingRow:
        """The row of the key as the changed file would set it.

        Raises:
            ConfigError: the changed file would be refused, or something else sets the key.
        """
        try:
            loaded = load_settings(config_file=fresh, home=self._home, environ=self._environ)
        except ConfigError as error:
            raise ConfigError(str(error).replace(str(fresh), str(self._path))) from None
        row = next(row for row in loaded.rows if row.key == key)
        if row.source != "default" and not row.source.startswith(str(fresh)):
            message = f"is set by {row.source}, which goes before the file; change it there"
            raise ConfigError(message, key=key)
        return row

    def _loaded(self) -> LoadedSettings:
        return load_settings(config_file=self._named, home=self._home, environ=self._environ)

    def _text(self) -> str | None:
        return read_text(self._path) if self._path.exists() else None

    def _write(self, fresh: Path, text: str) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = self._path.stat().st_mode & 0o777 if self._path.exists() else _PRIVATE
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)

    def _put(self, fresh: Path, after: str | None) -> None:
        if after is None:
            # There was no file before the change that is undone.
            self._path.unlink(missing_ok=True)
        else:
            fresh.replace(self._path)

    def _keep(self, undo: _Undo) -> None:
        self._home.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._home / UNDO_NAME
        fresh = path.with_name(f"{UNDO_NAME}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(undo))
        fresh.replace(path)

    def _kept(self) -> _Undo | None:
        path = self._home / UNDO_NAME
        if not path.exists():
            return None
        try:
            return msgspec.json.decode(read_text(path), type=_Undo)
        except msgspec.DecodeError:
            return None


def _editable(key: str) -> Field:
    field = fields_by_key().get(key)
    if field is None:
        raise ConfigError(unknown("setting", key, [one.key for one in all_fields()]), key=key)
    if field.note.is_secret:
        message = f"is a secret and is not changed here; put {field.variable}=… into .env"
        raise ConfigError(message, key=key)
    return field


def toml_typed(key: str, text: str) -> str:
    """What was typed for a setting, as TOML writes it; checked by itself, so that the fault names no file.

    Raises:
        ConfigError: it is none, or out of bounds.
    """
    field = fields_by_key()[key]
    layer = Layer(name="what was typed")
    value = parse_text(field, text)
    layer.put(field, value, place="what was typed")
    check_layer(layer)
    if layer.faults:
        raise config_error(layer.faults)
    return toml_value(tuple(value) if isinstance(value, list) else value)


def rule_fault(key: str, toml: str) -> str:
    """The rule between settings that a value breaks when all others are at their defaults; "" for none."""
    field, value = fields_by_key()[key], tomli.loads(f"it = {toml}", parse_float=Decimal)["it"]
    section = getattr(Settings(), field.section)
    kept = tuple(value) if isinstance(value, list) else value
    changed = msgspec.structs.replace(section, **{field.name: kept})
    settings = msgspec.structs.replace(Settings(), **{field.section: changed})
    return next((text for broken, text in broken_rules(settings) if broken == key), "")


def _diff(before: str | None, after: str | None, *, name: str) -> tuple[str, ...]:
    old, new = (before or "").splitlines(), (after or "").splitlines()
    lines = list(unified_diff(old, new, name, name, lineterm="", n=2))
    return tuple(lines[2:])


def _digest(text: str | None) -> str:
    return "" if text is None else sha256(text.encode()).hexdigest()
