"""Pydantic models of the settings, built from the structs: strict kinds, bounds, no unknown names."""

from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from typing import Annotated, Any

import msgspec
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Strict,
    ValidationError,
    create_model,
)
from pydantic import Field as Bounds
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from tui_trader.engine.config.faults import shown, unknown
from tui_trader.engine.config.fields import Field, all_fields, fields_by_key, sections
from tui_trader.engine.config.layers import Layer
from tui_trader.engine.settings.model import Settings


def check_layer(layer: Layer) -> None:
    """Check every value of one source by itself; what is wrong becomes a fault and is dropped."""
    for name, table in list(layer.values.items()):
        if name not in sections():
            layer.fault(name, _unknown_section(name, table))
            layer.drop(name)
        elif not isinstance(table, dict):
            message = f"expected a section [{name}], found {shown(table)}"
            layer.fault(name, message)
            layer.drop(name)
        else:
            _check_section(layer, name, table)


def merge(layers: Iterable[Layer]) -> Settings:
    """Settings of checked layers, the strongest first; defaults where all are silent."""
    merged = _settings_model(tuple(layers))()
    return msgspec.convert(merged.model_dump(), Settings)


def _check_section(layer: Layer, name: str, table: dict[str, Any]) -> None:
    try:
        _section_model(name).model_validate(table)
    except ValidationError as error:
        wrong = dict.fromkeys(str(fault["loc"][0]) for fault in error.errors(include_url=False))
        for field_name in wrong:
            key = f"{name}.{field_name}"
            layer.fault(key, _field_fault(name, field_name, table[field_name]))
            layer.drop(key)


def _field_fault(section: str, name: str, value: object) -> str:
    field = fields_by_key().get(f"{section}.{name}")
    if field is None:
        return _unknown_key(section, name)
    found = "a secret that is none" if field.note.is_secret else shown(value)
    return f"expected {field.expectation}, found {found}"


def _unknown_key(section: str, name: str) -> str:
    if owners := _sections_with(name):
        return f"unknown key here; {name} belongs in [{owners[0]}]"
    return unknown("key", name, _names_in(section))


def _unknown_section(name: str, table: object) -> str:
    if not isinstance(table, dict) and (owners := _sections_with(name)):
        return f"stands outside its section; it belongs below [{owners[0]}]"
    if not isinstance(table, dict):
        return unknown("key", name, [field.key for field in all_fields()])
    return unknown("section", name, sections())


def _sections_with(name: str) -> list[str]:
    return [field.section for field in all_fields() if field.name == name]


def _names_in(section: str) -> list[str]:
    return [field.name for field in all_fields() if field.section == section]


@cache
def _section_model(section: str) -> type[BaseModel]:
    fields: dict[str, Any] = {
        field.name: (_annotation(field), field.default)
        for field in all_fields()
        if field.section == section
    }
    return create_model(section, __config__=ConfigDict(extra="forbid"), **fields)


def _annotation(field: Field) -> Any:  # noqa: ANN401 (a type, put together at run time)
    note, kind = field.note, field.kind
    if kind == tuple[str, ...]:
        item = Annotated[str, Strict()]
        many = Bounds(min_length=_whole(note.minimum), max_length=_whole(note.maximum))
        return Annotated[tuple[item, ...], BeforeValidator(_as_tuple), many]
    if kind is Decimal:
        bounds = Bounds(ge=note.minimum, le=note.maximum, allow_inf_nan=False)
        return Annotated[Decimal, Strict(), bounds, BeforeValidator(_as_decimal)]
    if kind is int:
        bounds = Bounds(ge=_whole(note.minimum), le=_whole(note.maximum))
        return Annotated[int, Strict(), bounds, AfterValidator(_choice_of(note.choices))]
    return Annotated[kind, Strict(), AfterValidator(_choice_of(note.choices))]


def _whole(bound: Decimal | None) -> int | None:
    return None if bound is None else int(bound)


def _as_tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _as_decimal(value: object) -> object:
    """Whole numbers are numbers; `true` is none, though Python counts it as one."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    return value


def _choice_of(choices: tuple[str, ...]) -> Any:  # noqa: ANN401 (a validator of any kind)
    def validator(value: object) -> object:
        if choices and str(value) not in choices:
            message = f"not one of {choices}"
            raise ValueError(message)
        return value

    return validator


class _LayerSource(PydanticBaseSettingsSource):
    """A layer, as pydantic-settings merges it."""

    def __init__(self, settings_cls: type[BaseSettings], layer: Layer) -> None:
        super().__init__(settings_cls)
        self.layer = layer

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:  # noqa: ANN401, ARG002
        return self.layer.values.get(field_name), field_name, True

    def __call__(self) -> dict[str, Any]:
        return self.layer.values


def _settings_model(layers: tuple[Layer, ...]) -> type[BaseSettings]:
    class LayeredSettings(BaseSettings):
        model_config = SettingsConfigDict(extra="forbid", case_sensitive=True)

        @classmethod
        def settings_customise_sources(  # type: ignore[override]
            cls, settings_cls: type[BaseSettings], **_usual: PydanticBaseSettingsSource
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return tuple(_LayerSource(settings_cls, layer) for layer in layers)

    models: dict[str, Any] = {
        name: (_section_model(name), _section_model(name)()) for name in sections()
    }
    return create_model("SettingsOfThisHome", __base__=LayeredSettings, **models)
