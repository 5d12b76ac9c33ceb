"""The drills as the console knows them: which there are, the one under way, what each came to."""

from dataclasses import dataclass, field

import msgspec

STEPS_MAX = 500


class DrillCard(msgspec.Struct, frozen=True, kw_only=True):
    """One drill: what happens, and what an engine must do about it."""

    name: str
    title: str
    lesson: str


DRILLS = (
    DrillCard(
        name="lost-answer",
        title="an order is carried out and its answer is lost",
        lesson="never send it again: find out",
    ),
    DrillCard(
        name="exchange-down",
        title="the exchange dies and comes back",
        lesson="trade nothing until journal and exchange agree again",
    ),
    DrillCard(
        name="engine-killed",
        title="the engine is killed while an order is under way",
        lesson="the intent is in the journal: the next engine finds the order",
    ),
    DrillCard(
        name="silence",
        title="the connections stay open and say nothing",
        lesson="notice within seconds, refuse new orders, connect anew",
    ),
    DrillCard(
        name="fills-away",
        title="120 fills while nobody listens",
        lesson="the first words after a silence tell 50 fills: ask for all of them",
    ),
)
"""As `exchange drill` performs them; a test holds both to the same words."""


class DrillStep(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened; `who` is `you`, `disaster` or `engine`."""

    after_ms: int
    who: str
    text: str


class DrillVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """How it ended: whether both journals tell the same, and after how long."""

    name: str
    survived: bool
    seconds: float


@dataclass(slots=True, kw_only=True)
class DrillBoard:
    """The drills.

    Args:
        cursor: Marked line of the list.
        running: Name of the one under way, else empty.
        begun_ms: When it was started, on this console's clock.
        told: Name of the one whose steps are shown.
        verdicts: The newest of each drill.
        trouble: Why the last one came to no verdict, else empty.
        offset: Steps scrolled back from the newest.
    """

    cursor: int = 0
    running: str = ""
    begun_ms: int = 0
    told: str = ""
    steps: list[DrillStep] = field(default_factory=list)
    verdicts: dict[str, DrillVerdict] = field(default_factory=dict)
    trouble: str = ""
    offset: int = 0

    def start(self, name: str, now_ms: int) -> None:
        """One begins."""
        self.running = self.told = name
        self.begun_ms, self.trouble, self.offset = now_ms, "", 0
        self.steps = []
        self.verdicts.pop(name, None)

    def take(self, step: DrillStep) -> None:
        """Something happened; beyond a bound the oldest are forgotten."""
        self.steps.append(step)
        del self.steps[:-STEPS_MAX]
