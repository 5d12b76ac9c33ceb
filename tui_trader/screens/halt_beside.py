"""The stop that needs no engine: the program's own `halt --json`, run beside the console.

Orders may work at the exchange while the engine is dead. The console knows no exchange; `halt` does:
it leaves a latch in the home for the next engine, and cancels over REST.
"""

import asyncio

import msgspec

HALT_BESIDE_S_MAX = 60.0
UNDER_WAY = "Halting from here…"
IN_A_SHELL = "In a shell: tui-trader halt"


class HaltWord(msgspec.Struct, frozen=True, kw_only=True):
    """What `halt --json` says, as far as the banner tells it."""

    is_latched: bool
    is_cancel_confirmed: bool
    cancelled: int | None = None


async def halt_beside(command: tuple[str, ...]) -> str:
    """Run `halt`; a short sentence about what was done and what was not."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return f"Halting from here FAILED. {IN_A_SHELL}"
    try:
        async with asyncio.timeout(HALT_BESIDE_S_MAX):
            told, _ = await process.communicate()
        return _words(msgspec.json.decode(told, type=HaltWord))
    except TimeoutError:
        process.kill()
        await process.wait()
        return f"Halting from here took too long. {IN_A_SHELL}"
    except msgspec.DecodeError:
        return f"Halting from here FAILED. {IN_A_SHELL}"


def _words(word: HaltWord) -> str:
    latched = "Halted from here" if word.is_latched else "NOT halted from here"
    if word.is_cancel_confirmed:
        return f"{latched}: exchange cancelled {word.cancelled or 0}."
    return f"{latched}; cancel NOT confirmed. {IN_A_SHELL}"
