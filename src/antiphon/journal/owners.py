"""Who is alive: one locked file per open journal, in a folder beside it.

A process that owns rooms holds an operating-system lock on a file of its own; the kernel frees it when the process
ends in whatever way, so nobody ever waits for a lease to run out. The file says pid and host, for error messages.
It knows no room. (A child that a process forks without starting another program keeps its parent's lock.)
"""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

if TYPE_CHECKING or sys.platform != "win32":
    import fcntl
else:
    import msvcrt

__all__ = ["Owner", "Whereabouts", "folder_of", "owner_alive", "whereabouts"]

_FAR = 1 << 30
"""Where Windows locks a byte: behind what the file holds, since a locked byte there cannot be read."""


class Whereabouts(Struct):
    """Says which process an owner is, and on which machine."""

    pid: int
    host: str


def folder_of(journal: Path) -> Path:
    """Name the folder of a journal's owners."""
    return journal.with_name(journal.name + ".owners")


class Owner:
    """Is this process as an owner of rooms in one journal; dead once closed."""

    def __init__(self, journal: Path) -> None:
        """Take a fresh file and lock it; files of dead owners are cleared away on the way."""
        folder = folder_of(journal)
        folder.mkdir(mode=0o700, exist_ok=True)
        for other in folder.iterdir():
            if not owner_alive(journal, other.name):
                other.unlink(missing_ok=True)
        while True:
            self.id = os.urandom(8).hex()
            self._path = folder / self.id
            self._handle = os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
            if _lock(self._handle, shared=False) and self._path.exists():
                break
            os.close(self._handle)  # somebody who clears away was faster; take another name
        os.write(self._handle, msgspec.json.encode(Whereabouts(os.getpid(), socket.gethostname())))

    def close(self) -> None:
        """Be dead."""
        os.close(self._handle)
        self._path.unlink(missing_ok=True)


def owner_alive(journal: Path, owner: str) -> bool:
    """Tell whether an owner's process lives: whether its lock is held."""
    try:
        handle = os.open(folder_of(journal) / owner, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        return not _lock(handle, shared=True)  # shared: two who ask at once do not take each other for the owner
    finally:
        os.close(handle)


def whereabouts(journal: Path, owner: str) -> tuple[int | None, str]:
    """Give an owner's pid and host; the pid is None when it runs on another machine, or says nothing."""
    try:
        found = msgspec.json.decode((folder_of(journal) / owner).read_bytes(), type=Whereabouts)
    except (OSError, msgspec.MsgspecError):
        return None, ""
    return (found.pid if found.host == socket.gethostname() else None), found.host


if TYPE_CHECKING or sys.platform != "win32":

    def _lock(handle: int, *, shared: bool) -> bool:
        """Take the lock without waiting; closing the handle frees it."""
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

else:

    def _lock(handle: int, *, shared: bool) -> bool:  # noqa: ARG001 - Windows knows only exclusive locks here
        """Take the lock without waiting; closing the handle frees it."""
        try:
            os.lseek(handle, _FAR, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        os.lseek(handle, 0, os.SEEK_SET)
        return True
