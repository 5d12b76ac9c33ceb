"""How tests run the console: a scripted engine, a fixed clock, ids that count."""

import asyncio
import itertools
from collections.abc import Callable

from tests.screens.scripted import NOW_MS, ScriptedClient
from tui_trader.app import ConsoleOptions, TraderApp
from tui_trader.engine.values.errors import NothingRunning

TRIES = 500


class Clock:
    """Stands still unless it is told to move."""

    def __init__(self) -> None:
        self.now_ms = NOW_MS

    def __call__(self) -> int:
        return self.now_ms


def console(*clients: ScriptedClient, clock: Callable[[], int] | None = None, **options):
    """The app on the first client, and on the next one each time it attaches again."""
    waiting = list(clients)
    numbers = itertools.count(1)

    async def connect() -> ScriptedClient:
        if not waiting:
            message = "no engine answers in this home"
            raise NothingRunning(message)
        return waiting.pop(0)

    return TraderApp(
        connect,
        options=ConsoleOptions(
            fps=20,
            clock=clock or Clock(),
            make_id=lambda: f"00000000-0000-4000-8000-{next(numbers):012d}",
            **options,
        ),
    )


async def until(condition: Callable[[], object]) -> None:
    """Let the app run until `condition` holds."""
    for _ in range(TRIES):
        if condition():
            return
        await asyncio.sleep(0.01)
    message = f"never came true: {condition}"
    raise AssertionError(message)


async def ready(app: TraderApp) -> None:
    """Attached, every history there, and every question of the screen answered."""
    scene = app.scene
    await until(lambda: scene.symbols and len(scene.candles) >= len(scene.symbols) and scene.log)
    await until(
        lambda: (
            (scene.topics or scene.screen != "desk")
            and not any(topic.is_under_way for topic in scene.topics.values())
        )
    )


def screen_text(app: TraderApp) -> str:
    """What is on the screen, as text."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())
