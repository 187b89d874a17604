"""Blocks to segments (sentences), with offsets that are exact and never searched for again."""

from dragoman.segmentation.splitting import split, split_text

__all__ = ["split", "split_text"]
