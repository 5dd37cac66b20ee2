"""Which open postings came by a list that has little to do with them: they were sent to it because they touch a file of its own, or
for its readers to know.

Rule: fewer than one patch in four changes a file for which MAINTAINERS names one of the lists whose mail is read here, of those that change
files with a list at all; patches that were not sent to these lists are for others. A list that MAINTAINERS does not know tells nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain, repeat

from miner.config import Config
from miner.errors import ConfigError
from miner.mined import Mined
from miner.model import Series, Status
from miner.pipeline import read_beside

MOST_OWN = 4  # one patch in so many for a list makes a posting its own


def find_elsewhere(mined: Mined, config: Config, works: Iterable[Status]) -> frozenset[str]:
    """The keys of those postings."""
    from miner.join.content import read_content  # networkx, only where it is needed
    from miner.join.deciders import read_maintainers

    try:
        sections = read_maintainers(read_beside(config, mined.as_of).maintainers)
    except ConfigError:  # who brings the store up to date is told so; a report is made all the same
        return frozenset()
    special = [section for section in sections if section.lists and not section.looks_after_all]
    if not special:
        return frozenset()

    @cache
    def lists_of(path: str) -> frozenset[str]:
        return frozenset(_dotted(name) for section in special if section.has_file(path) for name in section.lists)

    def find_lists(one: Series) -> Iterator[frozenset[str]]:
        """The lists of each patch that has any; none of those that are not at hand, unless this is true of all."""
        patches = [ident for ident in one.patches if ident is not None and ident in mined.by_id]
        for ident in patches:
            files = read_content([mined.by_id[ident].body]).files
            if named := frozenset(chain.from_iterable(map(lists_of, files))):
                yield named
        yield from repeat(frozenset(), one.expected - len(patches) if patches else 0)

    known = {_dotted(name) for section in special for name in section.lists}
    postings = {one.root: one for one in mined.series}
    judged = {each.key: postings[each.key] for each in works if each.kind == "series" and each.key in postings}
    came_by = {key: _dotted(mined.by_id[key].list_id or "") for key in judged if key in mined.by_id}
    here = known.intersection(came_by.values())
    found = set()
    for key, name in came_by.items():
        named = list(find_lists(judged[key])) if name in here else []
        if MOST_OWN * sum(not here.isdisjoint(lists) for lists in named) < len(named):
            found.add(key)
    return frozenset(found)


def _dotted(name: str) -> str:
    """A list's address in the form of its List-Id."""
    return name.casefold().replace("@", ".", 1)
