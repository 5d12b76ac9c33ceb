"""The file of a model: skops with a fixed list of types, and nothing that could run.

Law: no pickle and no joblib file is ever read. A file is opened only when its SHA-256 is the one of its
manifest; then it may build the types listed here and no other; then its trees are checked before
compiled code walks them.
"""

import zipfile
from typing import NamedTuple

import numpy as np
import skops.io
from skops.io.exceptions import UntrustedTypesFoundException

from tui_trader.engine.analysis.candles import FloatArray
from tui_trader.engine.learning.models.declaration import Served, ServedLine, ServedTrees
from tui_trader.engine.learning.models.table import kind_named
from tui_trader.engine.values.errors import StoreError

TRUSTED = (
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.tree._tree.Tree",
)
"""Beyond what skops itself trusts of scikit-learn and numpy: what holds the nodes of a tree."""


class Contents(NamedTuple):
    """What the file holds.

    Args:
        fitted: By name of model.
        reference: A part of the features learned from, shape (N, F): what drift is measured from.
        forward: Forecasts of the walk-forward as columns by name, see `forward.py`.
    """

    fitted: dict[str, object]
    reference: FloatArray
    forward: dict[str, FloatArray]


def pack(contents: Contents) -> bytes:
    """The file's bytes."""
    packed: bytes = skops.io.dumps(contents._asdict())
    return packed


def unpack(packed: bytes, *, source: str) -> Contents:
    """What the bytes hold; their digest was compared before.

    Raises:
        StoreError: they are no such file, or want to build a type that is not on the list.
    """
    try:
        found = skops.io.loads(packed, trusted=list(TRUSTED))
        contents = Contents(
            dict(found["fitted"]),
            np.asarray(found["reference"], np.float64),
            {
                str(name): np.asarray(column, np.float64)
                for name, column in found["forward"].items()
            },
        )
    except UntrustedTypesFoundException as fault:
        message = f"{source} holds types that a model never has; nothing of it was run ({fault})"
        raise StoreError(message) from fault
    except (
        zipfile.BadZipFile,
        OSError,
        EOFError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        IndexError,
        ImportError,
    ) as fault:
        message = f"{source} is no model file ({type(fault).__name__}: {fault}); train again"
        raise StoreError(message) from fault
    return contents


def served(name: str, fitted: object, *, columns: int, source: str) -> Served:
    """A model as arrays, every place in them checked.

    Raises:
        StoreError: it is not what its name says, or its trees lead nowhere.
    """
    try:
        form = kind_named(name).served(fitted)
    except (AttributeError, TypeError, ValueError, KeyError, IndexError) as fault:
        message = f"{source}: what is stored as {name} is no such model ({fault}); train again"
        raise StoreError(message) from fault
    if not _is_sound(form, columns):
        message = f"{source}: the model {name} is broken; train again or roll back"
        raise StoreError(message)
    return form


def _is_sound(form: Served, columns: int) -> bool:
    if isinstance(form, ServedLine):
        return form.weights.shape == (columns,) and bool(np.isfinite(form.weights).all())
    assert isinstance(form, ServedTrees), "two forms are served"
    trees, count = form.trees, len(form.trees.value)
    inner = trees.feature >= 0
    places = np.arange(count)[inner]
    left, right = trees.left[inner], trees.right[inner]
    # A child that lies behind its parent cannot lead back: every walk ends.
    return bool(
        len(trees.roots)
        and (trees.roots >= 0).all()
        and (trees.roots < count).all()
        and (trees.feature < columns).all()
        and (left > places).all()
        and (right > places).all()
        and (left < count).all()
        and (right < count).all()
        and np.isfinite(trees.value).all()
    )
