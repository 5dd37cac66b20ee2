"""Each rule decides where it should, and gives way where it should not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from miner.join.commits import TreeWord
from miner.join.decide import apply_rules, decide
from miner.join.rules import RULES
from miner.model import Citation, Mention, Outcome

from .made import ADA, BO, CY, START, carrying, case, posting, reviewed, said


def cited(*places, landed=False):
    """A posting of two patches, whose commits later mails name."""
    mention = Mention("m@x", START + timedelta(days=41), "has been merged into mainline")
    one = Citation(
        "t", "0123456789ab", "z@x", START + timedelta(days=40), '0123456789ab ("t")', landed=mention if landed else None
    )
    return replace(reviewed(), cited=tuple(one if place else None for place in places))


def built(*counts):
    """A posting of some patches, upon which so many later ones are built."""
    mention = Mention("z@x", START + timedelta(days=40), "index 0123456..89abcde")
    return replace(reviewed(), expected=len(counts), built_upon=tuple(count * (mention,) for count in counts))


def built_soon(count, *counts):
    """A posting upon which its author, soon after it, built so many later ones for each of its patches, and others the counts behind."""
    mention = Mention("y@x", START + timedelta(days=5), "index 0123456..89abcde")
    return replace(built(*(counts or (0,))), built_by_author=(count * (mention,),))


def again(*places):
    """A posting of some patches that its author sent once more."""
    mention = Mention("z@x", START + timedelta(days=40), "[PATCH] t")
    patches = tuple(f"p{n}@x" for n in range(1, len(places) + 1))
    return replace(
        reviewed(),
        expected=len(places),
        patches=patches,
        sent_again=tuple(mention if place else None for place in places),
    )


def few(sha="0123456789ab"):
    """A posting of three patches, of which later mails name one commit."""
    one = cited(1)
    return replace(
        one, expected=3, patches=("p1@x", "p2@x", "p3@x"), cited=(replace(one.cited[0], sha=sha), None, None)
    )


ASKED = said("needs-reply", "asked", day=2)
IN = said("merged")
MINE = said("planned", text="I'll post my own fix tonight.")
DONE = said("needs-revision", by=ADA, day=2, text="We have reworked the loop as you said.")
NEXT = said("needs-revision", day=2, text="Please send v3 with a changelog.")
MENDED = said("applied", text="That warning is already corrected in our next tree.")
WHY = said("needs-reply", "asked", day=2, rule="question")
IS_IN = said("merged", "asked", day=2, text="Has this been merged?")
WORKING = said("in-progress", by=ADA, day=3)
CHANGE = said("needs-revision", "asked", by=CY, day=2, rule="request")
SHALL_I = said("needs-revision", "asked", by=ADA, text="Do we need another version?")
BUT = said("ready", "conditional", text="Otherwise it looks good to me.")
PICK = said("needs-review", "asked", by=ADA, day=3, text="Could you pick it up for 6.9?")
TRY = said("needs-review", "asked", text="Could you confirm that this diff fixes it?")
BY_HAND = said("needs-revision", text="I will fix the subject by hand.")
HALVES = (said("applied", text="Applied 1-1."), said("applied", day=2, text="Applied the second patch."))
CONCEDED = said("needs-revision", "hedged", by=ADA, day=3, rule="conceded-remark", confidence=0.4)
REMARK = said("needs-revision", "hedged", by=CY, day=2, rule="remark", confidence=0.4)
SQUASH = "Bo, please squash the following in."
CASES = [
    ("posted", case(said("applied", confidence=0.4)), "needs-review"),  # too unsure to end a work
    ("applied", case(said("applied", confidence=0.4), kind="item"), "applied"),  # but an answer to its row says enough
    ("applied", case(said("applied", text="Applied patches 1-2."), postings=[reviewed()]), "applied"),
    ("applied-in-part", case(said("applied", text="Applied the first patch."), postings=[reviewed()]), "applied"),
    ("posted", case(said("merged", text="Half of it is merged.")), "needs-review"),  # the other half is open
    ("posted", case(said("applied", text="Applied all but patch 2."), postings=[reviewed()]), "needs-review"),
    ("posted", case(said("dropped", text="Half of this was dropped.")), "needs-review"),
    (
        "merged",
        case(said("merged", text="Half of it is merged."), said("merged", day=2, text="The rest is merged now.")),
        "merged",
    ),
    ("latest-word", case(said("merged", text="Half of it is merged."), kind="item", postings=[]), "in-progress"),
    ("latest-word", case(said("applied", text="Applied patch 1."), kind="item", postings=[reviewed()]), "in-progress"),
    ("applied", case(said("applied", text="Applied patches 1-2."), kind="item", postings=[reviewed()]), "applied"),
    ("merged", case(replace(IN, holder=CY, agrees=True)), "merged"),  # whoever says as she said agrees
    ("posted", case(replace(IN, holder=CY)), "needs-review"),
    (
        "revision-expected",  # of the others more is asked
        case(said("applied", text="Applied patch 1."), said("needs-revision", day=2), postings=[reviewed()]),
        "needs-revision",
    ),
    (
        "applied-in-part",  # said below one of two patches
        case(said("applied"), said("planned", by=CY), postings=[reviewed()], below={"m1@x": "p1@x"}),
        "applied",
    ),
    (
        "posted",  # a pull request brought one of three, and somebody took that one
        case(said("applied"), postings=[few(sha="")], below={"m1@x": "p1@x"}),
        "needs-review",
    ),
    ("applied-in-part", case(said("applied"), postings=[replace(few(), cited=())], below={"m1@x": "p1@x"}), "applied"),
    ("applied-in-part", case(said("applied"), postings=[few(sha="")], below={"m1@x": "p2@x"}), "applied"),
    ("posted", case(said("applied", by=ADA, text="Pushed, thanks.")), "needs-review"),  # into his own tree, most likely
    ("applied", case(said("ready"), said("applied", by=ADA, day=2, text="Pushed, thanks.")), "applied"),
    ("applied", case(said("ready"), said("applied", by=ADA, day=2, text="Thanks, applied to my tree.")), "applied"),
    (
        "approved",
        case(said("ready"), said("applied", by=ADA, day=2, text="Thanks, applied.")),
        "ready",
    ),  # a remark, may be
    (
        "approved",
        case(said("ready"), said("applied", by=ADA, day=2, text="Thanks, applied to my local tree.")),
        "ready",
    ),
    ("applied", case(said("applied", by=ADA, text="Pushed as r14-9321.")), "applied"),
    ("applied", case(said("applied", by=ADA, text="Pushed.")), "applied"),
    ("applied", case(said("ready"), said("applied", by=ADA, day=2, text="Applied to trunk.")), "applied"),
    (
        "applied",  # what he pushed he mends on top
        case(
            said("applied", by=ADA, text="Pushed."),
            said("needs-revision", by=ADA, day=2, text="I will fix it.", confidence=0.95),
        ),
        "applied",
    ),
    (
        "applied",
        case(
            said("ready", by=ADA, text="I will push it in two days."), said("applied", by=ADA, day=2, text="Applied.")
        ),
        "applied",
    ),
    ("dropped", case(said("dropped", by=ADA, confidence=0.1, rule="gives-up")), "dropped"),
    ("dropped", case(said("dropped"), said("posted", by=ADA, day=2)), "dropped"),  # that is another posting
    ("latest-word", case(said("dropped"), said("posted", day=2), kind="item", postings=[]), "posted"),
    ("posted", case(said("dropped", confidence=0.1, rule="gives-up")), "needs-review"),
    ("dropped", case(said("dropped", by=ADA, confidence=0.3, rule="nothing-to-fix")), "dropped"),
    (
        "approved",  # and whoever takes it changes the rest
        case(said("ready", "conditional"), said("needs-revision", "negated", by=CY, day=2, text="No need to resend.")),
        "ready",
    ),
    (
        "approved",
        case(
            said("ready"),
            said("needs-revision", "negated", by=CY, day=4, text="No need to resend."),
            requests=[said("needs-revision", by=BO, day=2, rule="request")],
        ),
        "ready",
    ),
    (
        "applied",
        case(said("applied", text="Applied the series."), postings=[reviewed()], below={"m1@x": "p1@x"}),
        "applied",
    ),
    ("posted", case(said("needs-revision", by=ADA, text="I'll do so next time.")), "needs-review"),
    ("needs-other-work", case(said("blocked", by=ADA, message_id="s1@x")), "blocked"),  # so the patch itself says
    ("approved", case(said("blocked", by=ADA, message_id="s1@x"), said("ready", day=2)), "ready"),
    ("applied", case(*HALVES, postings=[reviewed()]), "applied"),  # the one here, the other there
    (
        "applied",
        case(said("applied", by=CY), said("applied", day=2, text="Applied the second patch."), postings=[reviewed()]),
        "applied",
    ),
    ("cited-as-commit", case(said("needs-revision"), postings=[cited(1, 1)]), "applied"),
    ("cited-as-commit", case(said("dropped"), postings=[cited(0, 1)]), "applied"),
    ("dropped", case(said("dropped", day=50), postings=[cited(1, 1)]), "dropped"),
    ("applied", case(said("applied"), postings=[cited(1, 1)]), "applied"),
    ("cited-as-commit", case(said("needs-revision"), postings=[few()]), "applied"),  # one commit tells of the others
    ("revision-expected", case(said("needs-revision"), postings=[few(sha="")]), "needs-revision"),  # a list would too
    ("newer-revision", case(postings=[few()], newer=replace(posting(2), expected=2)), "superseded"),
    ("cited-as-commit", case(postings=[few()], newer=posting(2)), "applied"),  # one patch of it anew
    ("cited-as-commit", case(postings=[replace(few(), patches=("p1@x", None, None))], newer=few()), "applied"),
    ("taken-by-author", case(said("ready", by=ADA, message_id="s1@x", text="I'll apply it."), deciders=[ADA]), "ready"),
    ("posted", case(said("ready", by=ADA, message_id="s1@x", text="I'll apply it.")), "needs-review"),
    ("approved", case(said("ready", text="Tested-by: Bo"), deciders=[BO]), "ready"),  # he decides nothing by it
    ("posted", case(said("needs-revision", text="I'll try it.", waiting_on=("Bo Lind",))), "needs-review"),
    (
        "revision-expected",
        case(said("needs-revision", text="You will try it.", waiting_on=("Bo Lind",))),
        "needs-revision",
    ),
    ("landed", case(said("needs-revision"), postings=[cited(1, 1, landed=True)]), "merged"),
    ("landed", case(said("applied"), postings=[cited(1, 1, landed=True)]), "merged"),
    ("cited-as-commit", case(postings=[cited(1, 0, landed=True)]), "applied"),
    ("dropped", case(said("dropped", by=ADA), postings=[cited(1, 1)]), "dropped"),  # it was another posting that is in
    ("built-upon", case(said("ready"), postings=[built(2, 2)]), "applied"),
    ("built-upon", case(said("needs-revision"), postings=[built(1, 0)]), "applied"),
    ("posted", case(postings=[built(2, 0, 0)]), "needs-review"),
    ("built-upon", case(said("ready"), postings=[built_soon(1)], deciders=[ADA]), "applied"),
    (
        "approved-by-decider",
        case(said("ready"), postings=[built_soon(1)], deciders=[BO]),
        "ready",
    ),  # her tree is not the one
    ("built-upon", case(postings=[built_soon(0, 2)], deciders=[ADA]), "applied"),
    ("dropped", case(said("dropped"), postings=[built(2, 2)]), "dropped"),
    ("sent-elsewhere", case(said("ready"), postings=[again(1, 1)]), "superseded"),
    ("posted", case(postings=[again(1, 0)]), "needs-review"),
    ("sent-elsewhere", case(postings=[again(1, 1, 0)]), "superseded"),
    ("sent-elsewhere", case(postings=[replace(again(1, 0), patches=("p1@x", None))]), "superseded"),  # a stray patch
    ("posted", case(postings=[replace(again(1, 0), patches=("p1@x", None), cover="c@x")]), "needs-review"),
    ("mended-by-other", case(BY_HAND), "ready"),
    ("revision-expected", case(replace(BY_HAND, by=ADA)), "needs-revision"),
    ("posted", case(said("needs-revision", by=ADA, text="Let me know if I should send it anew.")), "needs-review"),
    ("posted", case(said("needs-reply", text="Let me know if you have any other concerns.")), "needs-review"),
    ("change-asked", case(BUT), "needs-revision"),
    ("approved", case(BUT, said("ready", day=2)), "ready"),
    ("posted", case(replace(BUT, text="If it boots it looks good to me.")), "needs-review"),
    ("approved", case(said("ready"), PICK), "ready"),  # who asks for that waits for no review
    ("waiting-for-review", case(said("ready", rule="trailer"), PICK, postings=[reviewed(1)]), "needs-review"),
    ("question-about-it", case(asked=[WHY], requests=[REMARK]), "needs-revision"),
    ("question-about-it", case(asked=[replace(WHY, by=ADA)], requests=[REMARK]), "needs-reply"),
    ("question-about-it", case(asked=[said("ready", "asked", text="Looks good, but is it tested?")]), "needs-reply"),
    (
        "question-about-it",  # content with the one patch, he asks of the other
        case(said("ready", day=3), asked=[WHY], postings=[reviewed(2)], below={"m2@x": "p1@x", "m3@x": "p2@x"}),
        "needs-reply",
    ),
    ("applied-in-part", case(said("merged", text="Patch 1 is in mainline."), postings=[reviewed()]), "merged"),
    ("latest-word", case(said("planned"), kind="item", postings=[], requests=[REMARK]), "planned"),
    ("remarked", case(requests=[REMARK]), "needs-revision"),
    ("remarked-later", case(said("ready"), requests=[REMARK]), "needs-revision"),
    (
        "remarked-later",
        case(said("ready"), requests=[replace(REMARK, status="needs-reply")], deciders=[CY]),
        "needs-revision",
    ),
    ("approved", case(said("ready"), requests=[replace(REMARK, status="needs-reply")]), "ready"),
    ("approved", case(said("ready", day=3), requests=[REMARK]), "ready"),
    ("remarked", case(requests=[replace(REMARK, status="needs-reply")]), "needs-revision"),
    ("waiting-for-review", case(TRY), "needs-reply"),
    ("approved", case(said("ready"), said("needs-review", by=ADA, day=9)), "ready"),  # a reminder of what is approved
    ("waiting-for-review", case(said("ready", day=9), said("needs-review", by=ADA)), "needs-review"),
    ("waiting-for-review", case(replace(TRY, by=ADA)), "needs-review"),
    ("posted", case(said("blocked", "conditional", confidence=0.45)), "needs-review"),
    ("taken-by-author", case(said("ready", by=ADA, text="I will merge it today."), requests=[REMARK]), "ready"),
    ("applied-in-part", case(said("merged"), postings=[reviewed()], below={"m1@x": "p1@x"}), "merged"),
    ("posted", case(asked=[replace(ASKED, confidence=0.2)]), "needs-review"),  # too unsure to be a question
    ("question-about-it", case(asked=[replace(ASKED, confidence=0.4)]), "needs-reply"),  # but not of what
    ("approved", case(said("needs-revision", by=ADA), said("ready", day=2), said("ready", by=CY, day=2)), "ready"),
    ("revision-expected", case(said("needs-revision", by=ADA), said("ready", day=2)), "needs-revision"),
    (
        "approved",  # its author takes what he posts
        case(said("needs-revision", by=ADA), said("ready", day=2), deciders=(ADA,)),
        "ready",
    ),
    (
        "revision-expected",  # he is content with another patch
        case(
            said("needs-revision"), said("ready", day=2), postings=[reviewed()], below={"m1@x": "p1@x", "m2@x": "p2@x"}
        ),
        "needs-revision",
    ),
    ("posted", case(said("needs-revision", "asked", by=ADA, text="Can you send a fix?")), "needs-review"),
    (
        "revision-expected",
        case(said("needs-revision", "asked", by=ADA, text="Shall I send it anew?")),
        "needs-revision",
    ),
    ("posted", replace(case(SHALL_I), answered=frozenset((id(SHALL_I),))), "needs-review"),
    ("revision-expected", case(said("needs-revision", "asked", text="Can you send a fix?")), "needs-revision"),
    ("posted", case(said("needs-revision", text="So I send out a new patch for the reeds.")), "needs-review"),
    ("revision-expected", case(said("needs-revision", text="I sent you a new name for it.")), "needs-revision"),
    ("change-promised", case(said("planned", by=ADA)), "needs-revision"),
    (
        "change-promised",
        case(said("ready", rule="trailer"), said("planned", by=ADA), postings=[reviewed(1)]),
        "needs-revision",
    ),
    ("review-promised", case(said("planned", text="I'll take a look next week.")), "needs-review"),
    ("review-promised", case(said("planned", text="Sorry, it is still on my list.")), "needs-review"),
    (
        "review-promised",  # of an item whose owner waits for it
        case(said("needs-review", by=ADA), said("planned", text="I will review it.", day=3), kind="item", postings=[]),
        "needs-review",
    ),
    (
        "latest-word-of-assignee",
        case(said("in-progress", by=ADA), said("planned", text="I will review it.", day=3), kind="item", postings=[]),
        "in-progress",
    ),
    (
        "waiting-for-review",  # since then
        case(said("planned", text="I will review it."), said("needs-review", by=ADA, day=3), kind="item", postings=[]),
        "needs-review",
    ),
    ("posted", case(said("planned", text="A port to the other loom (next on my list).")), "needs-review"),
    ("posted", case(said("planned", text="This is not on my list.")), "needs-review"),
    ("posted", case(said("planned", text="I'll take a look next week."), said("posted", day=3)), "needs-review"),
    ("approved", case(said("ready"), said("planned", by=ADA)), "ready"),  # what follows an approval is another work
    ("posted", case(said("planned", by=ADA, text="I will send a follow-up.")), "needs-review"),
    ("posted", case(said("blocked", confidence=0.1)), "needs-review"),
    ("posted", case(said("needs-revision", confidence=0.4, waiting_on=("Bo Lind",))), "needs-review"),  # his own affair
    ("question-about-it", case(asked=[replace(WHY, by=CY)]), "needs-reply"),
    ("posted", case(asked=[replace(WHY, by=ADA, message_id="s1@x")]), "needs-review"),  # asked in the patch itself
    ("remark-answered", case(requests=[replace(REMARK, rule="answered-remark")], deciders=[CY]), "needs-revision"),
    ("posted", case(requests=[replace(REMARK, rule="answered-remark")], deciders=[BO]), "needs-review"),
    ("remark-conceded", case(requests=[REMARK, CONCEDED]), "needs-revision"),
    ("approved", case(said("ready"), requests=[CONCEDED]), "ready"),
    (
        "remark-conceded",
        case(said("ready", rule="trailer"), postings=[reviewed(1)], requests=[CONCEDED]),
        "needs-revision",
    ),
    ("approved-by-decider", case(said("ready"), requests=[CONCEDED], deciders=[BO]), "ready"),
    ("remarked", case(said("ready", rule="trailer"), postings=[reviewed(1)], requests=[REMARK]), "needs-revision"),
    ("approved-by-decider", case(said("ready"), requests=[REMARK], deciders=[BO]), "ready"),
    ("in-tree", case(said("needs-revision"), tree=TreeWord("merged", "v1.1", "commit 1 in v1.1")), "merged"),
    ("tree-does-not-have-it", case(IN, said("ready", day=2), tree=TreeWord(doubted=(IN,))), "merged"),
    ("tree-has-a-part", case(IN, tree=TreeWord(doubted_in_part=(IN,))), "merged"),
    ("merged", case(IN, said("merged", day=2), tree=TreeWord(doubted=(IN,))), "merged"),  # the last word is not doubted
    ("dropped", case(IN, said("dropped", day=2), tree=TreeWord(doubted=(IN,))), "dropped"),
    ("merged", case(said("merged"), said("ready", day=2)), "merged"),
    ("applied", case(said("applied")), "applied"),
    ("approved", case(said("ready"), said("applied", "negated", day=2)), "ready"),
    ("posted", case(said("applied", by=ADA)), "needs-review"),  # an author's own tree
    ("applied", case(said("applied", by=ADA), deciders=(ADA,)), "applied"),  # which is the list's
    ("newer-revision", case(said("ready"), newer=posting(2, 9)), "superseded"),
    ("dropped", case(said("ready"), said("dropped", day=2)), "dropped"),
    ("dropped", case(said("dropped"), said("needs-revision", by=CY, day=2)), "dropped"),
    ("dropped", case(said("dropped", by=CY), said("ready", day=2)), "dropped"),  # others may like it
    ("approved-by-decider", case(said("dropped", by=CY), said("ready", day=2), deciders=[BO]), "ready"),
    ("dropped", case(said("dropped", by=CY), said("ready", day=2), deciders=[BO, CY]), "dropped"),
    ("dropped", case(said("dropped", by=ADA), said("ready", day=2)), "dropped"),  # others may have liked it
    ("change-promised", case(said("dropped", by=ADA), said("in-progress", by=ADA, day=2)), "needs-revision"),
    ("approved", case(said("needs-revision", by=ADA, confidence=0.2), said("ready", day=2)), "ready"),
    ("revision-expected", case(said("dropped"), said("needs-revision", by=ADA, day=2)), "needs-revision"),  # he goes on
    ("superseded-by-other", case(said("superseded")), "superseded"),
    ("superseded-by-other", case(said("dropped"), said("superseded")), "superseded"),  # why it is not to be taken
    ("superseded-by-other", case(MENDED), "superseded"),
    (
        "applied",
        case(said("applied", text="That warning is already corrected in our next tree.", by=BO), kind="item"),
        "applied",
    ),
    ("approved", case(DONE, said("ready", by=CY, day=3)), "ready"),
    ("revision-expected", case(said("needs-revision", by=ADA, day=2), said("ready", by=CY, day=3)), "needs-revision"),
    ("taken-by-author", case(said("ready", by=ADA, text="I intend to push this to my branch."), DONE), "ready"),
    ("blocked", case(said("blocked", by=BO), said("ready", by=CY, day=3)), "blocked"),
    ("approved", case(said("blocked", by=BO), said("ready", by=BO, day=3)), "ready"),
    ("reply-awaited", case(said("needs-reply", text="I'd like to hear what others think.")), "needs-review"),
    ("reply-awaited", case(replace(said("needs-reply"), waiting_on=("Cy",))), "needs-review"),
    ("reply-awaited", case(replace(said("needs-reply"), waiting_on=("Ada",))), "needs-reply"),
    ("next-version-asked", case(said("ready"), replace(NEXT, by=BO)), "needs-revision"),  # he thought again
    ("next-version-asked", case(said("ready", by=CY), NEXT, deciders=[BO]), "needs-revision"),
    ("revision-expected", case(said("ready", by=CY), NEXT), "needs-revision"),  # who neither decides nor approved
    ("posted", case(said("needs-revision", text="I see a fault here.", confidence=0.2)), "needs-review"),  # hardly asks
    (
        "revision-expected",
        case(said("needs-revision", text="I see that you forgot it.", confidence=0.2)),
        "needs-revision",
    ),
    ("revision-expected", case(said("needs-revision", text="I see a fault here.")), "needs-revision"),
    ("posted", case(replace(said("needs-revision", text="Will update."), waiting_on=(BO,))), "needs-review"),
    ("approved", case(said("ready"), NEXT, said("ready", day=3)), "ready"),
    ("mended-by-other", case(replace(BY_HAND, date=CONCEDED.date), requests=[CONCEDED]), "ready"),
    ("superseded-by-other", case(said("superseded", text="I've already sent a fix.")), "superseded"),
    ("posted", case(said("merged", text="I have loom 2.4 here.", rule="classifier")), "needs-review"),
    ("merged", case(said("merged", text="It is now committed.", rule="classifier")), "merged"),
    ("displaced", case(MINE), "superseded"),
    ("approved", case(MINE, said("ready", by=CY, day=3)), "ready"),
    ("revision-expected", case(MINE, said("needs-revision", by=ADA, day=3)), "needs-revision"),
    ("revision-expected", case(said("needs-revision", text="Please send a proper patch.")), "needs-revision"),
    (
        "revision-expected",
        case(said("needs-revision", text="I think you should send a different version.")),
        "needs-revision",
    ),
    ("displaced", case(said("posted", text="I have posted a cleaner fix for it.")), "superseded"),
    ("posted", case(said("planned", text="I'll send my fix for the other loom on top.")), "needs-review"),
    ("change-promised", case(replace(MINE, by=ADA)), "needs-revision"),
    (
        "change-promised",
        case(said("ready"), said("dropped", by=ADA, day=2), said("in-progress", by=ADA, day=3)),
        "needs-revision",
    ),
    ("applied", case(said("applied"), said("applied", "negated", by=ADA, day=3, confidence=0.4)), "applied"),
    ("posted", case(said("applied"), said("applied", "negated", day=3, confidence=0.4)), "needs-review"),
    (
        "applied",
        case(replace(said("applied"), target="next"), replace(said("applied", "negated", day=3), target="6.9")),
        "applied",
    ),
    ("posted", case(said("applied", text="Details: my next branch.", rule="classifier")), "needs-review"),
    (
        "posted",
        case(said("applied", text="I've added a note to the commit message like this.", rule="classifier")),
        "needs-review",
    ),
    ("applied", case(said("applied", text="I've also added this to my tree.", rule="classifier")), "applied"),
    ("question-open", case(ASKED, asked=[ASKED]), "needs-reply"),
    ("needs-other-item", case(said("planned"), kind="item", needs=["x"]), "blocked"),
    ("blocked", case(said("needs-revision"), said("blocked", day=3)), "blocked"),
    ("revision-expected", case(said("ready"), said("needs-revision", day=2)), "needs-revision"),
    ("approved", case(said("needs-revision"), said("ready", day=2)), "ready"),  # the same reviewer is content now
    ("reviewed-in-part", case(said("ready", rule="trailer"), postings=[reviewed(1)]), "needs-review"),
    (
        "reviewed-in-part",
        case(said("ready", rule="trailer", text="Acked-by: Bo # the first patch"), postings=[reviewed(1)]),
        "needs-review",
    ),
    ("carried-reviews", case(postings=[carrying(1, 2)]), "ready"),
    ("carried-reviews", case(postings=[carrying(1, 2, source=None)], deciders=(BO,)), "ready"),
    ("posted", case(postings=[carrying(1, 2, source=None)]), "needs-review"),  # somebody wrote below it
    ("posted", case(postings=[carrying(1)]), "needs-review"),
    ("posted", case(postings=[carrying(1, 2, kind="Tested-by")]), "needs-review"),
    ("posted", case(postings=[replace(carrying(1, 2), copied_to=("6.1",))]), "needs-review"),
    ("revision-expected", case(said("needs-revision"), postings=[carrying(1, 2)]), "needs-revision"),
    ("posted", case(said("ready", text="The first patch is fine."), postings=[reviewed()]), "needs-review"),
    ("approved", case(said("ready", text="The first patch is fine."), postings=[posting()]), "ready"),
    ("approved", case(said("ready", rule="trailer"), postings=[reviewed(1, 2)]), "ready"),
    ("reviewed-in-part", case(said("ready", rule="trailer"), said("ready"), postings=[reviewed(1)]), "needs-review"),
    ("approved", case(said("ready"), postings=[reviewed(1)]), "ready"),  # words, and of the whole
    ("approved-by-decider", case(said("ready", day=3), requests=[CHANGE], deciders=[BO]), "ready"),
    (
        "approved-by-decider",
        case(said("ready"), requests=[CHANGE], deciders=[BO]),
        "ready",
    ),  # whoever asks decides nothing
    ("change-asked", case(said("ready"), requests=[CHANGE], deciders=[BO, CY]), "needs-revision"),
    ("change-asked", case(said("ready", day=3), requests=[CHANGE]), "needs-revision"),
    ("approved", case(said("ready", by=CY, day=3), requests=[CHANGE]), "ready"),  # whoever asked is content now
    ("posted", case(requests=[said("needs-revision", "asked", by=ADA, rule="request")]), "needs-review"),
    ("question-about-it", case(asked=[WHY]), "needs-reply"),
    ("question-about-it", case(said("ready", by=CY, day=3), asked=[WHY]), "needs-reply"),
    (
        "approved",
        case(said("ready", by=CY, day=3, rule="will-apply"), asked=[WHY]),
        "ready",
    ),  # he takes it all the same
    ("approved", case(said("ready", day=3), asked=[WHY]), "ready"),
    ("question-about-it", case(said("ready"), asked=[replace(WHY, by=ADA)]), "needs-reply"),
    ("approved", case(said("ready"), said("ready", by=CY), asked=[replace(WHY, by=ADA)]), "ready"),  # two are content
    ("posted", case(said("ready", confidence=0.3)), "needs-review"),
    ("latest-word", case(said("planned"), kind="item", postings=[], asked=[WHY]), "planned"),
    ("newer-revision", case(said("superseded", rule="newer-version"), said("dropped", day=2)), "superseded"),
    ("reply-awaited", case(said("needs-reply")), "needs-reply"),
    ("posted", case(said("needs-reply", confidence=0.4)), "needs-review"),
    ("change-promised", case(said("in-progress", by=ADA)), "needs-revision"),
    (
        "waiting-for-review",  # he reminds others since
        case(said("in-progress", by=ADA), said("needs-review", "asked", by=ADA, day=4)),
        "needs-review",
    ),
    ("waiting-for-review", case(said("needs-review", "asked", by=ADA)), "needs-review"),
    (
        "latest-word-of-assignee",
        case(said("in-progress", by=ADA), said("planned", by=BO), kind="item", postings=[]),
        "in-progress",
    ),
    ("latest-word", case(said("planned", by=BO), kind="item", postings=[]), "planned"),
    (
        "latest-word-of-assignee",  # of a line of a note, whoever keeps the notes has a say as well
        replace(
            case(
                said("planned", by=ADA),
                said("in-progress", by=CY, day=2),
                said("planned", by=BO, day=3),
                kind="item",
                postings=[],
            ),
            keepers=(CY,),
        ),
        "in-progress",
    ),
    (
        "revision-expected",  # and takes up again what he had given up
        replace(
            case(said("dropped", by=CY), said("needs-revision", by=CY, day=3), kind="item", postings=[]), keepers=(CY,)
        ),
        "needs-revision",
    ),
    (
        "latest-word-of-assignee",
        case(said("dropped", by=CY), said("planned", by=ADA, day=3), kind="item", postings=[]),
        "planned",
    ),
    ("dropped", case(said("dropped", by=CY), said("planned", day=3), kind="item", postings=[]), "dropped"),
    (
        "posted",  # words without a date may be older than the second posting
        case(said("needs-revision", by=ADA, date=None), postings=[posting(), posting(2, day=5)]),
        "needs-review",
    ),
    ("revision-expected", case(said("needs-revision", by=ADA, date=None)), "needs-revision"),
    # The author leaves what was asked for to whoever takes it; what is meant for the next work holds up nothing.
    (
        "approved",
        case(
            said("ready"),
            said("needs-revision", "asked", by=CY, day=2),
            said("needs-revision", by=ADA, day=3, text=SQUASH),
        ),
        "ready",
    ),
    ("approved", case(said("ready"), said("needs-revision", "asked", text="Please say so next time.")), "ready"),
    # Only the calendar holds it up.
    ("approved", case(said("ready", "conditional", text="I'll queue it up after the merge window.")), "ready"),
    ("posted", case(), "needs-review"),
    ("nothing-said", case(kind="item", postings=[]), None),
    ("nothing-sure", case(said("merged", "hedged"), kind="item", postings=[]), None),
    ("nothing-sure", case(said("dropped", "negated"), kind="item", postings=[]), None),
    ("question-open", case(IS_IN, kind="item", postings=[], asked=[IS_IN]), "needs-reply"),
    ("question-open", case(said("merged", "hedged"), IS_IN, kind="item", asked=[IS_IN]), "needs-reply"),
    ("latest-word-of-assignee", case(IS_IN, WORKING, kind="item", asked=[IS_IN]), "in-progress"),
    ("question-open", case(kind="item", postings=[], asked=[WHY]), "needs-reply"),
    ("posted", case(kind="item", asked=[WHY]), "needs-review"),
    ("latest-word", case(said("planned"), kind="item", postings=[], asked=[WHY]), "planned"),
    (
        "rest-waits-for-something",
        case(said("merged", by=ADA), said("planned", "conditional", by=ADA, depends_on=("X",)), kind="item"),
        "blocked",
    ),
]


@pytest.mark.parametrize(("rule", "given", "status"), CASES, ids=lambda v: v if isinstance(v, str) else "")
def test_each_rule_decides_its_case(rule, given, status):
    found, verdict = next(apply_rules(given))
    assert (found.name, verdict.status) == (rule, status)


def test_every_rule_has_a_case():
    assert {rule for rule, _, _ in CASES} == {rule.name for rule in RULES}


@pytest.mark.parametrize("certainty", ["hedged", "conditional", "negated", "asked"])
@pytest.mark.parametrize("status", ["applied", "merged", "dropped", "superseded"])
def test_what_is_not_asserted_finishes_nothing(status, certainty):
    assert decide(case(said(status, certainty)))[1].status not in ("applied", "merged", "dropped", "superseded")


def test_a_reported_word_finishes_nothing():
    assert decide(case(said("dropped", holder="Yu")))[1].status == "needs-review"


def test_reviews_that_nobody_saw_given_are_hedged():
    silent = replace(case(postings=[carrying(1, 2, source=None)]), is_answered=False)
    for given, doubted in ((silent, True), (replace(silent, postings=[carrying(1, 2)]), False)):
        rule, verdict = decide(given)
        assert (rule.name, verdict.status, verdict.doubted) == ("carried-reviews", "ready", doubted)
        assert [claim.text for claim in verdict.evidence] == [f"Reviewed-by: {BO}"]


def test_a_newer_posting_reopens_the_review():
    given = case(said("needs-revision", day=1), kind="item", postings=[posting(1, 0), posting(2, 5)])
    assert decide(given)[1].status == "needs-review"


def test_dropped_is_taken_back_by_a_later_application():
    assert decide(case(said("dropped"), said("applied", day=3)))[1].status == "applied"


@pytest.mark.parametrize(
    ("later", "stands"),
    [
        (said("dropped", by=CY, day=3, confidence=0.51), "applied"),
        (said("dropped", by=CY, day=3), "dropped"),
        (said("dropped", by=BO, day=3, confidence=0.51), "dropped"),
        (said("in-progress", by=ADA, day=3, text="I'm coding v11."), "needs-revision"),
        (said("in-progress", by=ADA, day=3, text="I'm writing the follow-up."), "applied"),
        (said("in-progress", by=CY, day=3, text="I'm coding v11."), "applied"),
        (said("needs-revision", "asked", by=BO, day=3, text="Can you send a v2?"), "needs-revision"),
        (said("needs-revision", "asked", by=CY, day=3, text="Can you send a v2?"), "applied"),
    ],
)
def test_what_was_taken_is_taken_back_by_whose_word_counts(later, stands):
    """Nobody decides here; Bo is who took it."""
    assert decide(case(said("applied"), later))[1].status == stands


@pytest.mark.parametrize(
    ("by", "sure", "status"), [(ADA, 0.95, "needs-revision"), (ADA, 0.8, "merged"), (BO, 0.95, "merged")]
)
def test_what_an_author_still_changes_was_not_what_he_called_merged(by, sure, status):
    spoken = said("merged", by=by, text="It is frozen since 6.17.")
    later = said("needs-revision", by=by, day=2, confidence=sure, text="I will split it.")
    assert decide(case(spoken, later))[1].status == status


def test_what_no_rule_matched_finishes_nothing_with_a_not_in_it():
    text = "since the patch of the tree hasn't been merged yet"
    assert decide(case(said("merged", text=text, rule="classifier")))[1].status != "merged"
    assert decide(case(said("merged", text=text.replace("hasn't", "has"), rule="classifier")))[1].status == "merged"
    assert decide(case(said("dropped", text="We cannot have this.", rule="classifier")))[1].status == "dropped"


def test_what_a_form_mail_of_the_author_says_is_in_his_tree():
    taken = said("applied", by=ADA, text="Applied, thanks!")
    word = Outcome("m1@x", 0, 16, "thanks", "applied", None, START, ("0123456789ab",), (1,), True)
    noticed = replace(posting(), outcomes=(word,))
    assert decide(case(taken))[1].status != "applied"
    assert decide(case(taken, postings=(noticed,)))[1].status == "applied"


def test_what_a_decider_took_stands_though_the_author_goes_on():
    given = case(said("applied"), said("in-progress", by=ADA, day=3, text="I'm coding v11."))
    assert decide(replace(given, decides=lambda person: person == BO))[1].status == "applied"


def test_a_doubtful_request_hides_no_sure_one():
    asked = said("needs-revision", by=BO, day=1)
    weak = said("needs-revision", by=ADA, day=2, confidence=0.2)
    assert decide(case(asked, weak, said("ready", by=CY, day=3)))[1].evidence == (asked,)


def test_to_be_content_with_leaving_a_patch_out_is_no_approval():
    assert decide(case(said("ready", text="I am okay with dropping this.")))[1].status == "needs-review"


def test_what_the_author_does_when_he_sends_it_is_promised():
    will = said("needs-revision", "conditional", by=ADA, text="Will do when I send the real one.")
    assert decide(case(will))[1].status == "needs-revision"
    assert decide(case(replace(will, by=BO)))[1].status != "needs-revision"
    assert decide(case(will, said("ready", day=2), said("ready", by=CY, day=2)))[1].status == "ready"


def test_the_documentation_has_the_table_of_rules():
    text = (Path(__file__).parents[2] / "docs" / "how-it-works.md").read_text()
    shown = [line for line in text.splitlines() if line.startswith("| `")]
    assert shown == [f"| `{rule.name}` | {rule.says} |" for rule in RULES]


def test_a_promise_behind_a_wait_in_the_same_mail_comes_after_it():
    given = case(
        said("needs-review", by=ADA, waiting_on=("Yu",)), said("needs-revision", by=ADA, start=9, end=10), kind="item"
    )
    assert decide(given)[1].status == "needs-review"


@pytest.mark.parametrize(("kind", "rule"), [("series", "posted"), ("item", "waiting-for-review")])
def test_a_review_that_was_asked_for_and_given_is_waited_for_no_more(kind, rule):
    asked = said("needs-review", "asked", by=ADA)
    given = replace(case(asked, kind=kind), answered=frozenset({id(asked)}))
    assert next(apply_rules(given))[0].name == rule
