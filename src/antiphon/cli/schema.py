"""`antiphon schema`: prints the JSON Schema of scenario files."""

from __future__ import annotations

import json

import click

from antiphon.registry import full_schema

__all__ = ["verb"]


@click.command("schema")
def verb() -> None:
    """Print the JSON Schema of scenario files.

    Editors that know TOML schemas check a scenario while it is written.
    """
    click.echo(json.dumps(full_schema(), indent=2))
