"""Sets an endpoint up: finds what is known of it, and keeps it with its key. Nothing else is written.

It asks nobody for words, and calls no endpoint: whether it answers is for the command line to try before.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

import msgspec

from antiphon.assembly import known_models, setup_file
from antiphon.errors import UserError
from antiphon.wire.cards import Endpoint
from antiphon.wire.kept import SERVICE, keep, keyring, placed, read_kept
from antiphon.wire.probe import is_here

__all__ = ["equip", "planned"]


async def planned(
    name: str, base_url: str = "", cost: str = "", *, keyless: bool = False, env: Mapping[str, str] = os.environ
) -> Endpoint:
    """Give the endpoint of a name: as it is known here, or as an address says.

    Args:
        name: such as "openrouter", or a new one.
        base_url: without `/chat/completions`; "" = as it is known.
        cost: "free", "paid" or "unknown"; "" = as it is known; of a new one on this machine "free".
        keyless: it takes no key.
        env: where the configuration folder is found.

    Raises:
        UserError: when the name is new and there is no address, either is malformed, or nothing could be kept.
    """
    placed(setup_file(env))
    known = known_models(env).endpoints.get(name.casefold())
    if known is None and not base_url:
        there_are = ", ".join(known_models(env).endpoints)
        raise UserError(
            f"no endpoint called {name!r} is known; give its address with --url, or name one of: {there_are}"
        )
    fields = msgspec.to_builtins(known) if known is not None and base_url in {"", known.base_url} else {"name": name}
    fields["base_url"] = (base_url or fields["base_url"]).rstrip("/")
    if "@" in fields["base_url"]:
        raise UserError("an address holds no user and no password: the key is asked for by itself")
    if cost or known is None:
        fields["cost"] = cost or ("free" if await is_here(fields["base_url"]) else "unknown")
    if keyless:
        fields["key"] = ""
    elif not fields.get("key"):
        fields["key"] = f"{name.upper().replace('-', '_')}_API_KEY"
    try:
        return msgspec.convert(fields, Endpoint)
    except msgspec.ValidationError:
        raise UserError(
            "that is no endpoint: a name begins with a small letter and has small letters, digits, - and _; an address "
            "begins with http:// or https://, and has a host, a port up to 65535 and no spaces"
        ) from None


def equip(endpoint: Endpoint, key: str, *, ring: bool = False, env: Mapping[str, str] = os.environ) -> str:
    """Keep an endpoint and its key, and say where the key lies.

    Args:
        endpoint: from `planned`.
        key: "" = it takes none.
        ring: put the key into the system's keyring.
        env: where the configuration folder is found.

    Raises:
        UserError: when the file would lie inside a repository, or there is no keyring.
    """
    path = setup_file(env)
    kept = read_kept(path).with_endpoint(endpoint)
    if key and ring:
        keyring().put(SERVICE, endpoint.key, key)
        kept = kept.with_key(endpoint.key, "")
    elif key:
        kept = kept.with_key(endpoint.key, key)
    keep(path, kept)
    return "the system's keyring" if key and ring else str(path)
