"""Gives the shipped scenarios as texts to start from."""

from __future__ import annotations

from importlib.resources import files

from antiphon.assembly import scenario_names
from antiphon.errors import UnknownName

__all__ = ["scenario_text"]

_HEAD = """\
# A scenario of Antiphon: who sits in a room, what they are told, and by which rules they talk.
# `antiphon schema` prints every setting there is; `antiphon models` lists who can sit.
# Some that are often wanted (take the "#" away):
#
#   [[seats]]
#   model = "ollama:llama3.2"        # an id, a display name, or ENDPOINT:MODEL
#   temperature = 0.9
#   system = "Your own words for this seat."
#   rights = ["image", "name", "end"]  # commands, without "!"; ["*"] = all that cost nothing
#
#   [ceilings]                       # where a room pauses, whatever its rules say
#   messages = 60
#   money = 0.50                     # US dollars; needs the price of every paid model

"""


def scenario_text(name: str) -> bytes:
    """Give a shipped scenario's text under a head that says what can be changed.

    Raises:
        UnknownName: naming those that are shipped.
    """
    known = list(scenario_names())
    if name not in known:
        raise UnknownName("shipped scenario", name, known)
    text = files("antiphon").joinpath("scenarios", f"{name}.toml").read_text(encoding="utf-8")
    return (_HEAD + text).encode()
