"""Pulling models from a hub. The only room that talks to the network, and only when asked."""

from dragoman.inference.hub.huggingface import HuggingFaceClient
from dragoman.inference.hub.options import HubOptions, Progress, Stage
from dragoman.inference.hub.pulling import Converter, Wanted, pull

__all__ = ["Converter", "HubOptions", "HuggingFaceClient", "Progress", "Stage", "Wanted", "pull"]
