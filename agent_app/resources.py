"""Where the resources folder is: in a checkout, an installed wheel or a frozen bundle.

For every part that reads guides, messages, translations, icons or themes. The domain never reads
files and so never imports this.
"""

import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_IN_WHEEL = _PACKAGE / "_resources"
_IN_CHECKOUT = _PACKAGE.parent / "resources"


def resources_dir() -> Path:
    """Return the resources folder of this installation.

    The three places differ because the folder lies beside the package in a checkout (content is
    edited there by people who never open the package), inside it in a wheel, and beside the
    frozen modules in a PyInstaller bundle.

    Raises:
        FileNotFoundError: the installation is incomplete; the message names the places looked at.
    """
    bundle = getattr(sys, "_MEIPASS", None)
    places = [_IN_WHEEL, _IN_CHECKOUT] if bundle is None else [Path(bundle) / "resources"]
    for place in places:
        if place.is_dir():
            return place
    looked_at = ", ".join(str(place) for place in places)
    raise FileNotFoundError(f"agent_app is installed without its resources; looked at {looked_at}")


def resource(*parts: str) -> Path:
    """Return the path of one resource, for example `resource("translations", "desk_zh_CN.qm")`.

    Raises:
        FileNotFoundError: there is no such file or folder; the message holds its full path.
    """
    path = resources_dir().joinpath(*parts)
    if not path.exists():
        raise FileNotFoundError(f"missing resource: {path}")
    return path
