"""Put the top-level resources folder inside the wheel; called by hatchling only.

An editable install must not get a copy: it would go stale, so there the checkout's own folder is
read (see agent_app/resources.py).
"""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WheelResources(BuildHookInterface[Any]):
    """Adds `resources/` to a standard wheel as `agent_app/_resources/`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Register the folder with the build unless the install is editable."""
        if version == "standard":
            build_data["force_include"]["resources"] = "agent_app/_resources"
