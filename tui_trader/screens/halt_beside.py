"""The stop that needs no engine: the program's own `halt --json`, run beside the console.

Orders may work at the exchange while the engine is dead. The console knows no exchange; `halt` does:
it leaves a latch in the home for the next engine, and cancels over REST.
"""

import asyncio

import msgspec

HALT_BESIDE_S_MAX = 60.0
OPEN = "Orders may be open at the exchange."
UNDER_WAY = f"{OPEN} Halting from here…"
FAILED = f"{OPEN} Halting from here FAILED. In a shell: tui-trader halt"


class HaltWord(msgspec.Struct, frozen=True, kw_only=True):
    """What `halt --json` says, as far as the banner tells it.

    Args:
        is_engine_silent: An engine has the home and does not answer: it may still act.
    """

    is_latched: bool
    is_engine_silent: bool = False
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
        return FAILED
    try:
        async with asyncio.timeout(HALT_BESIDE_S_MAX):
            told, _ = await process.communicate()
        return _words(msgspec.json.decode(told, type=HaltWord))
    except TimeoutError:
        process.kill()
        await process.wait()
        return FAILED
    except msgspec.DecodeError:
        return FAILED


def _words(word: HaltWord) -> str:
    """Never more than `halt` itself claims: its exit code is 0 only for the last of these."""
    if not word.is_cancel_confirmed:
        latched = "Halted from here" if word.is_latched else "NOT halted from here"
        return f"{OPEN} {latched}; cancel NOT confirmed. In a shell: tui-trader halt"
    cancelled = f"exchange cancelled {word.cancelled or 0}"
    if word.is_engine_silent:
        return f"An engine hangs and may still act; {cancelled}. End it, then: tui-trader halt"
    if not word.is_latched:
        return f"NOT halted from here, but {cancelled}. In a shell: tui-trader halt"
    return f"Halted from here: {cancelled}."
