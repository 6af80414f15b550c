"""Looks at this machine: what works here, and what to do about what does not.

It writes nothing, sends no key, and contacts nobody but the loopback. Keys are told by name: set, kept or missing. It
draws nothing: whoever shows the findings also knows the screen.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sqlite3
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, TypeAlias

from msgspec import Struct

from antiphon.assembly import config_folder, data_folder, keys, known_models, setup_file
from antiphon.errors import UserError
from antiphon.room.outcomes import counted
from antiphon.wire.cards import Endpoint
from antiphon.wire.kept import repository
from antiphon.wire.probe import probe

__all__ = ["Finding", "State", "findings"]

State: TypeAlias = Literal["good", "note", "bad"]
"""What a finding comes to: it works; something is absent that may be; something is wrong."""

SCARCE = 500_000_000
"""Bytes free below which a warning is due: a long room with pictures takes some tens of megabytes."""

_OLDEST = (3, 11)
_EXTRAS = {
    "rapidfuzz": ("measures", "compares long texts faster"),
    "keyring": ("keyring", "lets `antiphon setup --keyring` keep keys in the system's keyring"),
}
"""Module -> the extra that brings it, and what it is good for."""
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Finding(Struct, frozen=True):
    """Is one thing that was looked at.

    Attributes:
        about: what it is, in a word or two.
        state: what it comes to.
        said: how it stands.
        do: what to do about it; "" = nothing.
    """

    about: str
    state: State
    said: str
    do: str = ""


async def findings(env: Mapping[str, str] = os.environ, journal: str = "") -> list[Finding]:
    """Look at everything that a room needs here.

    Args:
        env: the environment.
        journal: where rooms are kept, as on the command line; "" = as the environment says.
    """
    found = [_python(), *_sqlite(), *_journal(env, journal), _space(env), *_config(env)]
    try:
        endpoints = known_models(env).endpoints.values()
    except UserError:  # told by `_config` already
        return [*found, *_extras()]
    found += _keys(env, list(endpoints))
    for name, url, ids in await probe(endpoints):
        found.append(_server(name, url, ids))
    return [*found, *_extras()]


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < _OLDEST:
        return Finding("Python", "bad", version, f"install Python {'.'.join(map(str, _OLDEST))} or newer")
    return Finding("Python", "good", version)


def _sqlite() -> Iterator[Finding]:
    """Tell whether rooms can be stored and searched."""
    try:
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.execute("CREATE VIRTUAL TABLE said USING fts5 (text)")
    except sqlite3.OperationalError:
        do = "use a Python whose SQLite has FTS5: journals cannot be made without it"
        yield Finding("SQLite", "bad", f"{sqlite3.sqlite_version}, without FTS5", do)
    else:
        yield Finding("SQLite", "good", f"{sqlite3.sqlite_version}, with FTS5")


def _journal(env: Mapping[str, str], chosen: str) -> Iterator[Finding]:
    """Tell where rooms are kept, and who may read them."""
    where = chosen or env.get("ANTIPHON_JOURNAL") or str(data_folder(env) / "journal.db")
    if where.partition(":")[0] in {"memory", "", "postgres", "postgresql"}:
        kind = "in memory: nothing is kept" if where.startswith(("memory", ":")) else "in PostgreSQL"
        yield Finding("journal", "note", kind)
        return
    path = Path(where.removeprefix("sqlite:").removeprefix("//")).expanduser()
    above = next(folder for folder in (path.parent, *path.parent.parents) if folder.exists())
    if not os.access(path if path.exists() else above, os.W_OK):
        yield Finding("journal", "bad", f"{path} cannot be written", "name another with --journal or ANTIPHON_JOURNAL")
    elif not path.exists():
        yield Finding("journal", "note", f"{path} is made with the first room")
    elif (mode := _open_to_others(path)) or (mode := _open_to_others(path.parent)):
        yield Finding(
            "journal", "bad", f"{path} may be read by others ({mode})", f"chmod 700 {path.parent}; chmod 600 {path}"
        )
    else:
        yield Finding("journal", "good", f"{path}, {path.stat().st_size:,} bytes, for you alone")


def _open_to_others(path: Path) -> str:
    """Give the mode of what others may read; "" where only the owner may, or modes mean nothing."""
    mode = path.stat().st_mode
    return f"mode {stat.S_IMODE(mode):o}" if sys.platform != "win32" and mode & _OTHERS else ""


def _space(env: Mapping[str, str]) -> Finding:
    folder = data_folder(env)
    above = next(one for one in (folder, *folder.parents) if one.exists())
    free = shutil.disk_usage(above).free
    if free < SCARCE:
        return Finding(
            "disk", "bad", f"{free:,} bytes free at {above}", "make room, or move the data with ANTIPHON_DATA"
        )
    return Finding("disk", "good", f"{free // 1_000_000:,} MB free at {above}")


def _config(env: Mapping[str, str]) -> Iterator[Finding]:
    """Tell whether the user's own files can be read, and whether what setup kept is safe where it lies."""
    folder, path = config_folder(env), setup_file(env)
    try:
        known_models(env)
    except UserError as error:
        yield Finding("configuration", "bad", str(error), f"mend it, or take it out of {folder}")
        return
    own = [name for name in ("models.toml", path.name) if (folder / name).is_file()]
    if path.is_file() and (top := repository(path.parent)) is not None:
        do = f"move {folder} out of it and set ANTIPHON_CONFIG"
        yield Finding("configuration", "bad", f"{path} lies in the repository {top}", do)
    elif own:
        yield Finding("configuration", "good", f"{', '.join(own)} in {folder}")
    else:
        yield Finding("configuration", "note", f"nothing of your own in {folder}")


def _keys(env: Mapping[str, str], endpoints: list[Endpoint]) -> Iterator[Finding]:
    """Tell of each key that an endpoint names where it is, and never what it is."""
    find = keys(env)
    for endpoint in endpoints:
        if not endpoint.key:
            continue
        try:
            here = bool(find(endpoint.key, endpoint.base_url))
        except UserError as error:
            yield Finding(f"key {endpoint.key}", "bad", str(error))
            continue
        if here:
            where = "in the environment" if env.get(endpoint.key) else "kept by setup"
            yield Finding(f"key {endpoint.key}", "good", f"{where}, for {endpoint.name}")
        else:
            yield Finding(f"key {endpoint.key}", "note", "not set", f"antiphon setup {endpoint.name}")


def _server(name: str, url: str, ids: list[str] | None) -> Finding:
    """Tell whether a model server on this machine answers, and how its first model is seated."""
    if ids is None:
        return Finding(f"server {name}", "note", f"does not answer at {url}")
    if not ids:
        return Finding(f"server {name}", "note", f"answers at {url}, without a model", "load a model there")
    seat = shlex.quote(f"{name}:{ids[0]}")  # a server names its models as it likes, and this is meant to be typed
    do = f"antiphon run dyad --seat {seat} --seat {seat}"
    return Finding(f"server {name}", "good", f"answers at {url} with {counted(len(ids), 'model')}", do)


def _extras() -> Iterator[Finding]:
    for module, (extra, use) in _EXTRAS.items():
        if find_spec(module) is None:
            yield Finding(f"extra {extra}", "note", f"not installed; it {use}", f'pip install "antiphon[{extra}]"')
        else:
            yield Finding(f"extra {extra}", "good", "installed")
