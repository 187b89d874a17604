from __future__ import annotations

import subprocess
import sys


def test_finding_models_loads_no_network_client() -> None:
    """Store, catalogue and hub are imported without the library that talks to the network."""
    code = (
        "import sys\n"
        "import dragoman.inference.catalogue, dragoman.inference.hub, dragoman.inference.store\n"
        "print(sorted({'huggingface_hub', 'httpx2', 'filelock', 'rich'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert done.stdout == "[]\n"
