"""What a claim means where it stands: words below a posting that are about another work say nothing of this one, and an author who
asks to drop his patch does not ask."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import replace

from miner.join.about import is_request, names_work, tells_of_his_own
from miner.join.case import FINISHED, is_plain
from miner.join.deciders import Choose
from miner.join.mentions import own_texts
from miner.join.subjects import (
    OBJECTS,
    TAKES,
    asks_again_later,
    asks_not_to_take,
    asks_to_drop,
    asks_to_fold,
    asks_to_look,
    changes_next,
    drops_at_once,
    fails_to_take,
    folds,
    has_another,
    has_mended,
    is_fixed_otherwise,
    names_base,
    proposes,
    refuses,
    speaks_of_a_part,
    speaks_of_commit,
    suffices,
    takes_other,
    tells_of_fix,
    tells_of_taking,
    tells_of_version,
    waits_for_itself,
    waits_for_objections,
    waits_in_time,
    waives,
)
from miner.join.tie import Ties, is_said_of_row
from miner.model import Certainty, Claim, Series
from miner.robots import is_robot

_SHOWS_CHANGE = re.compile(r"^(?:diff --git |--- a/|@@ -\d)", re.M)
_FOR_A_PART = re.compile(  # the line above a tag: "for the loom part:", "I'm okay for the loom bits,"
    r"\b(?:for|on|with|to) (?:the )?(?!(?:this|that|my|our|your|any|either|some|most|every|all|each|other)\b)[\w./-]+(?:,? (?:and )?[\w./-]+){0,2} "
    r"(?:parts?|bits?|pieces?|portions?)\W*$",
    re.I,
)
LINES_ABOVE = 12  # of a tag that are looked at
BEFORE = 120  # characters of a mail before a claim that may tell what it is about


def read_meaning(claim: Claim, ties: Ties, deciders: Choose, proposals: Set[str]) -> Claim | None:
    """A claim as it is meant where it stands; None if it says nothing of the work that it stands below. `proposals` are the mails that
    show a change."""
    if claim.series is not None and claim.status in FINISHED and ties.of_message.get(claim.message_id) == claim.series:
        return None  # nobody says of what he just posts that it is done: that is about another work
    if claim.certainty == "conditional" and (asks_again_later(claim) or waits_in_time(claim)):
        claim = replace(claim, certainty="asserted")
    claim = _by_silence(claim, ties)
    posting = None if is_said_of_row(claim, ties) else ties.by_root.get(claim.series or "")
    if posting is None:
        return claim
    own = ties.people.same(claim.by, posting.author)
    if names_base(claim) or suffices(claim) or _is_of_pull(claim, posting, own, ties):
        return None
    if claim.status == "dropped" and _answers_stray(claim, posting, ties):
        return None
    if claim.status == "dropped" and not own and _answers_change(claim, posting, ties):
        return _to_revise(claim, claim.certainty)
    if claim.status == "dropped" and is_plain(claim) and not own:
        # Whoever does not decide may ask for it, or tell what he gave up himself.
        asks = is_request(claim)
        if (asks or tells_of_his_own(claim)) and not deciders((posting,)).has(claim.by):
            return _to_revise(claim, claim.certainty) if asks else None
    body = ties.threads.messages[claim.message_id].body
    if claim.rule == "trailer" and is_plain(claim) and posting.expected == 1 and _is_for_a_part(body[: claim.start]):
        return replace(claim, certainty="conditional")
    before = body[max(0, claim.start - BEFORE) : claim.start]
    of_commit = speaks_of_commit(claim, before)
    if of_commit and not tells_of_fix(before):
        return None
    instead = of_commit or is_fixed_otherwise(claim) or (not own and (takes_other(claim, posting) or has_mended(claim)))
    if instead and claim.item is None:  # a work item is done, whoever did it
        return replace(claim, status="superseded")
    if own and waives(claim) and has_another(claim, ties.sentence_of(claim)):
        return replace(claim, status="superseded", certainty="asserted", waiting_on=())
    if own:
        on_one = posting.expected > 1 and ties.patch_above(claim.message_id) in posting.patches
        return _of_author(claim, posting, on_one)
    likes = claim.status == "ready" and claim.certainty in ("asserted", "hedged") and claim.rule not in TAKES
    of_proposal = likes and ties.threads.parent(claim.message_id) in proposals
    return _of_others(claim, posting, of_proposal, ties, deciders)


def _by_silence(claim: Claim, ties: Ties) -> Claim:
    """An approval that waits for nothing but objections: it holds, until somebody else objects."""
    if claim.status != "ready" or not waits_for_objections(claim, ties.sentence_of(claim)):
        return claim
    return replace(claim, certainty="conditional" if _is_objected_to(claim, ties) else "asserted")


def _is_objected_to(claim: Claim, ties: Ties) -> bool:
    """Whether somebody else says later in the thread of a posting that what a claim announces shall not be done."""
    threads = ties.threads
    later = (threads.messages[ident] for ident in threads.descendants(claim.series or claim.message_id))
    return any(
        OBJECTS.search(text)
        for mail in later
        if mail.date is not None and claim.date is not None and mail.date > claim.date
        if not ties.people.same(str(mail.author), claim.by) and not is_robot(mail)
        for _, text in own_texts(mail)
    )


def _is_for_a_part(before: str) -> bool:
    """Whether the line of own text above a tag names a part of the patch that the tag is for."""
    above = reversed(before.rsplit("\n", LINES_ABOVE)[-LINES_ABOVE:])
    own = next((line for line in above if line.strip() and not line.startswith(">")), "")
    return _FOR_A_PART.search(own[-BEFORE:]) is not None


def _is_of_pull(claim: Claim, posting: Series, own: bool, ties: Ties) -> bool:
    """Whether a claim tells what a pull request is based on, which comes with it, or where its author has it ready."""
    subject = ties.threads.messages[claim.message_id].subject
    if claim.status == "blocked" and subject.pull and not subject.reply:
        return True
    return own and claim.status == "applied" and ties.threads.messages[posting.root].subject.pull


def _answers_stray(claim: Claim, posting: Series, ties: Ties) -> bool:
    """Whether a claim answers a patch that was sent twice, by the mail that is no part of the posting."""
    above = ties.threads.messages.get(ties.threads.parent(claim.message_id) or "")
    if above is None or above.message_id in ties.of_message:
        return False
    return above.subject.patch and not above.subject.reply and ties.people.same(str(above.author), posting.author)


def _answers_change(claim: Claim, posting: Series, ties: Ties) -> bool:
    """Whether words that do not name the work answer a change that its author shows in a mail of the discussion."""
    above = ties.threads.messages.get(ties.threads.parent(claim.message_id) or "")
    if above is None or above.message_id in ties.of_message or names_work(claim):
        return False
    return ties.people.same(str(above.author), posting.author) and _SHOWS_CHANGE.search(above.body) is not None


def _of_author(claim: Claim, posting: Series, on_one: bool) -> Claim | None:
    """What the author of a posting means; `on_one` tells whether he answers below one of several patches."""
    if speaks_of_a_part(claim, on_one):
        return replace(_to_revise(claim, claim.certainty), depends_on=())
    if tells_of_version(claim, posting.revision):
        return None
    if changes_next(claim):
        return _to_revise(claim)
    if asks_to_look(claim):
        return replace(claim, status="needs-review", waiting_on=())
    if asks_to_drop(claim) or drops_at_once(claim):
        return replace(claim, certainty="asserted")
    return claim


def _of_others(claim: Claim, posting: Series, of_proposal: bool, ties: Ties, deciders: Choose) -> Claim:
    """What somebody else means; `of_proposal` tells whether he likes the change that the author shows, rather than what he posted."""
    if waits_for_itself(claim):
        return replace(_to_revise(claim, claim.certainty), depends_on=())
    if asks_not_to_take(claim) or of_proposal:
        return _to_revise(claim)
    if (folds(claim) or asks_to_fold(claim)) and deciders((posting,)).has(claim.by):
        certainty: Certainty = "hedged" if claim.certainty == "asked" else claim.certainty
        return replace(claim, status="superseded", certainty=certainty, waiting_on=())
    if claim.status == "planned" and tells_of_taking(claim):
        claim = _by_silence(replace(claim, status="ready"), ties)
    if refuses(claim):
        return replace(claim, status="dropped", certainty="asserted")
    return _to_revise(claim) if fails_to_take(claim) else claim


def _to_revise(claim: Claim, certainty: Certainty = "asserted") -> Claim:
    return replace(claim, status="needs-revision", certainty=certainty, waiting_on=("author",))


def find_proposals(claims: Sequence[Claim], ties: Ties) -> Set[str]:
    """The mails in which authors show a change that they make if others like it, and that nobody tags."""
    tagged = {ties.threads.parent(claim.message_id) for claim in claims if claim.rule == "trailer"}
    found = set()
    for claim in claims:
        posting = ties.by_root.get(claim.series or "")
        own = posting is not None and ties.people.same(claim.by, posting.author)
        if own and proposes(claim, ties.sentence_of(claim)):
            found.add(claim.message_id)
    return found - tagged
