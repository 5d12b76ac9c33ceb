"""What a strategy says about itself, for lists, forms and checks; how it computes is in `analysis`."""

from collections.abc import Mapping

import msgspec

from tui_trader.engine.values.errors import ConfigError


class StrategyParameter(msgspec.Struct, frozen=True, kw_only=True):
    """One knob; a whole default makes it a whole number. Bounds are inclusive.

    Args:
        unit: Unit of the value, "" for none.
        help: One sentence for people.
    """

    name: str
    default: float
    low: float
    high: float
    unit: str = ""
    help: str

    @property
    def is_whole(self) -> bool:
        """Whether only whole numbers are meant."""
        return isinstance(self.default, int)


class StrategyDeclaration(msgspec.Struct, frozen=True, kw_only=True):
    """A strategy without its arithmetic.

    Args:
        name: As users type it.
        title: Its usual name.
        says: One sentence: when it enters and when it leaves.
        increasing: Parameters that must grow in this order, as fast < slow.
    """

    name: str
    title: str
    says: str
    parameters: tuple[StrategyParameter, ...] = ()
    increasing: tuple[str, ...] = ()

    def checked(self, given: Mapping[str, object]) -> dict[str, float]:
        """Every parameter: those given, checked, and the defaults of the others.

        Raises:
            ConfigError: a name is unknown, a value is out of bounds, or two are out of order.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        if unknown := [name for name in given if name not in known]:
            takes = ", ".join(known) or "none"
            message = f"{self.name} has no parameter `{unknown[0]}`; it takes: {takes}"
            raise ConfigError(message)
        chosen = {
            name: _within(self.name, parameter, given.get(name, parameter.default))
            for name, parameter in known.items()
        }
        for lesser, greater in zip(self.increasing, self.increasing[1:], strict=False):
            if chosen[lesser] >= chosen[greater]:
                message = (
                    f"{self.name}: {lesser} ({chosen[lesser]}) must be below "
                    f"{greater} ({chosen[greater]})"
                )
                raise ConfigError(message)
        return chosen


def _within(owner: str, parameter: StrategyParameter, value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        if parameter.low <= value <= parameter.high and not parameter.is_whole:
            return float(value)
        if parameter.low <= value <= parameter.high and value == int(value):
            return int(value)
    kind = "a whole number" if parameter.is_whole else "a number"
    message = (
        f"{owner}: {parameter.name} must be {kind} from {parameter.low:g} to {parameter.high:g}, "
        f"not {value!r}"
    )
    raise ConfigError(message)
