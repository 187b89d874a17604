"""What holds for all tests.

Property tests try the same examples in every run, so that a red build is the change's own; and
without a deadline, because machines are noisy. To look for new examples, run
``HYPOTHESIS_PROFILE=search make test``.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
