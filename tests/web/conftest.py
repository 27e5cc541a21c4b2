from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.web.readers import Readers, readers_of


@pytest.fixture
async def readers(tmp_path: Path) -> AsyncIterator[Readers]:
    async with readers_of(tmp_path) as joined:
        yield joined
