"""Training: parallel text in, a model in the opus-mt layout out. Needs the extra ``train``."""

from __future__ import annotations
