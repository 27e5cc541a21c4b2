"""Properties are tried on the same examples each time: what fails, fails for everybody.

`HYPOTHESIS_PROFILE=search` looks for new ones, as before a release.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("steady", derandomize=True, database=None)
settings.register_profile("search", derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
