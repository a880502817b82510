"""How long what a client sends may be: enforced as it is read, and told by the document.

No text holds a zero character: PostgreSQL cannot store one.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

MAX_TEXT = 4000
NO_ZERO = "^[^\\u0000]*$"

Text = Annotated[str, Meta(min_length=1, max_length=MAX_TEXT, pattern=NO_ZERO)]
"""What a person writes, where something must be written."""
Remark = Annotated[str, Meta(max_length=MAX_TEXT, pattern=NO_ZERO)]
"""What a person writes, or nothing."""
ID = Meta(min_length=1, max_length=100, pattern=NO_ZERO)
"""Of an id of any kind."""
Word = Annotated[str, ID]
"""A name that the gateway knows."""
Reference = Annotated[str, Meta(max_length=200, pattern=NO_ZERO)]
"""What another system calls a thing, or nothing."""
Line = Annotated[str, Meta(max_length=500, pattern=NO_ZERO)]
"""One value of a form."""
Correction = Annotated[dict[Word, Line], Meta(max_length=20)]
"""Field → its new value."""
