"""Splits of labelled samples into training and test, without a leak.

Law: no training sample's label overlaps, or comes within the embargo of, the label of a test sample.
A label spans from the moment of its decision to the moment its outcome is known; a model that trains
on half of a test label's future has seen the answer, and no score shows it. So splits are purged when
they are made, and whoever uses one from elsewhere has it refused by `refuse_leak`.

Source: López de Prado, Advances in Financial Machine Learning (2018), chapters 4 and 7.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui_trader.engine.analysis.candles import BoolArray, FloatArray
from tui_trader.engine.values.errors import ConfigError

Rows = npt.NDArray[np.int64]


class Leak(AssertionError):
    """A split lets the training see the test."""


@dataclass(frozen=True, eq=False, slots=True)
class LabelSpans:
    """From when to when each sample's label looks, both ends included, ordered by the start.

    Args:
        start: Moment of the decision, shape (N,): candle rows, or milliseconds; not decreasing.
        end: Moment at which its outcome is known, in the same unit, not before the start.

    Raises:
        ConfigError: an array is not what is said here.
    """

    start: Rows
    end: Rows

    def __post_init__(self) -> None:
        for name in ("start", "end"):
            column = np.array(getattr(self, name), dtype=np.int64)
            column.flags.writeable = False
            object.__setattr__(self, name, column)
        if self.start.ndim != 1 or self.start.shape != self.end.shape:
            message = f"labels need a start and an end each; they have {self.start.shape} and {self.end.shape}"
            raise ConfigError(message)
        if np.any(np.diff(self.start) < 0) or np.any(self.end < self.start):
            message = "labels must be ordered by their start, and none may end before it starts"
            raise ConfigError(message)

    def __len__(self) -> int:
        return len(self.start)

    def __getitem__(self, rows: Rows | slice) -> "LabelSpans":
        """The spans of some samples, in the same order."""
        return LabelSpans(self.start[rows], self.end[rows])


@dataclass(frozen=True, eq=False, slots=True)
class Split:
    """Samples to learn from and samples to be judged on, as ascending rows."""

    train: Rows
    test: Rows

    def __post_init__(self) -> None:
        for name in ("train", "test"):
            rows = np.array(getattr(self, name), dtype=np.int64)
            rows.flags.writeable = False
            object.__setattr__(self, name, rows)


def walk_forward(
    spans: LabelSpans,
    *,
    train_min: int,
    test_size: int,
    train_max: int | None = None,
    embargo: int = 0,
) -> tuple[Split, ...]:
    """Splits in which everything learned was known before the test begins.

    Args:
        spans: Of all samples.
        train_min: Fewest samples to learn from; earlier folds are left out.
        test_size: Samples a test; the last may be shorter. Tests follow each other without a hole.
        train_max: Newest samples to learn from; None for all.
        embargo: Between the last label learned from and the first decision judged, in the spans' unit.

    Raises:
        ConfigError: a bound is broken, or the samples do not suffice for one split.
    """
    _check_bounds(train_min=train_min, test_size=test_size, embargo=embargo + 1)
    if train_max is not None and train_max < train_min:
        message = f"train_max ({train_max}) must not be below train_min ({train_min})"
        raise ConfigError(message)
    splits, begin = [], train_min
    while begin < len(spans):
        known = np.flatnonzero(spans.end[:begin] + embargo < spans.start[begin])
        if len(known) < train_min:
            begin += train_min - len(known)
            continue
        test = np.arange(begin, min(begin + test_size, len(spans)))
        splits.append(Split(known if train_max is None else known[-train_max:], test))
        begin += test_size
    if not splits:
        message = (
            f"{len(spans)} samples do not suffice for {train_min} to learn from and one to judge; "
            "give more candles or lower train_min"
        )
        raise ConfigError(message)
    return tuple(splits)


def purged_folds(spans: LabelSpans, *, folds: int, embargo: int = 0) -> tuple[Split, ...]:
    """K contiguous tests, each with all other samples to learn from that do not touch it.

    The training may lie after the test here: use it to fit and to calibrate, not to claim a return.

    Args:
        spans: Of all samples.
        folds: How many, 2 to the number of samples.
        embargo: Kept free on both sides of each test label, in the spans' unit.

    Raises:
        ConfigError: a bound is broken.
    """
    _check_bounds(folds=folds - 1, embargo=embargo + 1)
    if folds > len(spans):
        message = f"{len(spans)} samples cannot be split into {folds} folds"
        raise ConfigError(message)
    every = np.arange(len(spans))
    splits = []
    for test in np.array_split(every, folds):
        others = np.setdiff1d(every, test)
        touched = _touches(spans[others], spans[test], embargo)
        splits.append(Split(others[~touched], test))
    return tuple(splits)


def refuse_leak(split: Split, spans: LabelSpans, *, embargo: int = 0) -> None:
    """Stop where a training label overlaps a test label or comes within the embargo of it.

    Raises:
        Leak: it does; the message names the sample.
    """
    shared = np.intersect1d(split.train, split.test)
    if len(shared):
        message = f"sample {shared[0]} is in the training and in the test ({len(shared)} such)"
        raise Leak(message)
    touched = _touches(spans[np.sort(split.train)], spans[np.sort(split.test)], embargo)
    if touched.any():
        row = int(np.sort(split.train)[np.argmax(touched)])
        message = (
            f"training sample {row} (label {spans.start[row]} to {spans.end[row]}) lies within "
            f"{embargo} of a test label ({int(touched.sum())} such); purge it"
        )
        raise Leak(message)


def refuse_future(split: Split, spans: LabelSpans) -> None:
    """Stop where something learned was not yet known when the test begins.

    Raises:
        Leak: so it is; the message names the sample.
    """
    if not len(split.test) or not len(split.train):
        return
    begins = spans.start[split.test].min()
    late = np.flatnonzero(spans.end[split.train] >= begins)
    if len(late):
        row = int(split.train[late[0]])
        message = (
            f"training sample {row} is known at {spans.end[row]}, the test begins at {begins}; "
            "train on what came before"
        )
        raise Leak(message)


def uniqueness(spans: LabelSpans) -> FloatArray:
    """Average uniqueness of each label: the mean of 1 / (labels that look at the same moment).

    Labels that overlap tell the same outcome again; weighted so, together they count about once.

    Args:
        spans: Of the samples that are weighted together; rows or milliseconds alike.

    Returns:
        Above 0 to 1, shape (N,).
    """
    edges, position = np.unique(np.concatenate([spans.start, spans.end + 1]), return_inverse=True)
    begins, ends = position[: len(spans)], position[len(spans) :]
    change = np.bincount(begins, minlength=len(edges)) - np.bincount(ends, minlength=len(edges))
    looking = np.cumsum(change)[:-1]
    # Between two groups of labels nobody looks; no label spans that stretch.
    share = np.diff(edges) / np.maximum(looking, 1)
    summed = np.concatenate([[0.0], np.cumsum(share)])
    return np.asarray(
        (summed[ends] - summed[begins]) / (spans.end + 1 - spans.start), dtype=np.float64
    )


def _touches(spans: LabelSpans, others: LabelSpans, embargo: int) -> BoolArray:
    """Which spans overlap one of the others, or come within `embargo` of one."""
    reached = np.searchsorted(others.start, spans.end + embargo, side="right")
    if not len(others):
        return np.zeros(len(spans), dtype=np.bool_)
    # Of all that start early enough, the one that ends last decides.
    latest_end = np.maximum.accumulate(others.end)[np.maximum(reached - 1, 0)]
    return np.asarray((reached > 0) & (latest_end >= spans.start - embargo))


def _check_bounds(**counts: int) -> None:
    for name, count in counts.items():
        if count < 1:
            message = f"{name} is too small for a split"
            raise ConfigError(message)
