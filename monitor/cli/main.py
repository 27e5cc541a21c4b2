"""The command line: joins the command groups, and turns the monitor's errors into a sentence and an exit code.

Each command or group is a module beside this one. Results go to stdout, everything else to stderr. Exit 0 ok, 1 a
finding or a failure, 2 wrong usage or configuration.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any

import typer
import typer.core
import typer.main

from monitor.errors import ConfigurationError, MonitorError, RuleBookError

COMMANDS = {
    "run": "run:run",
    "demo": "demo:demo",
    "poll": "poll:poll",
    "feeds": "feeds:app",
    "rules": "rules:app",
    "stories": "stories:app",
    "feedback": "feedback:app",
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


@contextmanager
def _nobody_reads_on() -> Iterator[None]:
    """End well where the reader went away (`monitor … | head`): that is no failure, though typer takes it for one."""
    try:
        yield
    except BrokenPipeError:
        _let_go()
        sys.exit(0)


def _let_go() -> None:
    """Point the streams that nobody reads at nothing, for Python writes what is left in them at its end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class _Commands(typer.core.TyperGroup):
    """Loads a command's module when it is called: a health check every half minute must not load the whole monitor."""

    def make_context(self, *args: Any, **extra: Any) -> Any:
        with _nobody_reads_on():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: Any) -> Any:
        with _nobody_reads_on():
            return super().invoke(ctx)

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
    with _nobody_reads_on():
        try:
            app()
        except ConfigurationError as error:
            _fail(error, 2)
        except MonitorError as error:
            _fail(error, 1)
        except KeyboardInterrupt:
            sys.exit(130)
        finally:
            sys.stdout.flush()  # whether anybody reads is known here, not when Python ends


def _fail(error: MonitorError, code: int) -> None:
    if isinstance(error, RuleBookError):  # a mistake a line, as compilers write them: editors go to the places
        sys.stderr.write(f"{error}\nmonitor: the rule files give no book; `monitor rules check` shows the lines\n")
    else:
        sys.stderr.write(f"monitor: {error}\n")
    sys.exit(code)
