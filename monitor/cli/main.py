"""The command line: joins the command groups, and turns the monitor's errors into a sentence and an exit code.

Each command or group is a module beside this one. Results go to stdout, everything else to stderr. Exit 0 ok, 1 a
finding or a failure, 2 wrong usage or configuration.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from monitor.cli import config, db, deliveries, demo, digest, feeds, health, poll, rules, run, stories
from monitor.errors import ConfigurationError, MonitorError

app = typer.Typer(
    name="monitor",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Poll feeds, match articles against keyword and actor rules, and tell desks once, with the reason.",
)
app.command()(run.run)
app.command()(demo.demo)
app.command()(poll.poll)
app.add_typer(feeds.app, name="feeds")
app.add_typer(rules.app, name="rules")
app.add_typer(stories.app, name="stories")
app.add_typer(digest.app, name="digest")
app.add_typer(deliveries.app, name="deliveries")
app.add_typer(db.app, name="db")
app.add_typer(config.app, name="config")
app.command()(health.doctor)
app.command()(health.healthcheck)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(version("news-monitor"))
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Take the options that stand before a command."""


def main() -> None:
    """Run the command line."""
    try:
        app()
    except ConfigurationError as error:
        _fail(error, 2)
    except MonitorError as error:
        _fail(error, 1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader went away (`monitor … | head`): that is no failure of ours, and nothing can be printed any more.
        sys.stderr.close()
        sys.exit(0)


def _fail(error: MonitorError, code: int) -> None:
    sys.stderr.write(f"monitor: {error}\n")
    sys.exit(code)
