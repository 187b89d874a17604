"""Who may call."""

from __future__ import annotations

import hmac
from pathlib import Path

import pytest

from dragoman.api.auth import Authorisation, BearerTokens, split_tokens
from dragoman.api.last_resort import LastResort
from dragoman.api.request_id import RequestIds
from dragoman.errors import NotAuthorised, SettingsError
from support.asgi import answer_ok, client_of

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("header", ["Bearer first", "bearer second", "Bearer  first "])
def test_any_listed_token_may_call(header: str) -> None:
    """Each token of the list is valid, and the scheme's case does not matter."""
    BearerTokens(["first", "second"]).check(header)


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Bearer firs", "Bearer first2", "Basic first", "first"],
)
def test_anything_else_may_not(header: str | None) -> None:
    """Without a whole valid token in the right scheme there is no way in."""
    with pytest.raises(NotAuthorised):
        BearerTokens(["first", "second"]).check(header)


def test_every_token_is_compared() -> None:
    """The time of a check does not tell which token matched: all are compared, at one length."""
    compared: list[tuple[int, int]] = []

    def same(one: bytes, other: bytes) -> bool:
        compared.append((len(one), len(other)))
        return hmac.compare_digest(one, other)

    BearerTokens(["a", "a much longer token", "c"], same=same).check("Bearer a")
    assert compared == [(32, 32)] * 3


def test_the_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    """Tokens in a file are replaced without a restart."""
    file = tmp_path / "tokens"
    file.write_text("# the newsroom\nold-token\n")
    tokens = BearerTokens(file=file)
    tokens.check("Bearer old-token")
    file.write_text("a-newer-token\n")
    tokens.check("Bearer a-newer-token")
    with pytest.raises(NotAuthorised):
        tokens.check("Bearer old-token")


def test_tokens_survive_the_loss_of_their_file(tmp_path: Path) -> None:
    """While the file cannot be read, those who could call still can, and nobody else."""
    file = tmp_path / "tokens"
    file.write_text("token\n")
    tokens = BearerTokens(file=file)
    file.unlink()
    tokens.check("Bearer token")
    with pytest.raises(NotAuthorised):
        tokens.check("Bearer other")


def test_an_emptied_file_lets_nobody_in(tmp_path: Path) -> None:
    """Taking all tokens away locks the door; it does not open it."""
    file = tmp_path / "tokens"
    file.write_text("token\n")
    tokens = BearerTokens(file=file)
    file.write_text("")
    with pytest.raises(NotAuthorised):
        tokens.check("Bearer token")


@pytest.mark.parametrize("content", ["", "\n\n", "# only a comment\n", None])
def test_no_token_at_all_is_a_mistake_in_the_settings(tmp_path: Path, content: str | None) -> None:
    """A token file that holds none, or is not there, is refused at the start."""
    file = tmp_path / "tokens"
    if content is not None:
        file.write_text(content)
    with pytest.raises(SettingsError):
        BearerTokens(file=file)


def test_tokens_are_listed_with_commas_or_line_breaks() -> None:
    """Both ways of listing work, with white space and comments around."""
    assert split_tokens(" a, b\n# c\n\nd ,") == ("a", "b", "d")


async def test_the_door_is_before_the_body() -> None:
    """Without a token the answer is 401 with a challenge, and nothing inside was called."""
    app = RequestIds(LastResort(Authorisation(answer_ok, BearerTokens(["token"]))))
    async with client_of(app) as client:
        refused = await client.post("/v1/models", content=b"text")
        let_in = await client.post(
            "/v1/models", content=b"text", headers={"Authorization": "Bearer token"}
        )
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    assert refused.json()["code"] == "not-authorised"
    assert let_in.content == b"text"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/docs", "/openapi.json"])
async def test_probes_and_documentation_need_no_token(path: str) -> None:
    """A load balancer has no token, and what the API looks like is no secret."""
    app = RequestIds(LastResort(Authorisation(answer_ok, BearerTokens(["token"]))))
    async with client_of(app) as client:
        assert (await client.get(path)).status_code == 200


async def test_metrics_and_unknown_paths_need_one() -> None:
    """Whoever has no token does not even learn what is there."""
    app = RequestIds(LastResort(Authorisation(answer_ok, BearerTokens(["token"]))))
    async with client_of(app) as client:
        for path in ("/metrics", "/v1/models", "/admin", "/healthz/"):
            assert (await client.get(path)).status_code == 401
