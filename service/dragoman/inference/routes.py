"""Which models a translation passes through: one, or two with a language between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dragoman.article import LanguagePair, Route, Step
from dragoman.errors import PairNotInstalled, UnsupportedInput
from dragoman.inference.model import InstalledModel


class RouteTable:
    """The routes that ``models`` make possible, directly or through ``pivot_language``.

    Direct goes before pivot, a pulled model before a bundled one (somebody chose it), and then
    the order of ``models`` decides. A code that no model knows stands for its base language:
    ``fr-CA`` for ``fr``.
    """

    def __init__(self, models: Sequence[InstalledModel], pivot_language: str) -> None:
        self._models = sorted(models, key=lambda model: model.bundled)
        self._pivot = canonical(pivot_language)

    def find(self, pair: LanguagePair) -> Route:
        """Raises PairNotInstalled, UnsupportedInput for a language into itself."""
        source, target = canonical(pair.source), canonical(pair.target)
        direct = self._step(source, target)
        if direct:
            return Route((direct,))
        if base(source) == base(target):
            raise UnsupportedInput(f"The text is in {pair.source} already.")
        first = self._step(source, self._pivot, exact_target=True)
        second = self._step(self._pivot, target, exact_source=True)
        if first and second:
            return Route((first, second))
        raise PairNotInstalled(
            f"No installed model translates from {pair.source} to {pair.target}.",
            hint=self._hint(base(source), base(target), bool(first), bool(second)),
        )

    def languages(self) -> Mapping[str, tuple[str, ...]]:
        """Each source language with its targets, direct and through the pivot, both sorted."""
        direct: dict[str, set[str]] = {}
        for model in self._models:
            for pair in model.pairs:
                direct.setdefault(pair.source, set()).add(pair.target)
        beyond = direct.get(self._pivot, set())
        reachable = {
            source: targets | (beyond if self._pivot in targets else set()) - {source}
            for source, targets in direct.items()
        }
        return {source: tuple(sorted(reachable[source])) for source in sorted(reachable)}

    def _step(
        self, source: str, target: str, *, exact_source: bool = False, exact_target: bool = False
    ) -> Step | None:
        """The first model for the closest match of both codes."""
        sources = [source] if exact_source else list(_broader(source))
        targets = [target] if exact_target else list(_broader(target))
        for wanted_target in targets:
            for wanted_source in sources:
                pair = LanguagePair(wanted_source, wanted_target)
                for model in self._models:
                    if pair in model.pairs:
                        return Step(pair, model.id, model.target_tokens.get(pair.target))
        return None

    def _hint(self, source: str, target: str, to_pivot: bool, from_pivot: bool) -> str:
        direct = f"Run `dragoman models pull {source}-{target}`"
        if self._pivot in {source, target}:
            return f"{direct}."
        missing = [
            f"`dragoman models pull {one}-{other}`"
            for one, other, there in (
                (source, self._pivot, to_pivot),
                (self._pivot, target, from_pivot),
            )
            if not there
        ]
        return f"{direct}, or {' and '.join(missing)} to go through {self._pivot}."


def canonical(code: str) -> str:
    """A BCP 47 code in its usual case (RFC 5646, 2.1.1): ``PT_br`` becomes ``pt-BR``."""
    language, *rest = code.strip().replace("_", "-").split("-")
    return "-".join([language.lower(), *(_subtag(part) for part in rest)])


def base(code: str) -> str:
    """The language without region or script: ``fr`` of ``fr-CA``."""
    return code.split("-", 1)[0]


def _subtag(part: str) -> str:
    if len(part) == 2:
        return part.upper()
    return part.title() if len(part) == 4 else part.lower()


def _broader(code: str) -> Iterator[str]:
    """``zh-Hant-TW``, ``zh-Hant``, ``zh`` (the lookup of RFC 4647, 3.4)."""
    while True:
        yield code
        if "-" not in code:
            return
        code = code.rsplit("-", 1)[0]
