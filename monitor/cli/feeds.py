"""`monitor feeds …`: joins the commands about feeds, which stand in four modules beside this one."""

from __future__ import annotations

import typer

from monitor.cli import feeds_book, feeds_look, feeds_state, feeds_surge

app = typer.Typer(no_args_is_help=True, help="Feeds: how they are, adding and removing, finding them.")

app.command("list")(feeds_state.list_feeds)
app.command("show")(feeds_state.show)
app.command("add")(feeds_book.add)
app.command("remove")(feeds_book.remove)
app.command("check")(feeds_look.check)
app.command("discover")(feeds_look.discover)
app.command("import")(feeds_book.import_opml)
app.command("export")(feeds_book.export_opml)
app.command("pause")(feeds_state.pause)
app.command("resume")(feeds_state.resume)
app.command("release")(feeds_surge.release)
app.command("drop")(feeds_surge.drop)
app.command("parse")(feeds_look.parse)
