"""What `antiphon setup` keeps: endpoints and their keys, in one file that nobody else may read.

The file is `setup.toml` in the configuration folder, mode 0600, and never inside a repository: what lies there is one
careless commit away from everybody. A key may lie in the system's keyring instead; then the file only says so. A key is
given out for the address it was kept for and for no other. It calls nobody.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from antiphon.errors import UserError
from antiphon.wire.cards import Endpoint

__all__ = ["FILE", "Kept", "Keys", "keep", "keyring", "placed", "read_kept", "repository"]

FILE = "setup.toml"
"""Its name in the configuration folder."""

SERVICE = "antiphon"
"""Under this name a key lies in the system's keyring, beside the name of its environment variable."""

_REPOSITORIES = (".git", ".hg", ".jj", ".svn")
"""What the top of a repository holds: a folder, or with worktrees and submodules a file."""

_OTHERS = stat.S_IRWXG | stat.S_IRWXO

_HEAD = "# Written by `antiphon setup`. It may hold keys: give it to nobody, and put it into no repository.\n"

KeyName = Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")]
"""Is the name of an environment variable; the key goes by it wherever it lies."""


class Kept(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Is the file: endpoints, keys by name, and the names of those that lie in the system's keyring."""

    endpoints: tuple[Endpoint, ...] = ()
    keys: dict[KeyName, str] = {}
    keyring: tuple[KeyName, ...] = ()

    def __repr__(self) -> str:
        """Name what is kept, and show no key."""
        return f"Kept(endpoints={[one.name for one in self.endpoints]}, keys={sorted({*self.keys, *self.keyring})})"

    def with_endpoint(self, endpoint: Endpoint) -> Kept:
        """Add an endpoint, in place of one of the same name; a key that none names any more goes."""
        endpoints = (*(one for one in self.endpoints if one.name != endpoint.name), endpoint)
        named = {one.key for one in endpoints}
        keys = {name: key for name, key in self.keys.items() if name in named}
        ring = tuple(name for name in self.keyring if name in named)
        return msgspec.structs.replace(self, endpoints=endpoints, keys=keys, keyring=ring)

    def places(self, name: str) -> list[str]:
        """Give the addresses a key was kept for, without a slash at their ends; none when it was not kept."""
        held = name in self.keys or name in self.keyring
        return [_place(one.base_url) for one in self.endpoints if one.key == name] if held else []

    def with_key(self, name: str, key: str) -> Kept:
        """Add a key; "" = it lies in the system's keyring."""
        keys = {**self.keys, name: key} if key else {one: kept for one, kept in self.keys.items() if one != name}
        ring = tuple(one for one in self.keyring if one != name)
        return msgspec.structs.replace(self, keys=keys, keyring=ring if key else (*ring, name))


def read_kept(path: Path) -> Kept:
    """Read the file; one that is not there holds nothing.

    Raises:
        UserError: when others may read it, or it is not what setup writes; it repeats nothing of what stands there.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read()
    except FileNotFoundError:
        return Kept()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from None
    if sys.platform != "win32" and mode & _OTHERS:
        raise UserError(f"{path} holds keys and others may read it (mode {stat.S_IMODE(mode):o}): chmod 600 {path}")
    try:
        return msgspec.toml.decode(text, type=Kept)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise UserError(f"{path} is not what `antiphon setup` writes; mend it, or remove it and set up again") from None


def keep(path: Path, kept: Kept) -> None:
    """Write the file in place of an older one, readable by its owner alone from its first byte on.

    Raises:
        UserError: when it would lie inside a repository, be written through a link, or cannot be written.
    """
    placed(path)
    fresh = path.with_name(f".{path.name}.{token_hex(4)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(fresh, _text(kept).encode())
        fresh.replace(path)
    except OSError as error:
        with suppress(OSError):
            fresh.unlink()
        raise UserError(f"{path} cannot be written: {error.strerror}") from None


def placed(path: Path) -> None:
    """Refuse a place where keys do not belong: inside a repository, or behind a link.

    Raises:
        UserError: naming the place, and what to do.
    """
    if (top := repository(path.parent)) is not None:
        raise UserError(
            f"{path} would lie in the repository {top}, where keys do not belong: set ANTIPHON_CONFIG to a folder "
            "outside of it, or keep the key in an environment variable"
        )
    if path.is_symlink():
        raise UserError(f"{path} is a link; nothing is written through links")


def _write(path: Path, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, stat.S_IRUSR | stat.S_IWUSR), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def repository(folder: Path) -> Path | None:
    """Find the top of the repository in which a folder lies, or would lie; None outside of all."""
    here = folder.resolve()
    return next((one for one in (here, *here.parents) if any((one / mark).exists() for mark in _REPOSITORIES)), None)


def _text(kept: Kept) -> str:
    """Write what is kept as TOML: every text as JSON, which TOML reads the same."""
    parts = [_HEAD]
    if kept.keyring:
        parts.append(f"keyring = {_value(kept.keyring)}\n")
    for endpoint in kept.endpoints:
        fields = msgspec.to_builtins(endpoint)
        parts.append("\n[[endpoints]]\n" + "".join(f"{name} = {_value(value)}\n" for name, value in fields.items()))
    if kept.keys:
        parts.append("\n[keys]\n" + "".join(f"{name} = {_value(key)}\n" for name, key in kept.keys.items()))
    return "".join(parts)


def _place(base_url: str) -> str:
    """Give an address as it is compared: sign by sign, so that no way of writing one is taken for another host."""
    return base_url.rstrip("/")


def _value(value: object) -> str:
    return msgspec.json.encode(value).decode().replace("\x7f", "\\u007f")  # the one sign JSON allows and TOML does not


# ------------------------------------------------------------------------------------------ reading keys


class Keys:
    """Finds a key by the name of its environment variable: there, else in the file, else in the system's keyring.

    One that was kept is given out only for the very address it was kept for: a scenario may come from a stranger, and
    name any key and any address. Nothing is read before a key is wanted, and the file once only.
    """

    def __init__(self, env: Mapping[str, str], path: Path) -> None:
        """Take where to look."""
        self._env, self._path = env, path
        self._kept: Kept | None = None

    def __call__(self, name: str, base_url: str) -> str | None:
        """Give a key; None when it is nowhere, or was kept for another address.

        Args:
            name: of its environment variable.
            base_url: where it would be sent.

        Raises:
            UserError: when the file cannot be trusted, or a key lies in a keyring that cannot be opened.
        """
        if found := self._env.get(name):
            return found
        kept = self._read()
        if _place(base_url) not in kept.places(name):
            return None
        return keyring().get(SERVICE, name) if name in kept.keyring else kept.keys[name]

    def need(self, name: str, whose: str, base_url: str) -> None:
        """Refuse to begin when a key is named and not there: nothing would speak, turn after turn.

        Args:
            name: the key's; "" = none is needed.
            whose: who needs it, as an error names it.
            base_url: where it would be sent.

        Raises:
            UserError: saying how to give one, or for which address it was kept.
        """
        if not name or self(name, base_url):
            return
        if places := self._read().places(name):
            raise UserError(
                f"{whose} would send the key {name} to {base_url or 'an unknown address'}, and setup kept it for "
                f"{' and '.join(places)} alone; if you trust the other address, set {name} in the environment"
            )
        raise UserError(
            f"{whose} needs a key in the environment variable {name}, which is not set; `antiphon setup` asks for "
            "one and keeps it"
        )

    def _read(self) -> Kept:
        if self._kept is None:
            self._kept = read_kept(self._path)
        return self._kept


class Ring(Struct, frozen=True):
    """Is the system's keyring: how a key is read from it, and put into it, by service and name."""

    get: Callable[[str, str], str | None]
    put: Callable[[str, str, str], None]


def keyring() -> Ring:
    """Open the system's keyring.

    Raises:
        UserError: when the extra `keyring` is not installed.
    """
    try:
        import keyring as system  # type: ignore[import-not-found]  # an extra: not there where types are checked
    except ImportError:
        raise UserError('the system\'s keyring needs an extra: pip install "antiphon[keyring]"') from None
    return Ring(system.get_password, system.set_password)
