"""CQL2 text, read into a small tree. What the columns are, `filters` knows.

By hand and not by a library: those that there are join AND and OR without precedence, know no
quote inside a text, and read what nobody needs here.
"""

import re
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from gis_grid.core.errors import InputError

LONGEST = 4_000
DEEPEST = 24
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<text>'(?:[^']|'')*')
    | (?P<quoted>"[^"]{1,60}")
    | (?P<number>[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,3})?)
    | (?P<word>[A-Za-z_][A-Za-z0-9_.:]{0,60})
    | (?P<sign><=|>=|<>|[=<>(),])
    )""",
    re.VERBOSE,
)
_SHAPES = ("POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON")
_COMPARED = ("=", "<>", "<", ">", "<=", ">=")


@dataclass(frozen=True)
class Name:
    """A column."""

    name: str


@dataclass(frozen=True)
class Value:
    """A literal: a text, number, truth, day or moment (both as they were written)."""

    value: str | float | int | bool
    kind: Literal["text", "number", "flag", "date", "moment"]


@dataclass(frozen=True)
class Period:
    """An interval; an end that is written `..` is open."""

    since: str
    until: str


@dataclass(frozen=True)
class Wkt:
    """A geometry as it was written."""

    text: str


@dataclass(frozen=True)
class Lowered:
    """CASEI(…)."""

    inner: "Name | Value"


Operand = Name | Value | Lowered | Wkt | Period


@dataclass(frozen=True)
class Test:
    """A predicate: its word in capitals, and what it is about."""

    word: str
    operands: tuple[Operand, ...]


@dataclass(frozen=True)
class Not:
    inner: "Tree"


@dataclass(frozen=True)
class Joined:
    """AND or OR."""

    word: Literal["AND", "OR"]
    parts: tuple["Tree", ...]


Tree = Test | Not | Joined


def fault(message: str = "") -> InputError:
    text = message or _("The filter can't be read. Write CQL2 text, such as people > 4.")
    return InputError(text, where="filter")


def read(text: str) -> Tree:
    """The tree; InputError for what is no CQL2 text or too long."""
    if len(text) > LONGEST:
        raise fault(_("The filter is too long."))
    reader = _Reader(text)
    tree = reader.either(0)
    if reader.kind != "end":
        raise fault()
    return tree


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self.kind, self.token, self._start = "", "", 0
        self._next()

    def _next(self) -> None:
        found = _TOKEN.match(self._text, self._at)
        if found is None:
            if self._text[self._at :].strip():
                raise fault()
            self.kind, self.token = "end", ""
            return
        self.kind = found.lastgroup or ""
        self.token = found[self.kind]
        self._start, self._at = found.start(self.kind), found.end()

    def _opens(self) -> bool:
        return self.token.startswith("(")

    def _word(self) -> str:
        return self.token.upper() if self.kind == "word" else ""

    def _takes(self, *tokens: str) -> bool:
        """Step over one of these words or signs, if it stands here."""
        here = self._word() or (self.token if self.kind == "sign" else "")
        if here not in tokens or not here:
            return False
        self._next()
        return True

    def _needs(self, token: str) -> None:
        if not self._takes(token):
            raise fault()

    def either(self, depth: int) -> Tree:
        if depth > DEEPEST:
            raise fault(_("The filter is nested too deeply."))
        parts = [self._both(depth)]
        while self._takes("OR"):
            parts.append(self._both(depth))
        return parts[0] if len(parts) == 1 else Joined("OR", tuple(parts))

    def _both(self, depth: int) -> Tree:
        parts = [self._single(depth)]
        while self._takes("AND"):
            parts.append(self._single(depth))
        return parts[0] if len(parts) == 1 else Joined("AND", tuple(parts))

    def _single(self, depth: int) -> Tree:
        if depth > DEEPEST:
            raise fault(_("The filter is nested too deeply."))
        if self._takes("NOT"):
            return Not(self._single(depth + 1))
        if self._takes("("):
            tree = self.either(depth + 1)
            self._needs(")")
            return tree
        return self._test()

    def _test(self) -> Tree:
        word = self._word()
        if word.startswith(("S_", "T_")):
            self._next()
            self._needs("(")
            first = self._operand()
            self._needs(",")
            second = self._operand()
            self._needs(")")
            return Test(word, (first, second))
        first = self._operand()
        for sign in _COMPARED:
            if self.kind == "sign" and self._takes(sign):
                return Test(sign, (first, self._operand()))
        if self._takes("IS"):
            negated = self._takes("NOT")
            self._needs("NULL")
            return _maybe_not(Test("NULL", (first,)), negated=negated)
        negated = self._takes("NOT")
        return _maybe_not(self._worded(first), negated=negated)

    def _worded(self, first: Operand) -> Test:
        if self._takes("LIKE"):
            return Test("LIKE", (first, self._operand()))
        if self._takes("BETWEEN"):
            low = self._operand()
            self._needs("AND")
            return Test("BETWEEN", (first, low, self._operand()))
        if self._takes("IN"):
            self._needs("(")
            found = [self._operand()]
            while self._takes(","):
                found.append(self._operand())
            self._needs(")")
            return Test("IN", (first, *found))
        if isinstance(first, Name):
            # A truth by itself: `is_outside AND …`.
            return Test("=", (first, Value(True, "flag")))
        raise fault()

    def _operand(self) -> Operand:
        kind, token, word, start = self.kind, self.token, self._word(), self._start
        self._next()
        if kind == "text":
            return Value(token[1:-1].replace("''", "'"), "text")
        if kind == "number":
            return Value(float(token) if set(token) & set(".eE") else int(token), "number")
        if kind == "quoted":
            return Name(token[1:-1])
        if kind != "word":
            raise fault()
        if word in ("TRUE", "FALSE"):
            return Value(word == "TRUE", "flag")
        if self.kind == "sign" and self._opens():
            return self._called(word, start)
        return Name(token)

    def _called(self, word: str, start: int) -> Operand:
        if word in _SHAPES:
            return Wkt(self._shape(start))
        self._next()
        if word in ("DATE", "TIMESTAMP"):
            found: Operand = Value(self._quoted(), "date" if word == "DATE" else "moment")
        elif word == "INTERVAL":
            since = self._quoted()
            self._needs(",")
            found = Period(since, self._quoted())
        elif word == "BBOX":
            found = Wkt(self._box())
        elif word in ("CASEI", "ACCENTI"):
            inner = self._operand()
            if not isinstance(inner, Name | Value):
                raise fault()
            found = Lowered(inner)
        else:
            raise fault(_("The function %(name)s is not offered here.") % {"name": word})
        self._needs(")")
        return found

    def _quoted(self) -> str:
        if self.kind != "text":
            raise fault()
        text = self.token[1:-1]
        self._next()
        return text

    def _box(self) -> str:
        numbers: list[float] = []
        while self.kind == "number" and len(numbers) < 4:
            numbers.append(float(self.token))
            self._next()
            if len(numbers) < 4:
                self._needs(",")
        if len(numbers) != 4:
            raise fault()
        w, s, e, n = numbers
        return f"POLYGON(({w} {s},{e} {s},{e} {n},{w} {n},{w} {s}))"

    def _shape(self, start: int) -> str:
        """The WKT that begins at `start`: up to where its brackets close."""
        depth = 0
        while True:
            if self.kind in ("end", "text", "quoted"):
                raise fault()
            depth += {"(": 1, ")": -1}.get(self.token, 0)
            end = self._at
            self._next()
            if depth == 0:
                return self._text[start:end]


def _maybe_not(test: Test, *, negated: bool) -> Tree:
    return Not(test) if negated else test
