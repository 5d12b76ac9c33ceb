"""What the program says: answers on stdout, the story on stderr."""

import sys


def tell(text: str) -> None:
    """One line of the story."""
    print(text, file=sys.stderr)


def answer(text: str) -> None:
    """One line of the answer."""
    print(text)
