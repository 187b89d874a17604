"""The Hugging Face hub and its mirrors, through huggingface_hub.

Its client, addresses, metadata and errors are used; its own download is not, because since
version 2 it throws away what a broken download had fetched, and a model has 300 MB.
"""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dragoman.errors import DownloadFailed, NotOnHub, Offline
from dragoman.inference.hub.client import Listing, RemoteFile, Stream, TryAgain
from dragoman.inference.hub.options import HubOptions

if TYPE_CHECKING:
    import httpx2

_PASSING = frozenset({408, 429, 500, 502, 503, 504})
_LONGEST_WAIT_S = 60.0
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SHA1 = re.compile(r"[0-9a-f]{40}")


class HuggingFaceClient:
    """A HubClient. Loads huggingface_hub at the first call, and opens nothing before it.

    The user agent names only this program: the library's own would tell the hub which other
    packages are installed.
    """

    def __init__(self, options: HubOptions) -> None:
        self.url = options.url.rstrip("/")
        self._options = options
        version = importlib.metadata.version("dragoman")
        self._headers = {"user-agent": f"dragoman/{version}"}

    def listing(self, repository: str, revision: str | None) -> Listing:
        """See HubClient."""

        def ask() -> Any:
            from huggingface_hub import HfApi

            api = HfApi(endpoint=self.url, token=self._token, headers=self._headers)
            return api.model_info(
                repository,
                revision=revision,
                files_metadata=True,
                timeout=self._options.timeout_s,
            )

        info = self._ask(ask, repository)
        if not info.sha:
            raise DownloadFailed(f"{self.url} does not say which revision of {repository} it has.")
        files = {item.rfilename: _remote_file(item) for item in info.siblings or []}
        return Listing(repository, info.sha, files)

    def describe(self, listing: Listing, name: str) -> RemoteFile:
        """See HubClient."""

        def ask() -> Any:
            from huggingface_hub import get_hf_file_metadata

            return get_hf_file_metadata(
                self._address(listing, name),
                token=self._token,
                timeout=self._options.timeout_s,
                headers=self._headers,
                endpoint=self.url,
            )

        found = self._ask(ask, listing.repository)
        etag = found.etag or ""
        return RemoteFile(
            name,
            found.size,
            sha256=etag if _SHA256.fullmatch(etag) else None,
            git_sha1=etag if _SHA1.fullmatch(etag) else None,
        )

    @contextmanager
    def read(self, listing: Listing, name: str, start: int) -> Iterator[Stream]:
        """See HubClient."""
        self._refuse_offline()
        from huggingface_hub import get_session

        # Compressed bytes could not be counted, resumed or compared with the file's size.
        headers = self._headers | {"Accept-Encoding": "identity"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        if start:
            headers["Range"] = f"bytes={start}-"
        with (
            _translated(listing.repository, self.url),
            get_session().stream(
                "GET",
                self._address(listing, name),
                headers=headers,
                timeout=self._options.timeout_s,
            ) as response,
        ):
            _check(response)
            yield Stream(_start(response, start), response.iter_bytes())

    @property
    def _token(self) -> str | bool:
        return self._options.token or False  # False: not even the one of `hf auth login`

    def _address(self, listing: Listing, name: str) -> str:
        from huggingface_hub import hf_hub_url

        return hf_hub_url(listing.repository, name, revision=listing.revision, endpoint=self.url)

    def _ask(self, ask: Callable[[], Any], repository: str) -> Any:
        self._refuse_offline()
        try:
            with _translated(repository, self.url):
                return ask()
        except (ValueError, TypeError, KeyError) as error:
            raise DownloadFailed(
                f"{self.url} does not answer like a hub.", hint="Check DRAGOMAN_HUB_URL."
            ) from error

    def _refuse_offline(self) -> None:
        if self._options.offline:
            raise Offline(
                f"The network is switched off, so {self.url} was not asked.",
                hint="Unset DRAGOMAN_OFFLINE, leave out --offline, or copy the model's directory "
                "from another machine.",
            )


def _remote_file(item: Any) -> RemoteFile:
    return RemoteFile(
        item.rfilename,
        item.size,
        sha256=item.lfs.sha256 if item.lfs else None,
        git_sha1=None if item.lfs else item.blob_id,
    )


def _check(response: httpx2.Response) -> None:
    # Documented as public, but not re-exported in the way that mypy asks for.
    from huggingface_hub.utils import hf_raise_for_status  # type: ignore[attr-defined]

    if response.is_error:
        response.read()
    hf_raise_for_status(response)


def _start(response: httpx2.Response, wanted: int) -> int:
    if response.status_code != 206:
        return 0
    told = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    if told and int(told.group(1)) == wanted:
        return wanted
    raise TryAgain("the hub sent another part of the file than was asked for")


@contextmanager
def _translated(repository: str, url: str) -> Iterator[None]:
    """Give the library's many errors the few names of ours."""
    import httpx2
    from huggingface_hub import errors

    try:
        yield
    except errors.OfflineModeIsEnabled as error:
        raise Offline(
            f"HF_HUB_OFFLINE is set, so {url} was not asked.", hint="Unset it."
        ) from error
    except errors.GatedRepoError as error:
        raise DownloadFailed(
            f"{repository} is only for those whom its owner let in.",
            hint="Ask for access on its page, then set DRAGOMAN_HUB_TOKEN.",
        ) from error
    except errors.HfHubHTTPError as error:
        _raise_for_answer(error, repository, url)
    except (httpx2.TimeoutException, httpx2.NetworkError, httpx2.RemoteProtocolError) as error:
        raise TryAgain(f"the connection to {url} failed ({_reason(error)})") from error
    except httpx2.HTTPError as error:
        raise DownloadFailed(
            f"{url} cannot be reached: {_reason(error)}.",
            hint="Check DRAGOMAN_HUB_URL and the proxy's settings (HTTPS_PROXY).",
        ) from error


def _raise_for_answer(error: Any, repository: str, url: str) -> None:
    from huggingface_hub import errors

    status = error.response.status_code
    if isinstance(error, errors.RemoteEntryNotFoundError):
        raise DownloadFailed(
            f"{url} lists a file of {repository} that it does not have.",
            hint="Pull again later, or from another hub.",
        ) from error
    missing = (errors.RepositoryNotFoundError, errors.RevisionNotFoundError)
    if isinstance(error, missing) or status == 404:
        what = "that revision of " if isinstance(error, errors.RevisionNotFoundError) else ""
        raise NotOnHub(
            f"{url} has not {what}{repository}.",
            hint="Check the name; `dragoman models list --available` shows known ones. "
            "A private one needs DRAGOMAN_HUB_TOKEN.",
        ) from error
    if status in _PASSING:
        raise TryAgain(f"{url} answered {status}", _retry_after(error.response)) from error
    raise DownloadFailed(
        f"{url} refused {repository} with status {status}.",
        hint="Check DRAGOMAN_HUB_TOKEN, if one is set." if status in (401, 403) else None,
    ) from error


def _retry_after(response: httpx2.Response) -> float | None:
    value = response.headers.get("Retry-After", "")
    return min(float(value), _LONGEST_WAIT_S) if value.isdigit() else None


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__
