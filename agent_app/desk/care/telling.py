"""What may be told of an error: its type and where it arose; never its words, for they may quote.

Used by the log and the crash reports. No local variable, argument or source line leaves here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import TracebackType
from typing import Any

_DEEPEST = 60
_CODES = ("errno", "sqlite_errorname", "status")
_CODE = re.compile(r"[A-Za-z0-9_]{1,40}")
_MAIL = re.compile(r"[^\s\"'<>,;]+@[^\s\"'<>,;]+")
_DIGITS = re.compile(r"\+?\d{7,}")
_QUERY = re.compile(r"(https?://[^\s\"'<>?#]*)[?#][^\s\"'<>]*")
_PASSWORD = re.compile(r"(https?://)[^\s\"'<>/@]*@")
_BEARER = re.compile(r"(?i)\b(bearer|dpop|basic)\s+[A-Za-z0-9._~+/=-]{6,}")


def described(error: BaseException) -> list[dict[str, Any]]:
    """Return the error and what it arose from, the newest first: type, code, places."""
    return [_one(each) for each in _chain(error)]


def places(trace: TracebackType | None) -> list[str]:
    """Return `module:line function` for each frame, the innermost last."""
    return list(_places(trace))[-_DEEPEST:]


def scrubbed(text: str) -> str:
    """Return a text without addresses, long numbers, queries and credentials.

    The second line: nothing that needs it should have been written in the first place.
    """
    text = _QUERY.sub(r"\1", _PASSWORD.sub(r"\1", text))
    text = _BEARER.sub(r"\1 …", text)
    return _DIGITS.sub("…", _MAIL.sub("…", text))


def _one(error: BaseException) -> dict[str, Any]:
    kind = type(error)
    told: dict[str, Any] = {"type": f"{kind.__module__}.{kind.__qualname__}"}
    for name in _CODES:
        code = getattr(error, name, None)
        if isinstance(code, int | str) and _CODE.fullmatch(str(code)):
            told["code"] = str(code)
            break
    told["at"] = places(error.__traceback__)
    return told


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _places(trace: TracebackType | None) -> Iterator[str]:
    while trace is not None:
        frame = trace.tb_frame
        module = frame.f_globals.get("__name__", "?")
        yield f"{module}:{trace.tb_lineno} {frame.f_code.co_name}"
        trace = trace.tb_next
