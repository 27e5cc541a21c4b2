"""Options that the commands about rules share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

RulesFolder = Annotated[
    Path, typer.Option("--rules", envvar="MONITOR_RULES_DIR", metavar="DIR", help="The folder of rule files.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DEFAULT_FOLDER = Path("rules")
