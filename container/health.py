"""Exit 0 if the server in this container is ready, 1 if not; says why on standard error.

Ready is stronger than alive: /readyz is 200 only when a worker has really answered. Runs in the
image by itself, with the standard library only, so that a check costs little.
"""

from __future__ import annotations

import http.client
import os
import sys

TIMEOUT_S = 8.0
"""Under the image's health check timeout, so that our message is seen and not a kill."""


def main() -> int:
    port = int(os.environ.get("DRAGOMAN_PORT", "8080"))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        answer = response.read(500).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        print(f"No answer on port {port}: {error}", file=sys.stderr)
        return 1
    finally:
        connection.close()
    if response.status == http.HTTPStatus.OK:
        return 0
    print(f"Not ready ({response.status}): {answer}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
