"""Decision trees as flat arrays, walked by one compiled loop.

Asking scikit-learn for one row costs a forest 22 ms, nearly all of it checks and threads; this walk
costs 0.01 ms and gives the same number.
"""

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int32]
LEAF = -1


class FlatTrees(NamedTuple):
    """Trees one after the other; a child is a place in these arrays.

    Args:
        roots: Place of each tree's first node, shape (trees,).
        feature: Column that the node asks for, LEAF at a leaf, shape (nodes,).
        threshold: A row goes left where its value is at most this, shape (nodes,).
        left: Place of the left child.
        right: Place of the right child.
        value: What a leaf adds, shape (nodes,).
    """

    roots: Places
    feature: Places
    threshold: Floats
    left: Places
    right: Places
    value: Floats


def tree_sums(rows: Floats, trees: FlatTrees) -> Floats:
    """Sum of the leaves that each row ends in.

    Args:
        rows: Shape (N, F), finite.
        trees: What to walk.

    Returns:
        Shape (N,).
    """
    sums = np.zeros(len(rows))
    _walk(np.ascontiguousarray(rows, dtype=np.float64), sums, *trees)
    return sums


@numba.njit(nogil=True)
def _walk(  # noqa: PLR0913, PLR0917 — numba takes arrays, not objects
    rows: Floats,
    sums: Floats,
    roots: Places,
    feature: Places,
    threshold: Floats,
    left: Places,
    right: Places,
    value: Floats,
) -> None:
    for row in range(rows.shape[0]):
        for root in roots:
            node = root
            while feature[node] >= 0:
                is_left = rows[row, feature[node]] <= threshold[node]
                node = left[node] if is_left else right[node]
            sums[row] += value[node]


def node_means(rows: Floats, trees: FlatTrees) -> Floats:
    """What a tree says on average from each node on, over rows that were learned from.

    Args:
        rows: Shape (N, F), finite.
        trees: Children lie behind their parents.

    Returns:
        Shape (nodes,). A node that no row reaches says the mean of its children.
    """
    reached = np.zeros(len(trees.value))
    _count(np.ascontiguousarray(rows, dtype=np.float64), reached, *trees)
    means = trees.value.astype(np.float64)
    _raise_means(means, reached, trees.feature, trees.left, trees.right)
    return means


def path_pushes(row: Floats, trees: FlatTrees, means: Floats) -> Floats:
    """What each column changed on the way of one row from the roots to its leaves.

    Args:
        row: Shape (F,), finite.
        trees: What to walk.
        means: As `node_means` gives them.

    Returns:
        Shape (F,). With the means of the roots they add up to the sum of the leaves.

    Source: Palczewska and others, "Interpreting random forest classification models using a feature
    contribution method" (2014).
    """
    pushes = np.zeros(len(row))
    _push(np.ascontiguousarray(row, dtype=np.float64), pushes, means, *trees[:-1])
    return pushes


@numba.njit(nogil=True)
def _count(  # noqa: PLR0913, PLR0917 — numba takes arrays, not objects
    rows: Floats,
    reached: Floats,
    roots: Places,
    feature: Places,
    threshold: Floats,
    left: Places,
    right: Places,
    value: Floats,  # noqa: ARG001 — the trees as they are
) -> None:
    for row in range(rows.shape[0]):
        for root in roots:
            node = root
            reached[node] += 1.0
            while feature[node] >= 0:
                is_left = rows[row, feature[node]] <= threshold[node]
                node = left[node] if is_left else right[node]
                reached[node] += 1.0


@numba.njit(nogil=True)
def _raise_means(  # noqa: PLR0917 — numba takes arrays, not objects
    means: Floats, reached: Floats, feature: Places, left: Places, right: Places
) -> None:
    for node in range(len(means) - 1, -1, -1):
        if feature[node] >= 0:
            low, high = left[node], right[node]
            count = reached[low] + reached[high]
            if count > 0.0:
                means[node] = (means[low] * reached[low] + means[high] * reached[high]) / count
            else:
                means[node] = (means[low] + means[high]) / 2.0


@numba.njit(nogil=True)
def _push(  # noqa: PLR0913, PLR0917 — numba takes arrays, not objects
    row: Floats,
    pushes: Floats,
    means: Floats,
    roots: Places,
    feature: Places,
    threshold: Floats,
    left: Places,
    right: Places,
) -> None:
    for root in roots:
        node = root
        while feature[node] >= 0:
            is_left = row[feature[node]] <= threshold[node]
            child = left[node] if is_left else right[node]
            pushes[feature[node]] += means[child] - means[node]
            node = child
