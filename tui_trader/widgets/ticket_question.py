"""When to ask the engine about the open ticket: at most twice a second, one question at a time."""

from tui_trader.engine.messages.queries import Answer, AskTicket, QueryFailed, TicketAnswer
from tui_trader.engine.values.text import sanitize
from tui_trader.widgets import ticket_form
from tui_trader.widgets.scene import Scene

PAUSE_S = 0.5
REFRESH_S = 1.0


class TicketQuestions:
    """Remembers what was asked, and when on a clock that never goes back."""

    def __init__(self) -> None:
        self._asked: AskTicket | None = None
        self._asked_s = float("-inf")
        self._is_waiting = False

    def due(self, scene: Scene, monotonic_s: float) -> AskTicket | None:
        """The question to ask now, or `None`; it counts as asked."""
        question = current_question(scene)
        if question is None or self._is_waiting:
            return None
        is_new = question != self._asked or scene.ticket_answer is None
        if monotonic_s - self._asked_s < (PAUSE_S if is_new else REFRESH_S):
            return None
        self._asked, self._asked_s, self._is_waiting = question, monotonic_s, True
        return question

    def take(self, scene: Scene, answer: Answer) -> None:
        """Take the answer in, if the ticket still is what was asked about."""
        self._is_waiting = False
        if current_question(scene) != self._asked:
            return
        scene.ticket_answer = answer if isinstance(answer, TicketAnswer) else None
        scene.ticket_fault = ""
        if isinstance(answer, QueryFailed):
            scene.ticket_fault = sanitize(answer.reason)


def current_question(scene: Scene) -> AskTicket | None:
    """What there is to ask about the open ticket; `None` while it is not complete, sent or unseen."""
    form = scene.ticket
    if form is None or form.is_sent or form.amends is not None or scene.screen != "desk":
        return None
    wanted = scene.ticket_wish
    return None if wanted is None else ticket_form.question(form, wanted)
