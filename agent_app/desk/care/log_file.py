"""The desk's log: lines of JSON in a file that starts anew at half a megabyte; no customer data.

Nobody has to remember that. Of a message only the words pass that stand as a literal in the code
that wrote it; of its values only numbers and the types of errors. So a line that was put together
from a customer's name, by whomever, is told by its place alone.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from enum import Enum
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import CodeType, FrameType

from agent_app.desk.care.telling import described, scrubbed

NAME = "desk.log"
_BIGGEST = 512 * 1024
_KEPT = 2
_LEFT_OUT = "(left out)"


class PlainLines(logging.Formatter):
    """Formats what may be told of a record. Works only while the writing code is on the stack."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line of JSON."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "place": f"{record.name}:{record.lineno} {record.funcName}",
            "said": _said(record),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["errors"] = described(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def configure(folder: Path, level: int = logging.WARNING) -> Path | None:
    """Send this process's log to `folder`, and to standard error; return the file.

    None where the folder takes no file: a desk without a log is better than no desk.
    """
    root = logging.getLogger()
    # A program without a console has no standard error.
    handlers: list[logging.Handler] = [logging.StreamHandler()] if sys.stderr else []
    path: Path | None = folder / NAME
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handlers.append(
            RotatingFileHandler(
                folder / NAME, maxBytes=_BIGGEST, backupCount=_KEPT, encoding="utf-8", delay=True
            )
        )
    except OSError:
        path = None
    for handler in list(root.handlers):
        if isinstance(handler.formatter, PlainLines):
            root.removeHandler(handler)
            handler.close()
    for handler in handlers:
        handler.setFormatter(PlainLines())
        root.addHandler(handler)
    root.setLevel(level)
    return path


def release() -> None:
    """Close what `configure` opened; for the end of the program."""
    root = logging.getLogger()
    for handler in list(root.handlers):
        if isinstance(handler.formatter, PlainLines):
            root.removeHandler(handler)
            handler.close()


def _said(record: logging.LogRecord) -> str:
    template = record.msg
    if not isinstance(template, str) or not _is_literal(template, record):
        return _LEFT_OUT
    values = record.args if isinstance(record.args, tuple) else (record.args,)
    if not record.args:
        return template
    try:
        return template % tuple(_passed(value) for value in values)
    except (TypeError, ValueError):
        return template


def _is_literal(template: str, record: logging.LogRecord) -> bool:
    """Tell whether the text stands in the code that wrote the record, as it is."""
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        code = frame.f_code
        if code.co_filename == record.pathname and code.co_name == record.funcName:
            return _holds(code, template)
        frame = frame.f_back
    return False


def _holds(code: CodeType, template: str) -> bool:
    return any(isinstance(each, str) and each == template for each in code.co_consts)


def _passed(value: object) -> object:
    if value is None or (isinstance(value, bool | int | float) and not isinstance(value, Enum)):
        # A long number may be a phone's.
        return value if scrubbed(str(value)) == str(value) else _LEFT_OUT
    if isinstance(value, BaseException):
        return f"{type(value).__module__}.{type(value).__qualname__}"
    return _LEFT_OUT
