"""An invented letter that has all that a letter can have, and one that has nothing: what a template has to stand."""

from __future__ import annotations

from dataclasses import replace

from miner.report.letter import Heap, Letter, Word
from miner.report.overview import Entry, Quote, Reference

_MAIL = Reference(1, "1@example.org", "https://lists.example.org/1@example.org/", "the shed lock", "Ada", "2026-03-01")
_UNKNOWN = Reference(2, "sha256:0123456789abcdef", None, "", "", "")
_SAID = Quote("I wait for Bo to look at it.", "Ada", "2026-03-01", _MAIL)
_ASKED = replace(_SAID, text="Bo, do you still want this?", asked_of="Bo")
_FACT = Quote("", "", "", _UNKNOWN, fact="posted")
_SHORT = replace(_SAID, text="Will do.", answers="Please say why the lock is needed.")
_TOLD = replace(_SAID, text="has been merged into weft.git:", told="merged into weft.git")
_FULL = Entry(
    title="the shed lock",
    revision="v2",
    reference=_MAIL,
    state="needs-review, hedged",
    next_actor="Bo",
    owner="Ada",
    since="2026-03-01",
    days=12,
    stale=True,
    priority="high",
    also=("posted",),
    waits_for=("the loom", "the reed"),
    applied_to="weft-next",
    series=(("v2", _MAIL), ("", _UNKNOWN)),
    evidence=(_SAID, _FACT),
    questions=(_ASKED,),
    older=("v1",),
    tree="patches 1 in v1.1; not found: 2 of 2",
    note="2026-03-02: told me so",
    version="v2",
    news="moved",
    more_questions=4,
    more_at=_MAIL,
    patch="patch 2 of 3",
)
_BARE = Entry("the reed", "", None, "", "", "", "", None, False, "", (), (), "", (), (), (), ())
_BRIEF = replace(_BARE, title="the treadle", next_actor="Bo", days=70, stale=True, brief=True)
_ASKED_MUCH = replace(_FULL, title="the warp", evidence=(_SHORT,), questions=(), news="new")
_MERGED = replace(_FULL, state="merged", evidence=(_TOLD,), questions=(), more_questions=0, more_at=None, news="")
_WITH_IT = replace(_MERGED, title="the weft", state="merged, hedged", reference=None)

FULL = Letter(
    day="2026-03-13",
    since="2026-03-06",
    reader="Bo",
    moved=(("new", 1), ("applied or merged", 2)),
    top=(_FULL, _BARE),
    heaps=(
        Heap("review", "Waiting for review", True, (_FULL, _ASKED_MUCH, _BARE), 3),
        Heap("done", "Applied and merged since then", False, (_MERGED, _WITH_IT, _BARE)),
        Heap("stale", "Stale: silent for longer than 30 days", True, (_BRIEF,), 2),
    ),
    promises=(Word("the loom", "Ada", 40, _SAID),),
    references=(_MAIL, _UNKNOWN),
    hidden=1,
    copies=2,
    warnings=("the mail of weft-dev is 4 days old",),
    loose=(Word("Re: the loom stops", "Ada", 3, _ASKED), Word("Re: the reed", "Bo", 0, replace(_SAID, text="Ping?"))),
    own=3,
    own_open=2,
)
EMPTY = Letter("", "", "", (), (), (), (), (), 0, 0, ())
SAMPLES = (FULL, replace(FULL, reader="", top=(_FULL,), hidden=2, copies=1, own=1, own_open=1), EMPTY)
