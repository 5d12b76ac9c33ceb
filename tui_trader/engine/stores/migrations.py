"""Shape of the journal file, as numbered steps.

Law: a step that was released is never changed; the next shape is the next step. `user_version` of the
file says how many it has taken.
"""

from typing import Final

# "tuit" in ASCII: tells our files from any other SQLite file that lies under the same name.
APPLICATION_ID: Final = 0x74756974

MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (
    (
        """
        CREATE TABLE event (
            sequence INTEGER PRIMARY KEY CHECK (sequence > 0),
            time_ms INTEGER NOT NULL,
            kind TEXT NOT NULL,
            body TEXT NOT NULL
        ) STRICT
        """,
        # after_event: the last event that was there before the step that took this input; with it
        # a replay knows which inputs led to which events.
        """
        CREATE TABLE input (
            number INTEGER PRIMARY KEY CHECK (number > 0),
            after_event INTEGER NOT NULL,
            time_ms INTEGER NOT NULL,
            kind TEXT NOT NULL,
            body TEXT NOT NULL
        ) STRICT
        """,
    ),
)

VERSION: Final = len(MIGRATIONS)
