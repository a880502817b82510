"""Example bodies for the OpenAPI document, by message type; a test reads each as its message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent_app.contract.messages import (
    ActionRequest,
    ApprovalRequest,
    AssignRequest,
    FindingRequest,
    NoteRequest,
    SettleRequest,
)

EXAMPLES: Mapping[type[Any], Mapping[str, object]] = {
    ActionRequest: {
        "resubmit": {"kind": "resubmit"},
        "refund": {
            "kind": "refund",
            "amount": {"amount_minor": 4200, "currency": "EUR"},
            "reason": "The goods are sold out and the customer wants nothing else.",
        },
        "notify": {"kind": "notify", "template": "checking", "language": "en"},
    },
    ApprovalRequest: {"yes": {"approve": True}},
    AssignRequest: {"colleague": {"user": "amina"}},
    SettleRequest: {
        "done": {"done": True, "reference": "re_42", "reason": "The provider confirms it."},
    },
    NoteRequest: {
        "note": {"text": "Called back: he paid once and will wait."},
        "hand-over": {"text": "Done so far: …\nNext step: …", "kind": "handover"},
    },
    FindingRequest: {
        "answer": {"step": "recent_change", "state": "done", "outcome": "after_release"},
    },
}
