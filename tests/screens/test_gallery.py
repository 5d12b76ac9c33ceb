"""Every screen of the table in four states at three sizes, as text: a later screen is in by itself.

Written anew with `pytest tests/screens/test_gallery.py --snapshot-update`; pictures with colours are in
`docs/screens/gallery` (scripts/pictures) and in the other tests of this folder.
"""

import pytest
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from tests.screens.console_driver import console, screen_text
from tests.screens.states import SIZES, STATES, client_in, every_screen


class TextPicture(SingleFileSnapshotExtension):
    """One file a screen, to be read and compared by people."""

    _write_mode = WriteMode.TEXT
    _file_extension = "txt"

    def serialize(self, picture, **_) -> str:
        return "\n".join(line.rstrip() for line in picture.splitlines()) + "\n"


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "{}x{}".format(*size))
@pytest.mark.parametrize("state", STATES)
async def test_every_screen(snapshot, state, size):
    pictures = snapshot.use_extension(TextPicture)
    app = console(client_in(state))
    shown = {}
    async with app.run_test(size=size) as pilot:
        async for tab in every_screen(app, pilot):
            shown[tab.name] = screen_text(app)
    for name, text in shown.items():
        assert text == pictures(name=name), name
