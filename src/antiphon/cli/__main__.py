"""Lets `python -m antiphon.cli` stand for `antiphon`, where the script is not on the path."""

from __future__ import annotations

from antiphon.cli import main

main()
