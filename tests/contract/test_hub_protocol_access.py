"""Who is asked, with which name and token, and what when nobody answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dragoman.errors import (
    DownloadFailed,
    HubError,
    NotOnHub,
    Offline,
)
from dragoman.inference.hub import (
    HubOptions,
    HuggingFaceClient,
)
from dragoman.inference.hub.client import Listing
from support.pulling import CONTENT, NAME, WEIGHTS, Puller, pulling

HALF = len(CONTENT) // 2


@pytest.fixture
def puller(tmp_path: Path) -> Iterator[Puller]:
    with pulling(tmp_path) as ready:
        yield ready


def test_an_unknown_name_is_not_on_the_hub(puller: Puller) -> None:
    """A name that the hub does not know is said to be so, at once."""
    with pytest.raises(NotOnHub, match="owner/nothing"):
        puller("owner/nothing")

    assert puller.waits == []


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_hub_is_asked_again(puller: Puller, status: int) -> None:
    """A hub that is busy is waited for as long as it says, listing and files alike."""
    puller.hub.fail("/api/models/", status=status, headers={"Retry-After": "7"})
    puller.hub.fail("/resolve/", status=status)

    puller()

    assert puller.waits == [7.0, 0.5]


def test_a_hub_that_stays_busy_is_given_up(puller: Puller) -> None:
    """The error of a hub that is always busy gives its status."""
    puller.hub.fail("/api/models/", status=503, times=99)

    with pytest.raises(DownloadFailed, match="503"):
        puller()


def test_a_hub_that_nobody_runs_is_given_up(puller: Puller) -> None:
    """Nobody listening is an error that names the address."""
    puller.options["url"] = "http://127.0.0.1:9"

    with pytest.raises(DownloadFailed, match=r"http://127\.0\.0\.1:9"):
        puller()


@pytest.mark.parametrize("address", ["ftp://127.0.0.1/", "no-address"])
def test_an_address_that_is_none_is_an_error_at_once(puller: Puller, address: str) -> None:
    """An address that cannot be asked is not tried five times."""
    puller.options["url"] = address

    with pytest.raises(HubError, match="DRAGOMAN_HUB_URL"):
        puller()

    assert puller.waits == []


def test_something_that_is_no_hub_is_an_error(puller: Puller) -> None:
    """A web page where the hub should be is said to be none."""
    puller.hub.fail("/api/models/", status=200)

    with pytest.raises(DownloadFailed, match="does not answer like a hub"):
        puller()


def test_offline_asks_nobody(puller: Puller) -> None:
    """With offline set a pull is an error and no request is made."""
    puller.options["offline"] = True

    with pytest.raises(Offline, match="switched off"):
        puller()

    assert puller.hub.asked == []


def test_every_way_to_the_network_is_closed_offline(puller: Puller) -> None:
    """Listing, describing and reading each refuse, not only the first that a pull uses."""
    client = HuggingFaceClient(HubOptions(puller.hub.url, offline=True))
    listing = Listing(NAME, "0" * 40, {})

    with pytest.raises(Offline):
        client.listing(NAME, None)
    with pytest.raises(Offline):
        client.describe(listing, WEIGHTS)
    with pytest.raises(Offline), client.read(listing, WEIGHTS, 0):
        pass
    assert puller.hub.asked == []


def test_the_hubs_own_offline_switch_is_obeyed(
    puller: Puller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where HF_HUB_OFFLINE keeps the library from the network, the error says so."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)

    with pytest.raises(Offline, match="HF_HUB_OFFLINE"):
        puller()

    assert puller.hub.asked == []


@pytest.mark.parametrize("status", [403, 410])
def test_a_refusal_is_final(puller: Puller, status: int) -> None:
    """A hub that refuses is not asked again, and the error gives its status."""
    puller.hub.fail("/api/models/", status=status, times=99)

    with pytest.raises(DownloadFailed, match=str(status)):
        puller()

    assert puller.waits == []


def test_a_private_model_needs_the_token_that_was_set(puller: Puller) -> None:
    """Without a token a gated model is refused with a way out; with it, it is pulled."""
    puller.hub.repositories[NAME].token = "secret"

    with pytest.raises(DownloadFailed, match="DRAGOMAN_HUB_TOKEN"):
        puller()

    puller.options["token"] = "secret"
    assert puller().id == NAME


def test_the_token_stays_with_the_hub(puller: Puller) -> None:
    """A redirect to another origin does not carry the token there."""
    puller.hub.repositories[NAME].token = "secret"
    puller.options["token"] = "secret"

    puller()

    redirected = [asked for asked in puller.hub.asked if asked.path.startswith("/cdn/")]
    assert redirected
    assert not any("authorization" in asked.headers for asked in redirected)


def test_nobodys_login_is_used(
    puller: Puller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token that another program left in the environment is not sent."""
    monkeypatch.setenv("HF_TOKEN", "hf_somebodys")

    puller()

    assert not any("authorization" in asked.headers for asked in puller.hub.asked)


def test_requests_tell_nothing_of_the_machine(puller: Puller) -> None:
    """The user agent names this program and nothing that is installed beside it."""
    puller()

    agents = {asked.headers["user-agent"].split("/")[0] for asked in puller.hub.asked}
    assert agents == {"dragoman"}
    assert not any(";" in asked.headers["user-agent"] for asked in puller.hub.asked)
