"""What the desk keeps: preferences whole or not at all, tokens only where they are safe."""

from __future__ import annotations

from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.backends.fail import Keyring as FailKeyring
from keyring.backends.null import Keyring as NullKeyring

from agent_app.desk.store.preference_file import PreferenceFile
from agent_app.desk.vault.token_vault import SERVICE, KeyringVault, is_safe
from agent_app.desk.work.preferences import Language, Preferences, Theme
from tests.fakes.memory_keyring import MemoryKeyring

GATEWAY = "https://gateway.example.com"


UNSAFE: list[KeyringBackend] = [kind() for kind in (FailKeyring, NullKeyring)]


def test_a_token_outlasts_the_session_in_a_safe_keyring() -> None:
    keyring = MemoryKeyring()
    KeyringVault(keyring).keep(GATEWAY, "secret")
    again = KeyringVault(keyring)
    assert again.keeps
    assert again.token(GATEWAY) == "secret"
    again.forget(GATEWAY)
    assert keyring.kept == {}


@pytest.mark.parametrize("unsafe", UNSAFE)
def test_an_unsafe_keyring_is_refused_and_said_so(unsafe: KeyringBackend) -> None:
    vault = KeyringVault(unsafe)
    vault.keep(GATEWAY, "secret")
    assert not vault.keeps
    assert vault.token(GATEWAY) == "secret", "for this session it works all the same"
    assert KeyringVault(unsafe).token(GATEWAY) is None


def test_a_plain_text_keyring_is_refused() -> None:
    plain = type("PlaintextKeyring", (MemoryKeyring,), {"__module__": "keyrings.alt.file"})()
    assert not is_safe(plain)
    vault = KeyringVault(plain)
    vault.keep(GATEWAY, "secret")
    assert plain.kept == {}
    assert is_safe(MemoryKeyring())


def test_a_chain_is_as_safe_as_its_weakest_link() -> None:
    class Chain(ChainerBackend):
        backends = [MemoryKeyring(), UNSAFE[1]]  # noqa: RUF012

    chain: KeyringBackend = Chain()  # type: ignore[no-untyped-call]
    assert not is_safe(chain)


def test_a_keyring_that_breaks_costs_only_the_keeping() -> None:
    keyring = MemoryKeyring()
    keyring.broken = True
    vault = KeyringVault(keyring)
    vault.keep(GATEWAY, "secret")
    assert not vault.keeps
    assert vault.token(GATEWAY) == "secret"
    assert (SERVICE, GATEWAY) not in keyring.kept


def test_preferences_come_back_as_they_were_kept(tmp_path: Path) -> None:
    chosen = Preferences(
        gateway_url=GATEWAY, language=Language.CHINESE, theme=Theme.DARK, letter_keys=False,
        window="AAA=",
    )  # fmt: skip
    PreferenceFile(tmp_path / "new" / "desk.json").save(chosen)
    store = PreferenceFile(tmp_path / "new" / "desk.json")
    assert store.load() == chosen
    assert store.complaint is None
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["desk.json"]


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"\xff\xfe", b'{"format": 99}', b'{"format": 1, "theme": "pink"}', b"[]"]
)
def test_an_unreadable_file_is_kept_aside_and_said_so(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "desk.json"
    path.write_bytes(damage)
    store = PreferenceFile(path)
    assert store.load() == Preferences()
    assert store.complaint is not None
    assert Path(store.complaint).read_bytes() == damage


def test_a_first_start_has_defaults_and_no_complaint(tmp_path: Path) -> None:
    store = PreferenceFile(tmp_path / "desk.json")
    assert store.load() == Preferences()
    assert store.complaint is None


def test_a_failed_save_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "desk.json"
    path.mkdir()
    with pytest.raises(OSError, match=r"desk"):
        PreferenceFile(path).save(Preferences())
    assert [each.name for each in tmp_path.iterdir()] == ["desk.json"]
