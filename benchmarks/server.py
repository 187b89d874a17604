"""Servers to measure, each started in a process of its own.

    python benchmarks/server.py dragoman PORT      Dragoman on the opus-mt-sized model
    python benchmarks/server.py plain PORT         what people do without it

The second is transformers' ``generate``, sentence by sentence, behind FastAPI: the first thing that
one writes after reading a model card.
"""

from __future__ import annotations

import os
import sys

import uvicorn
from pydantic import BaseModel

from models import opus_sized


class Sentences(BaseModel):
    texts: list[str]


def dragoman(port: int) -> None:
    from dragoman.api.app import create_app
    from dragoman.inference.engines.options import EngineOptions
    from dragoman.observability import set_up_logging
    from dragoman.settings import load_settings
    from dragoman.wiring import open_services
    from engine import ForcedLengthEngine

    model = opus_sized()
    settings = load_settings(port=port, repair=False)
    set_up_logging("error")

    def open_model(_: object) -> ForcedLengthEngine:
        return ForcedLengthEngine(model, EngineOptions())

    with open_services(settings, open_model) as services:
        uvicorn.run(create_app(services), port=port, log_level="error")


def plain(port: int) -> None:
    import torch
    from fastapi import FastAPI
    from transformers import MarianMTModel, MarianTokenizer

    torch.set_num_threads(os.cpu_count() or 1)
    directory = opus_sized().directory
    tokenizer = MarianTokenizer.from_pretrained(directory)
    model = MarianMTModel.from_pretrained(directory).eval()
    app = FastAPI()

    @app.get("/readyz")
    def ready() -> dict[str, str]:
        return {"status": "ok"}

    @app.post("/translate")
    def translate(request: Sentences) -> list[str]:
        answers = []
        for text in request.texts:
            inputs = tokenizer([text], return_tensors="pt")
            length = inputs["input_ids"].shape[1]
            with torch.inference_mode():
                output = model.generate(
                    **inputs,
                    num_beams=4,
                    min_new_tokens=length,
                    max_new_tokens=length,
                    do_sample=False,
                )
            answers.extend(tokenizer.batch_decode(output, skip_special_tokens=True))
        return answers

    uvicorn.run(app, port=port, log_level="error")


if __name__ == "__main__":
    {"dragoman": dragoman, "plain": plain}[sys.argv[1]](int(sys.argv[2]))
