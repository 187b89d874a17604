"""What every engine promises, whatever runs inside it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from dragoman.errors import DeadlineExceeded
from dragoman.inference.engines import EngineOptions, open_engine
from dragoman.inference.engines.base import DecodingOptions, Engine, Hypothesis, Request
from dragoman.inference.engines.options import EngineName
from support.models import starter
from support.sentences import SENTENCES

ENGINES: tuple[EngineName, ...] = ("fake", "ctranslate2", "transformers")
GREEDY = DecodingOptions(beam_size=1)
HOSTILE = {
    "NUL": "The minister\0 said\0no.",
    "lone surrogates": "The \ud83d minister \ude00 said no.",
    "direction marks": "\u202eThe minister\u202c said \u200fno\u200e.",
    "emoji": "The minister 👨‍👩‍👧 said 🇫🇷 no 🙂.",
    "special tokens": "The </s> minister <unk> said <pad> no >>fra<<.",
    "combining marks": "T\u0301\u0302\u0303he mini\u0308ster said n\u0336o.",
    "other scripts": "部长 the minister وزير said नहीं.",
    "controls": "The\tminister\r\nsaid\x1b[31m no\x85.",
    "private and unassigned": "The \ue000 minister \U000e0001 said \uffff no.",
    "only blanks": " \t\u00a0\u3000\n ",
    "only unknown": "☃☃☃",
    "long": "The minister said no. " * 12,
}


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    opened = new_engine(request.param)
    yield opened
    opened.close()


def new_engine(name: EngineName) -> Engine:
    return open_engine(
        starter(), EngineOptions(engine=name, device="cpu", workers=2, deterministic=True)
    )


def translate(engine: Engine, *requests: Request) -> list[tuple[Hypothesis, ...]]:
    batch = engine.prepare(requests)
    return engine.finish(batch, engine.run(batch))


def best(engine: Engine, *requests: Request) -> list[str]:
    return [hypotheses[0].text for hypotheses in translate(engine, *requests)]


def test_a_batch_answers_each_request_as_if_it_were_alone(engine: Engine) -> None:
    """Order and length are kept, and float32 answers do not depend on the company."""
    requests = [Request(text, GREEDY) for text in (*SENTENCES[:12], "", "Yes.")]
    alone = [best(engine, request)[0] for request in requests]
    assert best(engine, *requests) == alone
    assert len(set(alone)) == len(requests)


def test_an_empty_batch_is_no_work(engine: Engine) -> None:
    """No requests give no answers."""
    assert translate(engine) == []


def test_an_empty_text_translates_to_an_empty_text(engine: Engine) -> None:
    """Nothing is invented where there is nothing to read."""
    options = DecodingOptions(beam_size=2, num_hypotheses=2)
    for text in ("", "\0", "\u200e", "  "):
        answers = translate(engine, Request(text, options))[0]
        assert [(answer.text, answer.finished) for answer in answers] == [("", True)] * 2


def test_the_end_token_counts(engine: Engine) -> None:
    """Source tokens include the end token, so even an empty text has one."""
    empty, word, words = engine.prepare([Request(""), Request("Yes"), Request(SENTENCES[0])])
    assert 1 == empty.tokens < word.tokens < words.tokens


def test_hypotheses_come_best_first(engine: Engine) -> None:
    """As many hypotheses as asked for, all different, their scores falling."""
    options = DecodingOptions(beam_size=4, num_hypotheses=3, with_scores=True)
    for answers in translate(engine, *(Request(text, options) for text in SENTENCES[:4])):
        scores = [answer.score for answer in answers]
        assert len({answer.text for answer in answers}) == 3
        assert None not in scores
        assert all(score is not None and score <= 0 for score in scores)
        assert scores == sorted(scores, key=lambda score: -(score or 0))


def test_scores_and_alignment_come_only_when_asked_for(engine: Engine) -> None:
    """What costs time is not done by default."""
    answer = translate(engine, Request(SENTENCES[0]))[0][0]
    assert answer.score is None
    assert answer.alignment == ()


@pytest.mark.parametrize("beam_size", [1, 4])
def test_reaching_the_length_bound_is_not_success(engine: Engine, beam_size: int) -> None:
    """An output that was cut says so, keeps to the bound, and leaves its neighbours alone."""
    options = DecodingOptions(beam_size=beam_size, max_length_factor=0.5, max_length_extra=0)
    requests = [Request(SENTENCES[1], options), Request("", options)]
    cut, empty = (answers[0] for answers in translate(engine, *requests))
    bound = engine.prepare(requests)[0].tokens * 0.5 + 1
    assert not cut.finished
    assert 0 < cut.tokens <= bound
    assert empty.finished


def test_a_whole_output_is_finished(engine: Engine) -> None:
    """Far from the bound, the end is the model's own."""
    assert all(answers[0].finished for answers in translate(engine, Request(SENTENCES[0], GREEDY)))


def test_alignment_stays_inside_both_texts(engine: Engine) -> None:
    """Spans are in code points of the texts as given and as returned, in the output's order."""
    options = DecodingOptions(beam_size=1, with_alignment=True)
    for text in (*SENTENCES[:4], *HOSTILE.values()):
        answer = translate(engine, Request(text, options))[0][0]
        ends = [0]
        for span in answer.alignment:
            assert 0 <= span.source_start < span.source_end <= len(text)
            assert ends[-1] <= span.target_start < span.target_end <= len(answer.text)
            ends.append(span.target_end)


def test_alignment_covers_the_output(engine: Engine) -> None:
    """Every character of the output but spaces has a place in the source, for each hypothesis."""
    options = DecodingOptions(beam_size=3, num_hypotheses=2, with_alignment=True)
    for answer in translate(engine, Request(SENTENCES[2], options))[0]:
        covered = {
            place
            for span in answer.alignment
            for place in range(span.target_start, span.target_end)
        }
        assert covered == {at for at, char in enumerate(answer.text) if char != " "}


def test_alignment_points_at_words_behind_what_the_model_cannot_read(engine: Engine) -> None:
    """Dropped and replaced characters shift nothing: no span touches the invisible part."""
    options = DecodingOptions(beam_size=1, with_alignment=True)
    clutter = "\u200e\0\u00ad" * 5
    answer = translate(engine, Request(clutter + SENTENCES[3], options))[0][0]
    assert answer.alignment
    assert all(span.source_start >= len(clutter) for span in answer.alignment)


@pytest.mark.parametrize("beam_size", [1, 3])
def test_the_output_starts_with_the_target_prefix(engine: Engine, beam_size: int) -> None:
    """To the letter, and for prefixes of different lengths in one batch."""
    options = DecodingOptions(beam_size=beam_size)
    prefixes = ("L’État", "", "Hier, le ", "Un, deux, trois: ")
    requests = [Request(SENTENCES[0], options, target_prefix=prefix) for prefix in prefixes]
    outputs = best(engine, *requests)
    for prefix, output in zip(prefixes, outputs, strict=True):
        assert output.startswith(prefix)
        assert len(output) > len(prefix)
        assert "  " not in output


def test_a_target_prefix_shifts_the_alignment(engine: Engine) -> None:
    """What the prefix says is aligned to nothing; what follows is aligned in its own place."""
    options = DecodingOptions(beam_size=1, with_alignment=True)
    prefix = "“Non” ☃, "
    request = Request(SENTENCES[0], options, target_prefix=prefix)
    answer = translate(engine, request)[0][0]
    assert answer.text.startswith(prefix)
    assert answer.alignment
    assert all(span.target_start >= len(prefix) for span in answer.alignment)
    assert answer.alignment[-1].target_end == len(answer.text)


@pytest.mark.parametrize("beam_size", [1, 3])
def test_banned_strings_stay_out(engine: Engine, beam_size: int) -> None:
    """No hypothesis contains a banned string, however it could be spelled."""
    options = DecodingOptions(beam_size=beam_size, num_hypotheses=beam_size)
    for text in SENTENCES[:4]:
        words = best(engine, Request(text, options))[0].split()
        banned = (max(words, key=len), words[0][:2])
        for answer in translate(engine, Request(text, options, banned=banned))[0]:
            assert not any(string in answer.text for string in banned)


def test_a_batch_has_one_set_of_options_and_bans(engine: Engine) -> None:
    """A mixed batch is refused, because the decoder has one setting for all of it."""
    first = Request(SENTENCES[0], GREEDY)
    for other in (Request(SENTENCES[1]), Request(SENTENCES[1], GREEDY, banned=("le",))):
        with pytest.raises(ValueError, match="equal options"):
            engine.run(engine.prepare([first, other]))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_strange_texts_are_translated_like_others(engine: Engine, text: str) -> None:
    """Nothing raises, and no token that is not text reaches the output."""
    answer = translate(engine, Request(text, GREEDY), Request(SENTENCES[0], GREEDY))[0][0]
    assert "\0" not in answer.text
    assert "⁇" not in answer.text
    assert not any("\ud800" <= character <= "\udfff" for character in answer.text)


def test_a_text_over_the_limit_is_counted_and_refused_never_cut(engine: Engine) -> None:
    """``prepare`` tells its length; ``run`` refuses it."""
    prepared = engine.prepare([Request("The minister said no. " * 1000, GREEDY)])
    assert prepared[0].tokens > engine.max_source_tokens
    with pytest.raises(ValueError, match="longer"):
        engine.run(prepared)


def test_nobody_waits_behind_the_deadline(engine: Engine) -> None:
    """A batch of which every deadline has passed is not decoded."""
    past, open_end = float("-inf"), float("inf")
    late = Request(SENTENCES[0], GREEDY, deadline=past)
    with pytest.raises(DeadlineExceeded):
        engine.run(engine.prepare([late, late]))
    assert len(translate(engine, late, Request(SENTENCES[1], GREEDY, deadline=open_end))) == 2


def test_threads_do_not_disturb_each_other(engine: Engine) -> None:
    """All three stages may be called from several threads at once."""
    shares = [SENTENCES[:8], SENTENCES[8:16]]
    expected = [best(engine, *(Request(text, GREEDY) for text in share)) for share in shares]
    found: dict[int, list[str]] = {}

    def work(index: int) -> None:
        found[index] = best(engine, *(Request(text, GREEDY) for text in shares[index]))

    threads = [threading.Thread(target=work, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[0], found[1]] == expected


def test_the_name_tells_what_runs(engine: Engine) -> None:
    """Library, version, precision and device, for signatures."""
    library, version, precision, device = engine.name.split()
    assert library in ENGINES
    assert version[0].isdigit()
    assert precision in ("float32", "exact")
    assert device == "cpu"
    assert engine.workers >= 1


@pytest.mark.parametrize("name", ENGINES)
def test_closing_twice_is_closing_once(name: EngineName) -> None:
    """And a closed engine runs nothing."""
    engine = new_engine(name)
    prepared = engine.prepare([Request(SENTENCES[0], GREEDY)])
    engine.close()
    engine.close()
    with pytest.raises(RuntimeError, match="closed"):
        engine.run(prepared)
