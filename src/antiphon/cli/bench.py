"""`antiphon bench`: measures what can only be measured on recordings of your own."""

from __future__ import annotations

import json
from pathlib import Path

import click
import msgspec

from antiphon.cli.columns import columns, print_lines
from antiphon.library.endings import BASELINES, Score, load_labels, score, stop_of, wilson
from antiphon.library.monitoring import policy_of

__all__ = ["verb"]


@click.group("bench")
def verb() -> None:
    """Measure policies on recordings of your own."""


@verb.command("endings")
@click.argument("labels", metavar="LABELS.json", type=click.Path(path_type=Path))
@click.option(
    "--policy", "policies", multiple=True, metavar="P", help="A policy; repeat it. [default: careful, thrifty]"
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a policy.")
def endings(*, labels: Path, policies: tuple[str, ...], as_json: bool) -> None:
    """Tell how well policies find where conversations are over.

    LABELS.json is a list of {"file", "earliest", "recommended", "latest"}, with the conversations beside it: stopping
    is right from `earliest` to `latest`; all three null where a conversation lives to the end.
    """
    ways = dict(BASELINES) | {name: stop_of(policy_of(name)) for name in policies or ("careful", "thrifty")}
    rooms = load_labels(labels)
    found = {name: score([(room, stop(room)) for room in rooms]) for name, stop in ways.items()}
    if as_json:
        for name, one in found.items():
            spans = {"in_range_95": wilson(one.in_range, one.rooms), "premature_95": wilson(one.premature, one.rooms)}
            click.echo(json.dumps({"policy": name} | msgspec.to_builtins(one) | spans))
        return
    heads = ("policy", "rooms", "in range", "95 %", "premature", "95 %", "late", "waste saved")
    print_lines(columns(heads, [_row(name, one) for name, one in found.items()], right=(1, 2, 4, 6, 7)))


def _row(name: str, one: Score) -> tuple[str, ...]:
    return (
        name,
        str(one.rooms),
        f"{one.in_range / max(one.rooms, 1):.2f}",
        _span(one.in_range, one.rooms),
        f"{one.premature / max(one.rooms, 1):.2f}",
        _span(one.premature, one.rooms),
        str(one.late),
        f"{one.saved:.2f}",
    )


def _span(hits: int, of: int) -> str:
    low, high = wilson(hits, of)
    return f"{low:.2f} to {high:.2f}"
