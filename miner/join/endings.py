"""The rules by which a work ends: it is in a tree or in a release, replaced, rejected or withdrawn. `rules.py` has their table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from miner.join.case import LEAST_FROM_OTHERS, LEAST_TO_FINISH, Case, Verdict, is_plain, words_of_others
from miner.join.instead import INSTEAD
from miner.join.later import WITNESSES
from miner.join.mentions import NEWER
from miner.join.prerequisites import works_needed
from miner.join.subjects import asks_next_version, names_next_version, sends_his_own, takes_himself, tells_mended
from miner.model import Citation, Claim, StatusLabel

_PUSHED = re.compile(r"\b(?:pushed|committed|installed|checked in)\b", re.I)
_DENIES = re.compile(r"\b(?:not|never|cannot)\b|n['’]t\b", re.I)
_TAKING = re.compile(  # without such a word a tree is named, and nobody says that something is in it: "details: my next branch"
    r"\b(?:appl(?:y|ied|ies|ying)|queu|pick|pull|push|commit(?! (?:message|log|title|description)s?\b)|merg|tak(?:e|en|ing)\b|took\b|add(?:ed)?\b(?! (?:\S+ ){0,2}?(?:notes?|comments?|descriptions?|sentences?|paragraphs?|words?|lines?|tags?|\w+-by)\b)|land|accept|went\b|gone\b|go(?:es|t)?\b|in\b|into\b|upstream|fixed"
    r"|fold|squash|cherry|install|check(?:ed)? in|stag|has\b|have\b|carr(?:y|ies))",
    re.I,
)
_LANDING = re.compile(  # and of a release or mainline: "it went in with 6.9", "is part of 6.9", "has been upstream since"
    r"\b(?:merg|land|upstream|mainline|released?\b|shipped|commit|push|pull|queu|appl(?:y|ied)|pick|cherry|install)|\b(?:is|are|was|were|be|been|already|now|went|gone|got|made it|included|available|fixed|found)\b[^.?!]{0,20}? (?:in|into|to|since|with|as of)\b",
    re.I,
)
_TELLING = {"applied": _TAKING, "merged": _LANDING}  # without such words a claim of these that no rule matched is none
_TAKES_IT = re.compile(r"\bthanks?\b|\A\W*(?:now |just |and )?(?:applied|merged) ", re.I)
_BARE = re.compile(
    r"\W*(?:yes\W+|i do\W+)?(?:i(?:['’]ve| have)? )?(?:now |just |and )?(?:pushed|committed|installed|checked in)(?: (?:now|both|all|it|this|these))?\W*",
    re.I,
)
_TO_TREE = re.compile(
    r"\b(?:to|in|into|on|for) (?!(?:my |a )?local\b)[^.!?]{0,40}\b(?:tree|branch|queue|next|master|main|trunk)\b", re.I
)
_COMMIT = re.compile(r"\b(?:r\d{2,6}-\d+|r\d{4,7}|[0-9a-f]{7,40})\b|\bto (?:master|main|trunk|mainline)\b", re.I)
_GOES_ON = frozenset(
    {"planned", "needs-revision", "needs-review", "ready", "blocked"}
)  # what is said of a work that is not given up
GIVES_UP, NOTHING_TO_FIX, CLASSIFIER = "gives-up", "nothing-to-fix", "classifier"  # rules of the claims
NEARLY_ALL = 0.9  # of a posting's patches: form mails lose a few of many
SURE_TO_GO_ON = 0.9  # of an author's plan to change what he seemed to call finished
LEAST_TO_UNDO = 0.7  # of a rejection by which somebody whose word does not count undoes what was finished


def _finishes(case: Case, claim: Claim) -> bool:
    """Whether a claim ends a work. Below a posting, where people speak of other works too, it must be rather sure, but for an author who
    says in so many words that he gives up."""
    # Of what no rule matched, nobody looked where a "not" belongs.
    unread = claim.rule == CLASSIFIER and claim.status in ("applied", "merged")
    if unread and (_DENIES.search(claim.text) or not _TELLING[claim.status].search(claim.text)):
        return False
    if claim.status in ("applied", "merged") and _is_of_another(case, claim):
        return False
    gives_up = claim.rule in (GIVES_UP, NOTHING_TO_FIX) and case.said_by_responsible(claim)
    return (claim.confidence >= LEAST_TO_FINISH or case.kind == "item" or gives_up) and is_plain(claim)


def _is_of_another(case: Case, claim: Claim) -> bool:
    """Whether it is another patch than the posting that somebody else says to be in: "that is already corrected in next"."""
    others = case.kind == "series" and not case.said_by_responsible(claim)
    return others and tells_mended(claim)


def _last_finishing(case: Case, *statuses: StatusLabel) -> Claim | None:
    return next((c for c in reversed(case.claims) if c.status in statuses and _finishes(case, c)), None)


def _is_undone(case: Case, claim: Claim) -> bool:
    """Whether something later takes a finishing claim back: its denial, a rejection that is sure or of somebody whose word counts,
    or a version to come."""
    if _is_denied(case, claim):
        return True
    for later in case.after(claim):
        counts = case.is_same(later.by, claim.by) or case.decides(later.by) or case.said_by_responsible(later)
        sure = later.confidence >= LEAST_TO_UNDO or case.kind == "item" or counts
        if later.status == "dropped" and sure and _finishes(case, later) and claim.status != "dropped":
            return True
        if case.kind == "series" and _goes_on(case, claim, later):
            return True
    return False


def _is_denied(case: Case, claim: Claim) -> bool:
    """Whether something later says that it is not so, or takes a refusal back."""
    return any(
        later.status == claim.status
        and later.certainty == "negated"
        and _denies(case, claim, later, case.is_same(later.by, claim.by))
        for later in case.after(claim)
    )


def _denies(case: Case, claim: Claim, later: Claim, own: bool) -> bool:
    """Whether words that something is not in a tree are about the tree that took it: those of whoever took it or decides, or sure ones.
    "It is missing in next" is about another one."""
    if case.kind == "series" and later.target and claim.target and later.target != claim.target:
        return False
    return case.kind == "item" or own or case.decides(later.by) or later.confidence >= LEAST_TO_UNDO


def _goes_on(case: Case, claim: Claim, later: Claim) -> bool:
    """Whether another version is to come all the same: whoever took the work asks for it, or the author makes it, whatever somebody
    who decides nothing said to be finished."""
    if case.is_same(claim.by, later.by) and not case.said_by_responsible(later):
        return later.confidence >= LEAST_TO_UNDO and asks_next_version(later)
    if case.is_same(claim.by, later.by) and _BARE.fullmatch(claim.text):
        return is_plain(later) and names_next_version(later)  # what he pushed he mends on top
    if case.is_same(claim.by, later.by) and later.status == "needs-revision" and not case.decides(later.by):
        return is_plain(later) and later.confidence >= SURE_TO_GO_ON  # it was another work of which the author spoke
    sure = later.confidence >= LEAST_FROM_OTHERS and later.message_id != claim.message_id
    decided = case.decides(claim.by) and not case.is_same(claim.by, later.by)
    return case.said_by_responsible(later) and sure and not decided and names_next_version(later)


def _find_rest(case: Case, claim: Claim) -> Claim | None:
    """A part that still waits: said in the finishing claim's mail or later, by the same person, and not finished since."""
    rest = [
        c
        for c in case.claims
        if works_needed(c)
        and c.status in ("planned", "blocked", "needs-revision")
        and c.certainty in ("conditional", "asserted", "hedged")
        and (c.message_id == claim.message_id or c in case.after(claim))
    ]
    return rest[-1] if rest else None


def find_waiting_rest(case: Case) -> Verdict | None:
    done = _last_finishing(case, "merged", "applied")
    rest = _find_rest(case, done) if done and case.is_of_item(done) else None
    return Verdict("blocked", (rest, done), True) if done and rest else None


def find_in_tree(case: Case) -> Verdict | None:
    return Verdict(case.tree.status, ()) if case.tree.status else None


def find_missing_in_tree(case: Case) -> Verdict | None:
    return _doubt(case, case.tree.doubted)


def find_part_in_tree(case: Case) -> Verdict | None:
    return _doubt(case, case.tree.doubted_in_part)


def _doubt(case: Case, doubted: Sequence[Claim]) -> Verdict | None:
    """The claim that would decide, if it is doubted."""
    claim = _last_finishing(case, "merged") or _last_finishing(case, "applied")
    if claim is None or not any(claim is each for each in doubted) or _is_undone(case, claim):
        return None
    return Verdict(claim.status, (claim,), doubted=True)


def find_merged(case: Case) -> Verdict | None:
    claim = _last_finishing(case, "merged")
    if claim is None or _is_undone(case, claim) or case.is_a_part(claim):
        return None
    return Verdict("merged", (claim,))


def _find_taken(case: Case) -> Claim | None:
    """The last word that it was taken, if nobody took it back. "Applied" in an author's mouth is his own tree,
    if he does not take patches for others too."""
    claim = _last_finishing(case, "applied")
    if claim is None or _is_undone(case, claim):
        return None
    own_tree = not case.is_of_item(claim) and case.said_by_responsible(claim) and claim.target is None
    return None if own_tree and not case.decides(claim.by) and not _may_push(case, claim) else claim


def _may_push(case: Case, claim: Claim) -> bool:
    """Whether an author took his work himself, as those may who have the right to commit: he said before that he would, or pushed what
    somebody else approved, or thanks for that as he names the tree, or says no more than that he applied it there, or that he pushed
    it, or names the commit, or his tool says so."""
    before = list(takewhile(lambda c: c is not claim, case.claims))
    if any(takes_himself(c) and case.said_by_responsible(c) for c in before):
        return True
    if any(
        o.message_id == claim.message_id and o.status in ("applied", "merged")
        for p in case.postings
        for o in p.outcomes
    ):
        return True  # a form mail that names the commits
    approved = any(c.status == "ready" and is_plain(c) and not case.said_by_responsible(c) for c in before)
    if approved and _TAKES_IT.search(claim.text) and _TO_TREE.search(claim.text):
        return True
    if _BARE.fullmatch(claim.text):
        return True  # "Pushed.", and no more: of what he posted
    return bool(_PUSHED.search(claim.text)) and (approved or bool(_COMMIT.search(claim.text)))


def find_applied(case: Case) -> Verdict | None:
    claim = _find_taken(case)
    if claim is None:
        return None
    noticed = case.share_noticed() if case.kind == "series" else 1.0
    if noticed < NEARLY_ALL or case.is_a_part(claim):
        return None
    return Verdict("applied", (claim,), doubted=noticed < 1)


def find_landed(case: Case) -> Verdict | None:
    """Later mails tell of all its patches that they are in mainline, and nobody rejected it since."""
    cited = _find_cited(case)
    landed = sum(each.landed is not None for each in cited)
    return Verdict("merged") if cited and landed == case.postings[-1].expected else None


def find_cited(case: Case) -> Verdict | None:
    """Later mails name commits of its patches' titles, and nobody rejected it since: it is in a tree."""
    cited = _find_cited(case)
    if not cited or _tell_a_part(case, cited):
        return None
    return Verdict("applied", (), doubted=len(cited) < case.postings[-1].expected)


def _tell_a_part(case: Case, cited: Sequence[Citation]) -> bool:
    """Whether commits that later mails name are no more than a part of a posting: less than half of what is at hand is known to be in a tree,
    and the rest of it was posted anew, or pull requests alone name them, which would have listed the others too."""
    anew = case.newer is not None and 2 * case.newer.expected >= case.postings[-1].expected
    return case.is_known_in_part and (anew or not any(each.sha for each in cited))


def _find_cited(case: Case) -> Sequence[Citation]:
    """What later mails say of a posting's patches; nothing of one that was withdrawn, or rejected behind that."""
    cited = [each for posting in case.postings[-1:] for each in posting.cited if each is not None]
    dropped = _last_finishing(case, "dropped")
    if not cited or not case.has_facts_from(max(each.date for each in cited)):
        return ()
    if dropped is not None and case.said_by_responsible(dropped) and dropped.confidence >= LEAST_TO_UNDO:
        return ()
    if dropped is not None and dropped.date is not None and dropped.date >= max(each.date for each in cited):
        return ()
    return cited


def find_built_upon(case: Case) -> Verdict | None:
    """Later patches begin at the files as most of its patches leave them: whoever made them has it in his tree. Where they are all of an author
    who takes no patches, his own tree may be the one."""
    posting = case.postings[-1] if case.postings else None
    known = sum(map(bool, case.built_upon)) if posting is not None else 0
    if posting is None or not known or 2 * known < posting.expected:
        return None
    if not case.has_facts_from(max(each.date for mentions in case.built_upon for each in mentions)):
        return None
    own = not any(map(case.decides, case.responsible)) and all(
        any(case.is_same(each.by, person) for person in case.responsible)
        for mentions in posting.built_upon
        for each in mentions
    )
    sure = bool(posting.built_upon) and all(len(mentions) >= WITNESSES for mentions in posting.built_upon)
    return Verdict("applied", (), doubted=own or not sure)


def find_sent_elsewhere(case: Case) -> Verdict | None:
    """Its author, or somebody who credits him, sent all or most of its patches that are at hand once more in other postings."""
    posting = case.postings[-1] if case.postings else None
    again = [each for each in posting.sent_again if each is not None] if posting is not None else []
    if posting is None or 2 * len(again) <= (posting.expected if posting.cover else sum(map(bool, posting.patches))):
        return None
    if not case.has_facts_from(max(each.date for each in again)):
        return None
    return Verdict("superseded", (), doubted=len(again) < posting.expected)


def find_applied_in_part(case: Case) -> Verdict | None:
    """What find_applied leaves: somebody took some of the patches, or answered one of them so, and nobody leaves the rest open or asks more
    of it, nor do pull requests list less than half of them."""
    if case.kind != "series":
        return None
    merged = _last_finishing(case, "merged")
    claim = _find_taken(case) or (merged if merged and not _is_undone(case, merged) else None)
    cited = _find_cited(case)
    if (
        claim is None
        or case.leaves_open(claim)
        or (cited and _tell_a_part(case, cited) and case.is_a_small_part(claim))
    ):
        return None
    return Verdict(claim.status, (claim,), doubted=True)


def find_taken_patches(case: Case) -> tuple[int, ...]:
    """The patches of the newest posting that form mails, mails that cite their commits, the git tree or people tell to be in a tree, where
    these are not all."""
    for one in case.postings[-1:]:
        if any(outcome.complete for outcome in one.outcomes):
            return ()
        numbers = {n for each in one.outcomes if each.status in ("applied", "merged") for n in each.patches}
        numbers.update(n for facts in (one.cited, one.commits) for n, fact in enumerate(facts, 1) if fact)
        forms = {outcome.message_id for outcome in one.outcomes}
        for claim in case.claims:
            own_tree = case.said_by_responsible(claim) and claim.status == "applied" and claim.target is None
            told = claim.status in ("applied", "merged") and case.is_current(claim) and not own_tree
            if not told or claim.message_id in forms or not _finishes(case, claim) or _is_undone(case, claim):
                continue
            named = case.name_patches(claim)
            if named is None and not case.leaves_open(claim):
                return ()  # somebody took all of it
            numbers |= named or frozenset()
        numbers.discard(0)
        return tuple(sorted(numbers)) if len(numbers) < one.expected else ()
    return ()


def find_replaced(case: Case) -> Verdict | None:
    if case.newer is not None:
        return Verdict("superseded")
    said = [c for c in case.claims if c.rule == NEWER] if case.kind == "series" else []
    return Verdict("superseded", (said[-1],)) if said else None


def find_dropped(case: Case) -> Verdict | None:
    claim = _last_finishing(case, "dropped")
    if claim is None or not case.is_current(claim) or case.is_a_part(claim) or _is_denied(case, claim):
        return None
    withdrawn = case.kind == "series" and case.said_by_responsible(claim)
    if any(c.status == "superseded" and c.message_id == claim.message_id and _finishes(case, c) for c in case.claims):
        return None  # it is replaced, and so not to be taken
    later = [c for c in case.after(claim) if is_plain(c) and _takes_up(case, claim, c, withdrawn)]
    return None if later else Verdict("dropped", (claim,))


def _takes_up(case: Case, dropped: Claim, later: Claim, withdrawn: bool) -> bool:
    """Whether what is said after a rejection, or after its author took it back, says that the work goes on all the same."""
    if later.status in ("applied", "merged", "in-progress"):
        return True
    if later.status == "posted":  # a newer version of a posting is known as such; this is another one
        return case.kind == "item"
    listed = case.is_of_item(dropped) and case.is_of_item(later)
    revived = listed and (case.said_by_responsible(later) or case.is_kept_by(later.by))  # who does it or keeps the list
    if later.status == "ready":  # whoever else likes it does not undo a refusal
        outranked = case.decides(later.by) and not case.decides(dropped.by)
        return not withdrawn and (revived or outranked or case.is_same(later.by, dropped.by))
    if listed:
        return later.status in _GOES_ON and revived
    return later.status == "needs-revision" and case.said_by_responsible(later) and not withdrawn


def find_superseded(case: Case) -> Verdict | None:
    mended = (c for c in reversed(case.claims) if c.status in ("applied", "merged") and _is_of_another(case, c))
    sure = (c for c in mended if is_plain(c) and c.confidence >= LEAST_TO_FINISH)
    claim = _last_finishing(case, "superseded") or next(sure, None)
    if claim is None or not case.is_current(claim) or case.is_a_part(claim):
        return None
    return Verdict("superseded", (claim,))


def find_displaced(case: Case) -> Verdict | None:
    """Somebody else sends a patch of his own instead, or says so, and nobody approved or took this one since, nor goes the author on."""
    mine = [c for c in words_of_others(case) if sends_his_own(c) or c.rule == INSTEAD]
    if case.kind != "series" or not mine:
        return None
    later = [c for c in case.after(mine[-1]) if is_plain(c) and c.message_id != mine[-1].message_id]
    goes_on = any(
        c.status in ("applied", "merged")
        or (c.status == "ready" and not case.said_by_responsible(c))
        or (c.status == "needs-revision" and case.said_by_responsible(c))
        for c in later
    )
    return None if goes_on else Verdict("superseded", (mine[-1],), doubted=True)
