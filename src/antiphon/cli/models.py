"""`antiphon models`: lists the models known here, and which endpoints on this machine answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

import click

from antiphon.assembly import known_models
from antiphon.cli.columns import columns, print_lines
from antiphon.cli.telling import BLANK, Line, short
from antiphon.room.models import Card
from antiphon.wire.probe import Answering, probe

__all__ = ["verb"]

_LISTED = 6
"""Models of one endpoint that are listed by name; `--json` has all of them."""


@click.command("models")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a model, then one an endpoint.")
def verb(*, as_json: bool) -> None:
    """List the models known here.

    Also says which endpoints on this machine answer now; nobody else is contacted, and no key is sent.
    """
    shelf = known_models()
    answering = asyncio.run(probe(shelf.endpoints.values()))
    if as_json:
        for card in shelf.cards.values():
            click.echo(json.dumps(_object(card)))
        for name, url, ids in answering:
            click.echo(json.dumps({"endpoint": name, "base_url": url, "answers": ids is not None, "models": ids or []}))
        return
    heads = ("model", "id", "provider", "context", "$/M in", "$/M out", "cost")
    print_lines(columns(heads, [_cells(card) for card in shelf.cards.values()], right=(3, 4, 5), spare=(2, 3, 0)))
    print_lines([BLANK, *_endpoints(answering)])


def _cells(card: Card) -> tuple[str, ...]:
    price = card.price
    return (
        short(card.name, 32),
        short(card.id, 36),
        card.provider,
        f"{card.context:,}" if card.context else "",
        f"{price.input:g}" if price else "",
        f"{price.output:g}" if price else "",
        card.cost,
    )


def _endpoints(answering: Sequence[Answering]) -> list[Line]:
    lines = []
    for name, url, ids in answering:
        if ids is None:
            lines.append(Line(((f"{name} does not answer at {url}", "quiet"),)))
            continue
        listed = ", ".join(f"{name}:{short(model, 60)}" for model in ids[:_LISTED])
        more = f" and {len(ids) - _LISTED} more" if len(ids) > _LISTED else ""
        lines.append(Line(((f"{name} answers at {url}: {listed or 'no models'}{more}", ""),)))
    return lines


def _object(card: Card) -> dict[str, object]:
    price = card.price
    return {
        "model": card.id,
        "display": card.name,
        "provider": card.provider,
        "context": card.context,
        "price": {"input": price.input, "output": price.output, "cached": price.cached} if price else None,
        "cost": card.cost,
        "base_url": card.base_url,
        "source": card.source,
    }
