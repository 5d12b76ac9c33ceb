"""What is written beside a stored model: where it comes from, what it promises, and its seal."""

import hashlib
from typing import Annotated

import msgspec

from tui_trader.engine.learning.assessment import Assessment
from tui_trader.engine.learning.plan import Plan
from tui_trader.engine.values.errors import StoreError

FORMAT = 1
Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class CandleFacts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was learned from.

    Args:
        source: Where the candles came from, in words.
        count: How many.
        first_ms: Start of the first, UTC.
        last_ms: Start of the last.
        sha256: Of their columns.
    """

    source: str
    count: int
    first_ms: int
    last_ms: int
    sha256: Digest


class BarrierFacts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The trade that the confidence is about, as `TradeRules` names it, and the fee of each order."""

    stop_ratio: float
    stop_atr: float
    trail_ratio: float
    chandelier_atr: float
    break_even_r: float
    time_stop_bars: int
    take_ratio: float
    take_r: float
    take_atr: float
    slippage_bps: float
    spread_bps: float
    atr_bars: int
    fee_ratio: float


class MemberFacts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model of the ensemble: which features it sees, its calibration and its share."""

    name: str
    columns: tuple[int, ...]
    calibration: tuple[float, float, float]
    weight: float


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything about a stored model but the model.

    Args:
        format: Of this file.
        pair: `BTC/USD`.
        interval: `1h`.
        version: Number of this model among those of its pair and interval.
        created_ms: UTC.
        candles: What was learned from.
        features: Names, in the order of the columns.
        barrier: The trade that the confidence is about.
        plan: How it was trained.
        variants: Models and settings tried up to then, this training's included.
        members: The models of the ensemble.
        calibration: Of the vote.
        payoff: Level and slope of the net return of a hit, then of a miss.
        base_rate: Share of hits in the whole history.
        scores: On walk-forward folds, by model and for the ensemble.
        unresolved: Labels that the end of the candles left open, and nobody counted.
        shuffled: Log-loss and AUC on shuffled labels: what nothing looks like.
        libraries: Versions that wrote it.
        model_sha256: Of the model file.
        model_bytes: Its length.
        seal: SHA-256 of this document without the seal.
    """

    format: int = FORMAT
    pair: str
    interval: str
    version: int
    created_ms: int
    candles: CandleFacts
    features: tuple[str, ...]
    barrier: BarrierFacts
    plan: Plan
    variants: int
    members: tuple[MemberFacts, ...]
    calibration: tuple[float, float, float]
    payoff: tuple[tuple[float, float], tuple[float, float]]
    base_rate: float
    scores: dict[str, Assessment]
    unresolved: int
    shuffled: tuple[float | None, float | None] | None
    libraries: dict[str, str]
    model_sha256: Digest
    model_bytes: int
    seal: str = ""

    def sealed(self) -> "Manifest":
        """The same with its seal."""
        return msgspec.structs.replace(self, seal=_seal(self))


def encode(manifest: Manifest) -> bytes:
    """JSON for people and machines."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1)


def decode(text: bytes, *, source: str) -> Manifest:
    """Read and check.

    Raises:
        StoreError: it is no manifest, cut short, or not the one that was written.
    """
    try:
        manifest = msgspec.json.decode(text, type=Manifest)
    except msgspec.MsgspecError as fault:
        message = f"{source} is no manifest of a model ({fault}); train again"
        raise StoreError(message) from fault
    if manifest.format != FORMAT:
        message = f"{source} has format {manifest.format}, this version reads {FORMAT}; train again"
        raise StoreError(message)
    if manifest.seal != _seal(manifest):
        message = f"{source} was changed after it was written; train again or roll back"
        raise StoreError(message)
    return manifest


def _seal(manifest: Manifest) -> str:
    plain = msgspec.structs.replace(manifest, seal="")
    return hashlib.sha256(msgspec.json.encode(plain, order="sorted")).hexdigest()
