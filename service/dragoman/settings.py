"""All settings of the program, in one frozen object; the only reader of the environment.

Every field is set by an environment variable ``DRAGOMAN_`` + its name in capitals, by a ``.env``
style file named in ``DRAGOMAN_SETTINGS_FILE``, or by the caller. Unknown names are refused.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from dragoman.errors import SettingsError

PREFIX = "DRAGOMAN_"
SETTINGS_FILE_VARIABLE = "DRAGOMAN_SETTINGS_FILE"


def _default_models_dir() -> Path:
    data_home = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(data_home).expanduser() / "dragoman" / "models"


class Settings(BaseSettings):
    """Units stand in the names. Defaults suit one small machine without a network."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    # Models
    models_dir: Path = Field(
        default_factory=_default_models_dir,
        description="Where pulled models are installed. Bundled ones are found besides.",
    )
    offline: bool = Field(False, description="Make every attempt to use the network an error.")
    hub_url: str = Field("https://huggingface.co", description="The hub that models come from.")
    hub_token: SecretStr | None = Field(
        None, description="Token for private models; a login of other programs is never used."
    )
    pivot_language: str = Field("en", description="Language to go through without a direct model.")

    # Engine
    engine: Literal["ctranslate2", "transformers"] = Field(
        "ctranslate2", description="What runs the models; transformers needs the extra [torch]."
    )
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="Where models run.")
    compute_type: Literal["auto", "int8", "float16", "bfloat16", "float32"] = Field(
        "auto", description="auto: int8 on a CPU, float16 on a GPU."
    )
    deterministic: bool = Field(
        False, description="Promise the same answer in any batch: decodes in float32."
    )
    workers: int = Field(0, ge=0, description="Batches decoded at once; 0: one per core.")
    threads_per_worker: int = Field(1, ge=1, description="Threads inside one batch.")
    beam_size: int = Field(4, ge=1, le=16, description="Beams; 1 is greedy, and faster.")
    repair: bool = Field(
        True, description="Decode again what does not pass the checks; findings are told anyway."
    )
    memory_budget_mb: int = Field(
        4096, ge=64, description="Loaded models; the least recently used leaves first."
    )

    # Scheduler
    max_batch_tokens: int = Field(1024, ge=64, description="Padded source tokens in a batch.")
    max_batch_segments: int = Field(16, ge=1, description="Segments in a batch; a GPU wants more.")
    max_wait_ms: float = Field(2.0, ge=0, description="How long a batch waits for company.")
    max_queued_tokens: int = Field(
        200_000, ge=512, description="Above this the server answers 429."
    )

    # Server
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    tokens: SecretStr | None = Field(
        None, description="Bearer tokens that may call, separated by commas."
    )
    tokens_file: Path | None = Field(None, description="File with one bearer token a line.")
    trust_gateway: bool = Field(
        False, description="Serve off loopback without tokens: a gateway in front checks callers."
    )
    max_body_bytes: int = Field(5_000_000, ge=1024, description="Largest request or file, bytes.")
    max_characters: int = Field(200_000, ge=100, description="Most characters in one article.")
    max_texts: int = Field(1000, ge=1, description="Most texts in one request.")
    max_html_nodes: int = Field(50_000, ge=100, description="Largest HTML document, in nodes.")
    max_targets: int = Field(8, ge=1, description="Most target languages in one request.")
    extraction_timeout_s: float = Field(5.0, gt=0, description="Reading one page ends after this.")
    request_timeout_s: float = Field(120.0, gt=0, description="Longest time for one request.")
    drain_timeout_s: float = Field(30.0, gt=0, description="Longest time a shutdown waits.")

    # Logs
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least.")
    log_format: Literal["auto", "text", "json"] = Field(
        "auto", description="auto: text on a terminal, one JSON object a line elsewhere."
    )


def load_settings(**overrides: object) -> Settings:
    """Read the environment and the settings file; ``overrides`` that are not None win.

    Raises SettingsError in words that name each wrong setting.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    settings_file = os.environ.get(SETTINGS_FILE_VARIABLE)
    if settings_file and not Path(settings_file).is_file():
        raise SettingsError(
            f"{SETTINGS_FILE_VARIABLE} names {settings_file}, which is not a file.",
            hint="Correct the path or unset the variable.",
        )
    _refuse_unknown_variables()
    try:
        return Settings(_env_file=settings_file, **given)  # type: ignore[call-arg,arg-type]  # _env_file is pydantic-settings' own argument; values are validated by it
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}"
            for item in error.errors()
        )
        raise SettingsError(
            f"These settings are wrong: {wrong}.", hint="See docs/settings.md."
        ) from None


def _refuse_unknown_variables() -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields} | {SETTINGS_FILE_VARIABLE}
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise SettingsError(
            f"Unknown settings in the environment: {', '.join(unknown)}.",
            hint="See docs/settings.md for the names.",
        )
