"""`monitor config`: the settings in force."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli.output import print_json, print_table
from monitor.settings import load_settings, shown

app = typer.Typer(no_args_is_help=True, help="The settings in force, and where each came from.")


@app.callback()
def _group() -> None:
    """Keep `show` a command of its own."""


@app.command()
def show(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Print every setting, its value, where it came from, its use. Secrets are masked."""
    rows = shown(load_settings())
    if as_json:
        print_json([{"variable": r.variable, "value": r.value, "source": r.source, "for": r.description} for r in rows])
    else:
        print_table(
            ["variable", "value", "from", "for"],
            [(r.variable, r.value, r.source, r.description) for r in rows],
            empty="",
        )
