"""Words for the codes of the domain, in one table per kind; a test fails when a code lacks them.

Raw codes never reach the screen. The tables hold the English source strings (marked for lupdate);
`say` looks them up in the language in force.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TypeVar

from PySide6.QtCore import QCoreApplication

Code = TypeVar("Code", bound=Enum)


def QT_TRANSLATE_NOOP(context: str, source: str) -> str:  # noqa: N802
    """Mark a string for lupdate, which knows this name; PySide's own returns `object`."""
    return source


def say(context: str, table: Mapping[Code, str], code: Code) -> str:
    """Return the words of a code in the language in force."""
    return QCoreApplication.translate(context, table[code])


def filled(sentence: str, **values: str) -> str:
    """Put values into the `{name}` places of a sentence; translators may reorder them."""
    for name, value in values.items():
        sentence = sentence.replace("{" + name + "}", value)
    return sentence
