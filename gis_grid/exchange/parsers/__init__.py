"""Parsers that run in a limited process of their own; nothing here imports Django.

Each module has `read(path, **options)`, a generator of JSON-ready messages, and raises
`Refused` with a code that `exchange.refusals` puts into words.
"""

from typing import Any


class Refused(Exception):  # noqa: N818 - it is the parser's answer, not a fault of ours
    """The file can't be taken: why, for the sentence to be made of."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params
