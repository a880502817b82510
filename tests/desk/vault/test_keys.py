"""Promise: a store's key is in the keyring, under a passphrase or nowhere, and never plain."""

from __future__ import annotations

import stat
from pathlib import Path

import msgspec
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as FailKeyring

from agent_app.desk.vault import passphrase as wrapping
from agent_app.desk.vault.key_keeper import LONGEST_WAIT_S, StoreKeys
from agent_app.desk.work.keys import (
    KeyFailed,
    KeyringChanged,
    KeyringFailed,
    NoKey,
    PassphraseNeeded,
    TooSoon,
    WeakPassphrase,
    WrongPassphrase,
)
from agent_app.desk.work.local import KeyPlace, StoreName
from agent_app.domain.ids import UserId
from tests.fakes.memory_keyring import MemoryKeyring

CHEN = StoreName.of("https://gateway.example.com", UserId("chen"))
WU = StoreName.of("https://gateway.example.com", UserId("wu"))
WORDS = "回到杭州 in autumn"


class Clock:
    def __init__(self) -> None:
        self.at = 1e9

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keyring() -> MemoryKeyring:
    return MemoryKeyring()


@pytest.fixture
def keys(tmp_path: Path, keyring: MemoryKeyring, clock: Clock) -> StoreKeys:
    return StoreKeys(tmp_path, keyring, clock_s=clock)


def written(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def again(tmp_path: Path, keyring: MemoryKeyring, clock: Clock) -> StoreKeys:
    """Return what the next start of the desk has."""
    return StoreKeys(tmp_path, keyring, clock_s=clock)


def test_a_key_in_the_keyring_outlasts_the_desk(
    keys: StoreKeys, tmp_path: Path, keyring: MemoryKeyring, clock: Clock
) -> None:
    key = keys.make(CHEN, KeyPlace.KEYRING)
    assert len(key) == 32
    next_start = again(tmp_path, keyring, clock)
    assert next_start.place(CHEN) is KeyPlace.KEYRING
    assert next_start.open(CHEN) == key
    assert next_start.place(WU) is None
    with pytest.raises(NoKey):
        next_start.open(WU)
    [entry] = keyring.kept.values()
    assert len(entry) < 1280, "what Windows' keyring takes"


def test_no_file_holds_the_key(keys: StoreKeys, tmp_path: Path) -> None:
    def shown(key: bytes) -> bool:
        found = written(tmp_path)
        return any(form in found for form in (key, msgspec.json.encode(key)[1:-1]))

    for name, place in ((CHEN, KeyPlace.KEYRING), (WU, KeyPlace.PASSPHRASE)):
        key = keys.make(name, place, WORDS)
        assert written(tmp_path)
        assert not shown(key)
        assert WORDS.encode() not in written(tmp_path)
    (tmp_path / "plain").write_bytes(msgspec.json.encode({"key": key}))
    assert shown(key), "the search itself finds a key that is there"


def test_files_are_for_their_owner_alone(keys: StoreKeys, tmp_path: Path) -> None:
    keys.make(WU, KeyPlace.KEYRING)
    keys.make(CHEN, KeyPlace.PASSPHRASE, WORDS)
    with pytest.raises(WrongPassphrase):
        keys.open(CHEN, "something else")
    modes = {path.suffix: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {".keyring": 0o600, ".wrapped": 0o600, ".tries": 0o600}


def test_a_passphrase_opens_the_same_key_however_it_was_typed(keys: StoreKeys) -> None:
    key = keys.make(CHEN, KeyPlace.PASSPHRASE, "Zoe\u0308s caf\u00e9 Ａ1")
    assert keys.place(CHEN) is KeyPlace.PASSPHRASE
    assert keys.open(CHEN, "Zo\u00ebs cafe\u0301 A1") == key
    with pytest.raises(PassphraseNeeded):
        keys.open(CHEN)


def test_wrong_passphrases_cost_more_and_more_time(
    keys: StoreKeys, tmp_path: Path, keyring: MemoryKeyring, clock: Clock
) -> None:
    key = keys.make(CHEN, KeyPlace.PASSPHRASE, WORDS)
    waits = []
    for _ in range(10):
        with pytest.raises(WrongPassphrase) as wrong:
            keys.open(CHEN, "something else")
        waits.append(wrong.value.wait_s)
        clock.at += wrong.value.wait_s
    assert waits[:5] == [0, 0, 1, 2, 4]
    assert waits[-1] == LONGEST_WAIT_S
    clock.at -= 1
    for keeper in (keys, again(tmp_path, keyring, clock)):
        with pytest.raises(TooSoon) as soon:
            keeper.open(CHEN, WORDS)
        assert 0 < soon.value.wait_s <= 1, "a restart does not shorten the pause"
    clock.at += 1
    assert keys.open(CHEN, WORDS) == key
    with pytest.raises(WrongPassphrase) as wrong:
        keys.open(CHEN, "something else")
    assert wrong.value.wait_s == 0, "the right one ends the count"


def test_a_clock_that_was_set_back_locks_nobody_out(keys: StoreKeys, clock: Clock) -> None:
    keys.make(CHEN, KeyPlace.PASSPHRASE, WORDS)
    for _ in range(4):
        with pytest.raises(WrongPassphrase):
            keys.open(CHEN, "something else")
        clock.at += 60
    clock.at -= 1e8
    with pytest.raises(TooSoon) as soon:
        keys.open(CHEN, WORDS)
    assert soon.value.wait_s <= LONGEST_WAIT_S


def test_a_changed_passphrase_keeps_the_key(keys: StoreKeys) -> None:
    key = keys.make(CHEN, KeyPlace.PASSPHRASE, WORDS)
    with pytest.raises(WrongPassphrase):
        keys.rewrap(CHEN, "something else", "a new one, longer")
    with pytest.raises(WeakPassphrase) as weak:
        keys.rewrap(CHEN, WORDS, "short")
    assert weak.value.least == wrapping.LEAST
    assert keys.open(CHEN, WORDS) == key
    keys.rewrap(CHEN, WORDS, "a new one, longer")
    assert keys.open(CHEN, "a new one, longer") == key
    with pytest.raises(WrongPassphrase):
        keys.open(CHEN, WORDS)


def test_a_changed_file_opens_nothing(keys: StoreKeys, tmp_path: Path, clock: Clock) -> None:
    """A byte of the sealed key, another person's file, another way of wrapping."""
    keys.make(CHEN, KeyPlace.PASSPHRASE, WORDS)
    file = tmp_path / f"{CHEN.person}.wrapped"
    whole = wrapping.read(file.read_bytes())
    sealed = bytes([whole.sealed[0] ^ 1, *whole.sealed[1:]])
    file.write_bytes(wrapping.encoded(msgspec.structs.replace(whole, sealed=sealed)))
    with pytest.raises(WrongPassphrase):
        keys.open(CHEN, WORDS)
    (tmp_path / f"{WU.person}.wrapped").write_bytes(wrapping.encoded(whole))
    with pytest.raises(WrongPassphrase):
        keys.open(WU, WORDS)
    for content in (
        b"",
        b"{",
        b"\xff",
        wrapping.encoded(msgspec.structs.replace(whole, kind="argon2id-1-8-1 aes-256-gcm")),
        wrapping.encoded(msgspec.structs.replace(whole, salt=b"")),
    ):
        file.write_bytes(content)
        with pytest.raises(KeyFailed) as failed:
            keys.open(CHEN, WORDS)
        assert not isinstance(failed.value, WrongPassphrase)


def test_in_memory_nothing_outlasts(
    keys: StoreKeys, tmp_path: Path, keyring: MemoryKeyring, clock: Clock
) -> None:
    keys.make(CHEN, KeyPlace.MEMORY)
    assert keys.place(CHEN) is KeyPlace.MEMORY
    assert not written(tmp_path)
    assert not keyring.kept
    assert again(tmp_path, keyring, clock).place(CHEN) is None


@pytest.mark.parametrize("place", list(KeyPlace))
def test_a_destroyed_key_is_nowhere(
    keys: StoreKeys, tmp_path: Path, keyring: MemoryKeyring, place: KeyPlace
) -> None:
    keys.make(CHEN, place, WORDS)
    keys.destroy(CHEN)
    keys.destroy(CHEN)
    assert keys.place(CHEN) is None
    assert not list(tmp_path.iterdir())
    assert not keyring.kept
    with pytest.raises(NoKey):
        keys.open(CHEN, WORDS)


@pytest.mark.parametrize("place", [KeyPlace.KEYRING, KeyPlace.PASSPHRASE])
def test_a_new_key_leaves_nothing_of_the_old(
    keys: StoreKeys, keyring: MemoryKeyring, place: KeyPlace
) -> None:
    old = keys.make(CHEN, KeyPlace.KEYRING)
    new = keys.make(CHEN, place, WORDS)
    assert new != old
    assert keys.open(CHEN, WORDS) == new
    assert len(keyring.kept) == (1 if place is KeyPlace.KEYRING else 0)
    assert keys.make(CHEN, KeyPlace.KEYRING) == keys.open(CHEN)


def test_a_keyring_that_will_not_let_go_is_said_so_and_tried_again(
    keys: StoreKeys, keyring: MemoryKeyring
) -> None:
    keys.make(CHEN, KeyPlace.KEYRING)
    keyring.broken = True
    with pytest.raises(KeyringFailed):
        keys.destroy(CHEN)
    keyring.broken = False
    keys.destroy(CHEN)
    assert not keyring.kept


def test_without_a_safe_keyring_a_person_has_to_choose(tmp_path: Path) -> None:
    absent: KeyringBackend = FailKeyring()  # type: ignore[no-untyped-call]
    for keys in (
        StoreKeys(tmp_path, absent),
        StoreKeys(tmp_path, MemoryKeyring(), use_keyring=False),
    ):
        assert keys.safest() is KeyPlace.MEMORY
    with pytest.raises(KeyringFailed):
        StoreKeys(tmp_path, absent).make(CHEN, KeyPlace.KEYRING)
    plain = type("Plain", (MemoryKeyring,), {"__module__": "keyrings.alt.file"})()
    with pytest.raises(KeyringFailed):
        StoreKeys(tmp_path, plain).make(CHEN, KeyPlace.KEYRING)
    assert not plain.kept
    assert not list(tmp_path.iterdir())


def test_another_keyring_than_before_is_named(
    keys: StoreKeys, tmp_path: Path, keyring: MemoryKeyring
) -> None:
    key = keys.make(CHEN, KeyPlace.KEYRING)
    other = type("Other", (MemoryKeyring,), {"__module__": "another.keyring"})()
    with pytest.raises(KeyringChanged) as changed:
        StoreKeys(tmp_path, other).open(CHEN)
    assert changed.value.now == "another.keyring"
    assert changed.value.before == MemoryKeyring.__module__
    other.kept = keyring.kept
    assert StoreKeys(tmp_path, other).open(CHEN) == key, "the same secrets by another way"
    with pytest.raises(KeyringChanged):
        StoreKeys(tmp_path, MemoryKeyring()).open(CHEN)


@pytest.mark.parametrize("found", ["", "something else", "AAAA", "é"])
def test_what_is_no_key_is_not_taken_for_one(
    keys: StoreKeys, keyring: MemoryKeyring, found: str
) -> None:
    keys.make(CHEN, KeyPlace.KEYRING)
    [where] = keyring.kept
    keyring.kept[where] = found
    with pytest.raises(KeyringFailed):
        keys.open(CHEN)
    del keyring.kept[where]
    with pytest.raises(NoKey):
        keys.open(CHEN)


def test_a_folder_that_takes_nothing_is_one_clear_error(
    tmp_path: Path, keyring: MemoryKeyring
) -> None:
    (tmp_path / "keys").write_bytes(b"a file where the folder should be")
    keys = StoreKeys(tmp_path / "keys", keyring)
    for place in (KeyPlace.KEYRING, KeyPlace.PASSPHRASE):
        with pytest.raises(KeyFailed, match="cannot be"):
            keys.make(CHEN, place, WORDS)
