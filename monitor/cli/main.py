"""The command line: joins the command groups; each group is a module beside this one."""

import typer

app = typer.Typer(name="monitor", no_args_is_help=True)


def main() -> None:
    """Run the command line."""
    app()
