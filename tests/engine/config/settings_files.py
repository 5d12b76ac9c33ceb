"""A home with settings in it, for tests."""

from pathlib import Path

import pytest

from tui_trader.engine.config.load import LoadedSettings, load_settings
from tui_trader.engine.values.errors import ConfigError


class SettingsHome:
    """A home whose settings a test writes."""

    def __init__(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.config = path / "config.toml"
        self.dotenv = path / ".env"

    def write(self, toml: str | bytes | None = None, dotenv: str | None = None, mode: int = 0o600):
        if toml is not None:
            self.config.write_bytes(toml if isinstance(toml, bytes) else toml.encode())
        if dotenv is not None:
            self.dotenv.write_text(dotenv)
            self.dotenv.chmod(mode)
        return self

    def load(self, *, config_file: Path | None = None, **environ: str) -> LoadedSettings:
        return load_settings(config_file=config_file, home=self.path, environ=environ)

    def fault(self, *, config_file: Path | None = None, **environ: str) -> str:
        with pytest.raises(ConfigError) as refused:
            self.load(config_file=config_file, **environ)
        return str(refused.value)
