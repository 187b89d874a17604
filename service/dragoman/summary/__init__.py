"""Headline and summary sentences of an article."""

from dragoman.summary.lead import SentenceRef, choose_lead

__all__ = ["SentenceRef", "choose_lead"]
