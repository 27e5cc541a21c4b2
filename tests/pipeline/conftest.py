from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.pipeline.flow import Flow, a_flow


@pytest.fixture
async def flow(tmp_path: Path) -> AsyncIterator[Flow]:
    async with a_flow(tmp_path) as joined:
        yield joined
