"""Models as values: what of the engine's answers is to be shown now. No drawing."""

from tui_trader.engine.messages.queries import Query
from tui_trader.engine.messages.signal_queries import (
    AskModel,
    AskModels,
    ModelAnswer,
    ModelRow,
    ModelsAnswer,
    TrainingNow,
)
from tui_trader.engine.values.instruments import Symbol
from tui_trader.widgets.models_board import ListedModel, key_of
from tui_trader.widgets.scene import Attachment, Scene

MODELS, MODEL = "models", "model"
_STATES = {"serves": "champion", "shadows": "challenger"}


def model_rows(scene: Scene) -> tuple[ModelRow, ...] | None:
    """As the engine lists them; where it never did, as the home does. None before anybody said."""
    answer = scene.topic(MODELS).answer
    return answer.rows if isinstance(answer, ModelsAnswer) else scene.models.stored


def engine_training(scene: Scene) -> TrainingNow | None:
    """What the engine trains by itself, as last told; nothing of an engine that is gone."""
    answer = scene.topic(MODELS).answer
    is_there = scene.attachment is Attachment.ATTACHED
    return answer.training if is_there and isinstance(answer, ModelsAnswer) else None


def place_of_model(scene: Scene) -> int:
    """Index of the model under the cursor, -1 where there is none."""
    rows, board = model_rows(scene) or (), scene.models
    for place, row in enumerate(rows):
        if key_of(row) == board.chosen:
            return place
    if board.chosen is None:
        of_pair = [place for place, row in enumerate(rows) if row.symbol == scene.symbol]
        if of_pair:
            return of_pair[0]
    return min(board.place, len(rows) - 1)


def chosen_model(scene: Scene) -> ModelRow | None:
    """The one under the cursor."""
    place = place_of_model(scene)
    return (model_rows(scene) or ())[place] if place >= 0 else None


def move_model(scene: Scene, step: int) -> None:
    """Mark another one."""
    rows, board = model_rows(scene) or (), scene.models
    if rows:
        board.place = max(0, min(len(rows) - 1, place_of_model(scene) + step))
        board.chosen = key_of(rows[board.place])
        board.lines.clear()


def judged(scene: Scene) -> ModelAnswer | None:
    """How the chosen one was judged, once it was told."""
    row, topic = chosen_model(scene), scene.topic(MODEL)
    answer, asked = topic.answer, topic.answered
    if row is None or not isinstance(answer, ModelAnswer) or not isinstance(asked, AskModel):
        return None
    is_ours = (asked.symbol, asked.interval, asked.version) == key_of(row)
    return answer if is_ours else None


def wanted_models(scene: Scene) -> list[tuple[str, Query]]:
    """What the models screen asks."""
    wanted: list[tuple[str, Query]] = [(MODELS, AskModels())]
    row = chosen_model(scene)
    if row is not None and row.state != "broken":
        asked = AskModel(symbol=row.symbol, interval=row.interval, version=row.version)
        wanted.append((MODEL, asked))
    return wanted


def ask_anew(scene: Scene) -> None:
    """What was told is not so any more: a model came, or another one serves."""
    for name in (MODELS, MODEL):
        scene.topic(name).query = None


def stored_row(listed: ListedModel) -> ModelRow:
    """An entry of the command as the engine would tell it."""
    state = "broken" if listed.fault else _STATES.get(listed.role, "retired")
    return ModelRow(
        symbol=Symbol(listed.pair),
        interval=listed.timeframe,
        version=listed.version,
        state=state,
        reason=listed.fault or "",
        trained_ms=listed.created_ms,
        bars=listed.candles,
        auc=listed.auc,
        has_edge=bool(listed.edge),
    )
