"""lore-miner reads development mailing lists and says where every piece of work stands.

>>> import miner
>>> mined = miner.mine(["corpora/sample/weft-dev.mbox"])  # doctest: +SKIP
>>> mined.status.to_frame()  # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from miner.keeping import mine
    from miner.mined import Mined, Records

__all__ = ["Mined", "Records", "mine"]


def __getattr__(name: str) -> Callable[..., Any]:
    """Load the run on first use: `import miner` alone stays fast (PEP 562)."""
    if name == "mine":
        from miner.keeping import mine

        return mine
    if name in ("Mined", "Records"):
        from miner import mined

        found: Callable[..., Any] = getattr(mined, name)
        return found
    raise AttributeError(f"module 'miner' has no attribute {name!r}")
