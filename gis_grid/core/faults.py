"""Faults in the log: where and of what kind, never what people had written or asked.

Messages of exceptions quote values (a database names the key that it refuses), so they are
left out; the lines of code, the kinds and the database's own codes say enough to find it.
"""

import logging
import secrets
import traceback

from django.http import HttpRequest


def error_number_of(request: HttpRequest) -> str:
    """The number under which the fault of this request stands in the log, and on the page."""
    number: str | None = getattr(request, "error_number", None)
    if number is None:
        number = secrets.token_hex(4).upper()
        request.error_number = number  # type: ignore[attr-defined]
    return number


class FaultFormatter(logging.Formatter):
    """One line with time, level, logger, number and path; then the frames and the kinds."""

    def format(self, record: logging.LogRecord) -> str:
        request = getattr(record, "request", None)
        number = f" [{error_number_of(request)}]" if isinstance(request, HttpRequest) else ""
        line = f"{self.formatTime(record)} {record.levelname} {record.name}{number}"
        text = f"{line}: {record.getMessage()}"
        error = record.exc_info[1] if record.exc_info else None
        return text if error is None else f"{text}\n{trace_of(error)}"


def trace_of(error: BaseException) -> str:
    """Frames and kinds of the exception and of those that led to it, the first cause first."""
    parts: list[str] = []
    step: BaseException | None = error
    while step is not None and len(parts) < 10:
        kind = f"{type(step).__module__}.{type(step).__qualname__}"
        state = getattr(step, "sqlstate", None)
        frames = "".join(traceback.format_tb(step.__traceback__))
        parts.append(f"{frames}{kind}{f' (SQLSTATE {state})' if state else ''}")
        context = None if step.__suppress_context__ else step.__context__
        step = step.__cause__ or context
    return "\nwhich led to\n".join(reversed(parts))
