"""Whether an archive answers at all."""

from __future__ import annotations

import requests

from miner.config import FetchSettings
from miner.fetch.wire import shown

SECONDS = 15.0


def reach(url: str, settings: FetchSettings) -> str:
    """Why an archive does not answer, in one line; "" if it does. Proxies and CA bundles are those of requests."""
    try:
        timeout = settings.timeout or SECONDS
        with requests.get(url, timeout=timeout, stream=True, allow_redirects=False) as response:
            return "" if response.status_code < 500 else f"it answers with status {response.status_code}"
    except requests.RequestException as error:
        return shown(error)
