"""What setup keeps: nobody else may read it, it lies in no repository, and no error or repr shows a key."""

from __future__ import annotations

import stat
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.errors import ProviderFailure, UserError
from antiphon.testing.endpoint import Endpoint as Server
from antiphon.testing.endpoint import Fault
from antiphon.wire.cards import Endpoint
from antiphon.wire.kept import FILE, SERVICE, Kept, Keys, _text, keep, keyring, read_kept, repository
from antiphon.wire.probe import list_models

CANARY = "canary-9b1e6c20-key"
PLACE = Endpoint(name="workshop", base_url="https://example.org/v1", key="WORKSHOP_API_KEY")
KEPT = Kept().with_endpoint(PLACE).with_key("WORKSHOP_API_KEY", CANARY)


def test_what_is_kept_is_read_back_and_only_the_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "config" / FILE
    keep(path, KEPT)
    keep(path, KEPT)
    assert read_kept(path) == KEPT
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [file.name for file in path.parent.iterdir()] == [FILE]


def test_a_key_that_no_endpoint_names_any_more_goes() -> None:
    keyless = Endpoint(name="workshop", base_url="https://example.org/v1")
    assert KEPT.with_endpoint(keyless) == Kept(endpoints=(keyless,))
    other = Endpoint(name="other", base_url="https://example.org/v1", key="WORKSHOP_API_KEY")
    assert KEPT.with_endpoint(other).with_endpoint(keyless).keys == {"WORKSHOP_API_KEY": CANARY}


def test_a_file_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert read_kept(tmp_path / FILE) == Kept()
    assert Keys({}, tmp_path / FILE)("WORKSHOP_API_KEY", PLACE.base_url) is None


def test_no_repr_and_no_error_shows_a_key(tmp_path: Path) -> None:
    path = tmp_path / FILE
    assert CANARY not in repr(KEPT)
    for text in (f'[keys]\nWORKSHOP = "{CANARY}\n', f'[keys]\n"{CANARY} x" = 3\n', f'{CANARY} = "x"\n', "\xff"):
        path.write_bytes(text.encode("latin-1"))
        path.chmod(0o600)
        with pytest.raises(UserError, match="is not what `antiphon setup` writes") as caught:
            read_kept(path)
        assert CANARY not in str(caught.value)
        assert caught.value.__cause__ is None


@pytest.mark.skipif(sys.platform == "win32", reason="modes mean nothing there")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_that_others_may_read_is_refused_with_what_to_do(tmp_path: Path, mode: int) -> None:
    path = tmp_path / FILE
    keep(path, KEPT)
    path.chmod(mode)
    with pytest.raises(UserError, match=rf"mode {mode:o}.*chmod 600"):
        Keys({}, path)("WORKSHOP_API_KEY", PLACE.base_url)


@pytest.mark.parametrize("mark", [".git", ".hg", ".jj", ".svn"])
@pytest.mark.parametrize("worktree", [False, True])
def test_nothing_is_kept_inside_a_repository(tmp_path: Path, mark: str, *, worktree: bool) -> None:
    top = tmp_path / "project"
    top.mkdir()
    (top / mark).write_text("gitdir: elsewhere") if worktree else (top / mark).mkdir()
    path = top / "deep" / "config" / FILE
    assert repository(path.parent) == top.resolve()
    with pytest.raises(UserError, match="would lie in the repository"):
        keep(path, KEPT)
    assert not path.parent.exists()
    link = tmp_path / "link"
    link.symlink_to(top)
    with pytest.raises(UserError, match="would lie in the repository"):
        keep(link / FILE, KEPT)


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("")
    (tmp_path / FILE).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UserError, match="link"):
        keep(tmp_path / FILE, KEPT)
    assert (tmp_path / "elsewhere").read_text() == ""


def test_a_key_in_the_environment_goes_before_one_that_was_kept(tmp_path: Path) -> None:
    keep(tmp_path / FILE, KEPT)
    assert Keys({"WORKSHOP_API_KEY": "other"}, tmp_path / FILE)("WORKSHOP_API_KEY", PLACE.base_url) == "other"
    assert Keys({"WORKSHOP_API_KEY": ""}, tmp_path / FILE)("WORKSHOP_API_KEY", PLACE.base_url) == CANARY


OTHERS = (
    "https://example.net/v1",
    "http://example.org/v1",
    "https://example.org:8443/v1",
    "https://example.org/v1/else",
    "https://example.org@example.net/v1",
    "https://example.net\\@example.org/v1",
    "",
)


@pytest.mark.parametrize("other", OTHERS)
def test_a_kept_key_is_given_out_for_the_address_it_was_kept_for_and_no_other(tmp_path: Path, other: str) -> None:
    keep(tmp_path / FILE, KEPT)
    find = Keys({}, tmp_path / FILE)
    assert find("WORKSHOP_API_KEY", PLACE.base_url + "/") == CANARY
    assert find("WORKSHOP_API_KEY", other) is None
    find.need("WORKSHOP_API_KEY", "a seat", PLACE.base_url)
    with pytest.raises(UserError, match=r"kept it for https://example\.org/v1 alone") as caught:
        find.need("WORKSHOP_API_KEY", "a seat", other)
    assert CANARY not in str(caught.value)
    assert Keys({"WORKSHOP_API_KEY": "own"}, tmp_path / FILE)("WORKSHOP_API_KEY", other) == "own"


def test_a_key_in_the_keyring_is_bound_to_its_address_before_the_keyring_is_asked(tmp_path: Path) -> None:
    keep(tmp_path / FILE, KEPT.with_key("WORKSHOP_API_KEY", ""))
    assert Keys({}, tmp_path / FILE)("WORKSHOP_API_KEY", "https://example.net/v1") is None


names = st.from_regex(r"[A-Z_][A-Z0-9_]{0,12}", fullmatch=True)
visible = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=40)


@given(keys=st.dictionaries(names, visible, max_size=4), ring=st.lists(names, max_size=3, unique=True))
def test_any_keys_are_read_back_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, keys: dict[str, str], ring: list[str]
) -> None:
    path = tmp_path_factory.mktemp("kept") / FILE
    kept = Kept(endpoints=(PLACE,), keys=keys, keyring=tuple(ring))
    keep(path, kept)
    assert read_kept(path) == kept


def test_a_key_in_the_keyring_stands_in_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held: dict[tuple[str, str], str] = {}
    system = ModuleType("keyring")
    system.get_password = lambda service, name: held.get((service, name))  # type: ignore[attr-defined]  # as the real one has
    system.set_password = lambda service, name, key: held.update({(service, name): key})  # type: ignore[attr-defined]  # as above
    monkeypatch.setitem(sys.modules, "keyring", system)
    keyring().put(SERVICE, "WORKSHOP_API_KEY", CANARY)
    keep(tmp_path / FILE, KEPT.with_key("WORKSHOP_API_KEY", ""))
    assert CANARY not in (tmp_path / FILE).read_text()
    assert Keys({}, tmp_path / FILE)("WORKSHOP_API_KEY", PLACE.base_url) == CANARY
    assert CANARY in _text(KEPT.with_key("WORKSHOP_API_KEY", "").with_key("WORKSHOP_API_KEY", CANARY))


def test_without_the_extra_the_keyring_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(UserError, match=r"antiphon\[keyring\]"):
        keyring()


# ------------------------------------------------------------------------------------------ the one free call


async def test_the_list_of_models_is_asked_with_the_key_and_once() -> None:
    async with Server() as server:
        assert await list_models(server.url, CANARY)
        assert [(seen.path, seen.headers.get("authorization")) for seen in server.seen] == [
            ("/v1/models", f"Bearer {CANARY}")
        ]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(status=401, error={"message": f"bad key {CANARY}"}), "unauthorised"),
        (Fault(status=404, error={"message": CANARY}), "refused"),
        (Fault(body=b"<html>a page</html>"), "refused"),
        (Fault(hang_up=True), "disconnected"),
        (Fault(status=301, headers=(("Location", "https://example.org/"),)), "refused"),
    ],
)
async def test_an_endpoint_that_gives_no_list_is_told_without_the_key(fault: Fault, kind: str) -> None:
    async with Server() as server:
        server.listing = fault
        with pytest.raises(ProviderFailure) as caught:
            await list_models(server.url, CANARY)
    assert caught.value.kind == kind
    assert CANARY not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("key", ["with space", "line\nbreak", "ключ"])
async def test_what_cannot_be_a_key_is_not_sent(key: str) -> None:
    with pytest.raises(UserError, match="no HTTP header can carry") as caught:
        await list_models("http://127.0.0.1:1/v1", key)
    assert key not in str(caught.value)


async def test_a_key_is_not_sent_readable_to_another_machine() -> None:
    with pytest.raises(UserError, match="https"):
        await list_models("http://192.0.2.1/v1", CANARY)
