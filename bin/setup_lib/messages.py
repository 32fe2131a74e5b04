"""What set-up says to the person at the terminal."""

import sys


class SetupError(Exception):
    """A failure that a person can act on: one sentence on what is wrong, one on the way out."""

    def __init__(self, sentence: str, way_out: str = "", zh: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.way_out = way_out
        self.zh = zh


def say(sentence: str, zh: str = "") -> None:
    """Print one line, with its Chinese beside it where it matters; shown at once, also through a
    pipe.
    """
    print(f"{sentence}  {zh}" if zh else sentence, flush=True)


def heading(title: str) -> None:
    """Print a heading that stands out in a long log."""
    print(f"\n━━ {title} ".ljust(78, "━"), flush=True)


def complain(error: SetupError) -> None:
    """Print a failure and the way out to standard error."""
    sys.stdout.flush()
    for line in (error.sentence, error.zh, error.way_out):
        if line:
            print(line, file=sys.stderr, flush=True)
