"""What the desk stands on, put together: the network, the stores and their keys, the settings.

main.py takes them; tests put others in. The only module that knows every adapter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from agent_app.desk.platform.client import HttpPlatform
from agent_app.desk.platform.network import Network
from agent_app.desk.platform.oidc import HttpProvider
from agent_app.desk.platform.oidc_redirect import LoopbackRedirect
from agent_app.desk.store.folder import StoreFolder
from agent_app.desk.store.preference_file import PreferenceFile
from agent_app.desk.store.seal_file import SealFile
from agent_app.desk.vault.key_keeper import StoreKeys
from agent_app.desk.vault.proofs import ProofKeys
from agent_app.desk.vault.token_vault import KeyringVault
from agent_app.desk.work.entry import Connects, Entry
from agent_app.desk.work.errors import Rejected
from agent_app.desk.work.local import KeyPlace
from agent_app.desk.work.ports import PreferenceStore, SealStore
from agent_app.desk.work.signing_in import Authorizer
from agent_app.domain.guide import Guide
from agent_app.guides import load_guide


@dataclass(frozen=True, slots=True)
class Adapters:
    """What the desk stands on. `place`: where keys go, whatever the machine offers."""

    entry: Entry
    store: PreferenceStore
    guide: Callable[[], Guide] = load_guide
    seals: SealStore | None = None
    place: KeyPlace | None = None
    complaint: Rejected | None = None
    """Why the network is not reached as the settings say."""
    hang_up: Callable[[], None] = lambda: None
    """Ends every request that still waits for its answer."""


def connect(gateway_url: str, authorised: Authorizer | str) -> HttpPlatform:
    """Connect to a gateway over HTTP, as this system reaches the network."""
    return HttpPlatform(gateway_url, authorised)


def adapters_in(
    folder: Path | None, connector: Connects | None = None, *, place: KeyPlace | None = None
) -> Adapters:
    """Return the real adapters; with a folder all is kept in it, and nothing in the keyring."""
    settings = PreferenceFile(folder / "desk.json" if folder else None)
    network, complaint = _network(settings)

    def through(gateway_url: str, authorised: Authorizer | str) -> HttpPlatform:
        return HttpPlatform(gateway_url, authorised, network=network)

    entry = Entry(
        connector or through,
        StoreKeys(folder / "keys" if folder else None, use_keyring=folder is None),
        StoreFolder(folder / "stores" if folder else None),
        HttpProvider(network.client),
        ProofKeys(),
        old_tokens=KeyringVault() if folder is None else None,
        new_redirect=LoopbackRedirect,
    )
    return Adapters(
        entry,
        settings,
        seals=SealFile(folder / "audit-seals" if folder else None),
        place=place,
        complaint=complaint,
        hang_up=network.hang_up,
    )


def _network(settings: PreferenceFile) -> tuple[Network, Rejected | None]:
    """Return the network as it was chosen, or the system's and why the choice does not hold."""
    try:
        return Network(settings.load().network), None
    except Rejected as error:
        return Network(), error
