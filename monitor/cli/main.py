"""The command line: joins the command groups, and turns the monitor's errors into a sentence and an exit code.

Each command or group is a module beside this one. Results go to stdout, everything else to stderr. Exit 0 ok, 1 a
finding or a failure, 2 wrong usage or configuration.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any

import typer
import typer.core
import typer.main

from monitor.errors import ConfigurationError, MonitorError

COMMANDS = {
    "run": "run:run",
    "demo": "demo:demo",
    "poll": "poll:poll",
    "feeds": "feeds:app",
    "rules": "rules:app",
    "stories": "stories:app",
    "desks": "desks:app",
    "why": "why:why",
    "digest": "digest:app",
    "deliveries": "deliveries:app",
    "drill": "drill:drill",
    "db": "db:app",
    "config": "config:app",
    "doctor": "doctor:doctor",
    "healthcheck": "healthcheck:healthcheck",
}
"""Where each command stands, as module:attribute of this package, in the order of `monitor --help`."""


class _Commands(typer.core.TyperGroup):
    """Loads a command's module when it is called: a health check every half minute must not load the whole monitor."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]  # typer's own Context is narrower
        return list(COMMANDS)

    def get_command(self, ctx: typer.Context, cmd_name: str) -> Any:  # type: ignore[override]  # as above
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name].split(":")
        found = getattr(import_module(f"monitor.cli.{module}"), attribute)
        group = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
        if isinstance(found, typer.Typer):
            group.add_typer(found, name=cmd_name, context_settings=_HELP)
            loaded: Any = typer.main.get_command(group)
            return loaded.commands[cmd_name]
        group.command(cmd_name, context_settings=_HELP)(found)
        return typer.main.get_command(group)


_HELP = {"help_option_names": ["-h", "--help"]}

app = typer.Typer(
    name="monitor",
    cls=_Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings=_HELP,
    help="Poll feeds, match articles against keyword and actor rules, and tell desks once, with the reason.",
)


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
