"""What of a terminal's input is neither text nor a sequence that the console means to send."""

import re

# Cursor, colours, erasing, modes, scrolling, the question for the cursor, kitty's keys, synchronised frames.
MEANT = re.compile(
    r"\x1b\[[0-9;:]*[HGCABDJKmnu]"
    r"|\x1b\[\??[0-9;]+[hl]"
    r"|\x1b\[\?[0-9;]+\$p"
    r"|\x1b\[[<>=?][0-9;]*u"
    r"|\x1b\[>[0-9;]*[mq]"
    r"|\x1b\[[0-9]* ?q"
    r"|\x1b\[[0-9;]*[ct]"
    r"|\x1b[78=>]"
    # The shape of the mouse pointer, which Textual sets.
    r"|\x1b\]22;[a-z-]*\x07"
)
# Controls, C1 controls, and characters that turn the direction of what follows or hide it.
STRAY = re.compile(
    "[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)


def stray_in(stream: str) -> list[str]:
    """Each stray character with what stands around it."""
    rest = MEANT.sub("", stream)
    return [rest[max(0, m.start() - 20) : m.end() + 20] for m in STRAY.finditer(rest)]
