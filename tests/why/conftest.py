from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.pipeline.flow import Flow, a_flow
from tests.why.asking import DESKS, RULES, begins


@pytest.fixture
async def flow(tmp_path: Path) -> AsyncIterator[Flow]:
    """A newsroom after its baseline."""
    async with a_flow(tmp_path, rules=RULES, desks=DESKS) as joined:
        await begins(joined)
        yield joined
