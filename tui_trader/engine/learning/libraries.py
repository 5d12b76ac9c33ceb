"""Versions of the libraries that decide what a stored model means."""

import numpy as np

from tui_trader.engine.learning.manifest import Manifest
from tui_trader.engine.values.errors import StoreError


def refuse_other_libraries(manifest: Manifest, source: str) -> None:
    """Refuse a model that another scikit-learn wrote.

    Raises:
        StoreError: with both versions.
    """
    written, running = manifest.libraries.get("scikit-learn"), libraries()["scikit-learn"]
    if written != running:
        message = (
            f"{source} was trained with scikit-learn {written}, this is {running}; train again"
        )
        raise StoreError(message)


def libraries() -> dict[str, str]:
    """Versions that decide what a stored model means."""
    import sklearn
    import skops

    return {
        "scikit-learn": sklearn.__version__,
        "skops": skops.__version__,
        "numpy": np.__version__,
    }
