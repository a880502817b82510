"""The log: a line of JSON each on standard error, and no customer data, whoever writes it.

Nobody has to remember that. A line passes only with words and numbers of known kinds: an event's
name, ids of ours, a type of error and where in the program it arose. An error's own text stays
out, for it may quote what it stumbled over; so do the texts of libraries.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
from collections.abc import Iterator, MutableMapping
from types import TracebackType
from typing import Any, TextIO

import structlog

from agent_app.gateway.config import LogConfig

_log = structlog.get_logger()
_KNOWN = frozenset(
    {
        "action",
        "address",
        "after_s",
        "before",
        "calls",
        "case",
        "code",
        "error",
        "event",
        "files",
        "holder",
        "kind",
        "level",
        "logger",
        "method",
        "ms",
        "path",
        "place",
        "problem_type",
        "request",
        "role",
        "rows",
        "seq",
        "shop",
        "state",
        "status",
        "thread",
        "timestamp",
        "user",
        "version",
    }
)
_PLAIN = re.compile(r"[A-Za-z0-9_.:/{}+\-<>]{0,120}")
_SPACED = re.compile(r"[A-Za-z0-9_.:/{}+\-<> ]{0,120}")
_OPERATORS_OWN = frozenset({"shop", "user"})
"""Names that an operator gave, in any script; they name no customer."""
_LEFT_OUT = "(left out)"
_DEEPEST = 40
Line = MutableMapping[str, Any]


def configure(config: LogConfig, to: TextIO | None = None) -> None:
    """Send every log line of this process, libraries' too, to standard error or to `to`."""
    level = logging.getLevelNamesMapping()[config.level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _error_without_words,
            _only_known,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(to or sys.stderr),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    for handler in list(root.handlers):
        root.removeHandler(handler)
    root.addHandler(_Libraries())
    root.setLevel(logging.WARNING)
    logging.captureWarnings(True)
    threading.excepthook = _thread_failed
    sys.excepthook = _failed
    sys.unraisablehook = _unraisable


def _error_without_words(_logger: object, _method: str, line: Line) -> Line:
    """Put types and places in the stead of an exception's text."""
    given = line.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        line["error"] = [_described(each) for each in _chain(error)]
    line.pop("stack_info", None)
    return line


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _described(error: BaseException) -> dict[str, object]:
    told: dict[str, object] = {"type": f"{type(error).__module__}.{type(error).__qualname__}"}
    for name in ("sqlite_errorname", "sqlstate", "errno"):
        code = getattr(error, name, None)
        if isinstance(code, str | int):
            told["code"] = str(code)[:40]
    told["at"] = list(_places(error.__traceback__))[-_DEEPEST:]
    return told


def _places(trace: TracebackType | None) -> Iterator[str]:
    while trace is not None:
        frame = trace.tb_frame
        module = frame.f_globals.get("__name__", "?")
        yield f"{module}:{trace.tb_lineno} {frame.f_code.co_name}"
        trace = trace.tb_next


def _only_known(_logger: object, _method: str, line: Line) -> Line:
    for name, value in line.items():
        line[name] = _passed(name, value) if name in _KNOWN else _LEFT_OUT
    return line


def _passed(name: str, value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if name == "error" and isinstance(value, list):
        return value
    if not isinstance(value, str):
        return _LEFT_OUT
    if name in _OPERATORS_OWN:
        passes = len(value) <= 80 and value.isprintable()
    else:
        passes = (_SPACED if name == "place" else _PLAIN).fullmatch(value) is not None
    # A plain str: an enumeration would be written by its own rule.
    return str(value) if passes else _LEFT_OUT


class _Libraries(logging.Handler):
    """Libraries' lines: who wrote and where, and never what, for it may quote data."""

    def emit(self, record: logging.LogRecord) -> None:
        write = _log.error if record.levelno >= logging.ERROR else _log.warning
        place = f"{record.module}:{record.lineno} {record.funcName}"
        write("library", logger=record.name, place=place, exc_info=record.exc_info or None)


def _thread_failed(hooked: threading.ExceptHookArgs) -> None:
    if hooked.exc_type is not SystemExit:
        _log.error("thread_ended", exc_info=hooked.exc_value)


def _failed(kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    _log.error("process_failed", exc_info=error)


def _unraisable(hooked: sys.UnraisableHookArgs) -> None:
    _log.error("not_raised", exc_info=hooked.exc_value)
