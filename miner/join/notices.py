"""Form mails that say what became of patches, and the postings that they speak of.

Known: b4's thanks ("Applied to TREE, thanks!" with a list of patches), patchwork's and pr-tracker's robots, tip's robot,
notes of the stable trees, and the announcements of the -mm tree. Such a mail names patches by the mail that it answers,
by links, or by title and author; of a series it may name a part.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from miner.join.masks import Unmasker
from miner.join.people import split_person
from miner.join.postings import Posting, stamp, title_key
from miner.join.threads import Threads
from miner.links import find_message_ids
from miner.model import Claim, Message, Outcome, Series, StatusLabel

if TYPE_CHECKING:
    from miner.join.tie import Ties

SURE = 0.99
PR_TRACKER = "pr-tracker-bot"  # a kind of notice: a pull request is in mainline
HEAD_CHARS = 40_000  # of a body; what a form mail has to say stands at its beginning
_SHA = r"(?P<sha>[0-9a-f]{7,64})"
_BY_PATCHWORK = re.compile(
    r"^This (?:patch|series|pull request) was applied to (?P<tree>\S+(?: \([^)\n]{1,100}\))?)", re.M
)
_BY_PR_TRACKER = re.compile(rf"^has been merged into (?P<tree>\S+?):?\n\s*https?://\S{{1,200}}/c/{_SHA}\s*$", re.M)
_BY_TIP = re.compile(
    rf"^The following commit has been merged into the (?P<tree>\S+) branch of (?P<repo>\w+):\s+Commit-ID:\s+{_SHA}",
    re.M,
)
_RELEASE = re.compile(r"\d+\.\d+")
_BY_STABLE = re.compile(
    r"^This is a note to let you know that I've just added the patch titled\s+(?P<title>\S[^\n]{0,300}"
    r"(?:\n[ \t]+\S[^\n]{0,300})?)\s+to the (?P<tree>\S{1,60}) tree",
    re.M,
)
_ADDED_TO_MM = re.compile(
    r"^The patch titled\s+Subject: (?P<title>[^\n]{1,300}(?:\n[ \t]+\S[^\n]{0,300})?)\s+has been added to the "
    r"(?P<tree>[^\n]{1,80}?) branch\.",
    re.M,
)
_LEFT_MM = re.compile(
    r"^The (?:quilt )?patch titled\s+Subject: (?P<title>[^\n]{1,300}(?:\n[ \t]+\S[^\n]{0,300})?)\s+has been removed "
    r"from the -mm tree\.[^!]{0,400}?This patch was dropped because (?P<why>[^\n]{1,200})",
    re.M,
)
_MERGED_FROM_MM = re.compile(r"it was merged into (?:the )?(?P<tree>\S{1,60}|mainline)")
# The list of commits is the sure sign; these words say what was done with them.
_BY_HAND = re.compile(
    r"(?i)\b(?:applied|queued|merged|picked|pushed|taken|added)\b"
    r"(?:(?: up)?,? (?:to|on|onto|for|in|into) (?:the )?(?P<tree>[\w./:+-]{2,100}[\w+])(?: branch)?)?"
)
_TREE = re.compile(
    r"^tree:\s+\S*?/(?P<repo>[\w.-]{1,60}/[\w.-]{1,60}?)(?:\.git)?\n+branch:\s+(?P<branch>\S{1,100})", re.M
)
_NUMBERED = re.compile(
    r"^[ \t]{0,4}(?:- )?\[(?:[^\]\n]{0,60}[, ])?(?P<number>\d{1,4})/(?P<total>\d{1,4})\] (?P<title>[^\n]{1,300})"
    rf"\n[ \t]+(?:commit: |https?://\S{{1,200}}?(?:/c/|id=|commit/|/)(?=[0-9a-f]{{7}})){_SHA}?",
    re.M,
)
_IN_LIST = re.compile(r"[ \t]{0,6}(?:[-*•+] |\d{1,3}[.)] )?(?:\[[^\]\n]{0,60}\] )?(?<=[ \]])")
_UNNUMBERED = re.compile(
    rf"^[ \t]{{0,4}}- \[[^\]\n]{{0,60}}\] (?P<title>[^\n]{{1,300}})\n[ \t]+https?://\S{{1,200}}?/c/{_SHA}", re.M
)
UPSTREAM = re.compile(  # how a copy for a stable tree names what it is a copy of
    r"^(?:commit ([0-9a-f]{40}) upstream|\[ Upstream commit ([0-9a-f]{40}) \]|upstream commit ([0-9a-f]{40}))",
    re.M | re.I,
)
_POSTED = re.compile(r"^Message-I[Dd]: <([^<>\s]{3,250})>", re.M)  # of the mail that the patch was taken from
_FROM = re.compile(r"^From: ([^\n]{3,200}<[^\n<>]{3,100}>)", re.M)


# Each form has one of these.
_TELLING = ("pplied", "has been merged", "just added the patch", "patch titled", "ueued", "erged into")


@dataclass(frozen=True, slots=True)
class Notice:
    """What one form mail says. `patches` are (number or None, title key, commit or None); `named` are message-ids that
    it speaks of, surest first; `author` is the patch's, for those that only name a title."""

    message: Message
    start: int
    end: int
    kind: str
    status: StatusLabel
    tree: str | None
    commits: tuple[str, ...]
    patches: tuple[tuple[int | None, str, str | None], ...]
    named: tuple[str, ...]
    author: str = ""


def read_notice(message: Message) -> Notice | None:
    """What a form mail says became of patches; None for any other mail."""
    text = message.body[:HEAD_CHARS]
    if not any(word in text for word in _TELLING):
        return None
    for read in (_read_patchwork, _read_pr_tracker, _read_tip, _read_stable, _read_mm, _read_thanks):
        if (found := read(message, text)) is not None:
            return found
    return None


def _read_patchwork(message: Message, text: str) -> Notice | None:
    match = _BY_PATCHWORK.search(text)
    if match is None or "Here is the summary with links" not in text:
        return None
    patches = _listed(text[text.index("Here is the summary with links") :])
    status: StatusLabel = "applied"
    return Notice(
        message, *match.span(), "patchwork-bot", status, match["tree"], _commits(patches), patches, _answered(message)
    )


def _read_pr_tracker(message: Message, text: str) -> Notice | None:
    match = _BY_PR_TRACKER.search(text)
    if match is None or "The pull request you sent" not in text:
        return None
    return Notice(message, *match.span(), PR_TRACKER, "merged", match["tree"], (match["sha"],), (), _answered(message))


def _read_tip(message: Message, text: str) -> Notice | None:
    match = _BY_TIP.search(text)
    if match is None:
        return None
    title = text[match.end() :].partition("\n\n")[2].lstrip().partition("\n")[0]
    patches = ((None, title_key(title), match["sha"]),)
    tree = f"{match['repo']} {match['tree']}"
    return Notice(
        message,
        *match.span(),
        "tip-bot",
        "applied",
        tree,
        (match["sha"],),
        patches,
        tuple(_links(text)),
        patch_author(text),
    )


def _read_stable(message: Message, text: str) -> Notice | None:
    match = _BY_STABLE.search(text)
    if match is None:
        return None
    found = UPSTREAM.search(text)
    commits = tuple(sha for sha in found.groups() if sha) if found else ()
    links = [*_POSTED.findall(text), *_links(text)]
    patches = ((None, title_key(match["title"]), commits[0] if commits else None),)
    return Notice(
        message,
        *match.span(),
        "stable-note",
        "applied",
        match["tree"],
        commits,
        patches,
        tuple(links),
        patch_author(text),
    )


def _read_mm(message: Message, text: str) -> Notice | None:
    if match := _ADDED_TO_MM.search(text):
        patches = ((None, title_key(match["title"]), None),)
        links = tuple(_links(text))
        return Notice(
            message, *match.span(), "mm-added", "applied", match["tree"], (), patches, links, patch_author(text)
        )
    if match := _LEFT_MM.search(text):
        patches = ((None, title_key(match["title"]), None),)
        links = tuple(_links(text))
        if merged := _MERGED_FROM_MM.search(match["why"]):
            tree = merged["tree"]
            status: StatusLabel = "merged" if tree == "mainline" else "applied"
            return Notice(message, *match.span(), "mm-merged", status, tree, (), patches, links, patch_author(text))
        return Notice(message, *match.span(), "mm-dropped", "dropped", "-mm", (), patches, links, patch_author(text))
    return None


def _read_thanks(message: Message, text: str) -> Notice | None:
    """A maintainer's own "Applied", with patches and commits listed as b4 does."""
    own = "\n".join(line for line in text.split("\n") if not line.startswith(">"))
    patches = _listed(own)
    if not patches:
        return None
    match = _BY_HAND.search(own)
    if match is None:
        return None
    # The line that says it, found again in the body with its quotes.
    line = own[
        own.rfind("\n", 0, match.start()) + 1 : own.find("\n", match.end()) if "\n" in own[match.end() :] else len(own)
    ]
    start = text.find(f"\n{line}\n") + 1
    end = start + len(line)
    tree = match.groupdict().get("tree")
    if named := _TREE.search(own):
        tree = f"{named['repo']}.git ({named['branch']})"
    return Notice(message, start, end, "thanks", "applied", tree, _commits(patches), patches, _answered(message))


def _listed(text: str) -> tuple[tuple[int | None, str, str | None], ...]:
    numbered = [(int(m["number"]), title_key(m["title"]), m["sha"]) for m in _NUMBERED.finditer(text)]
    if numbered:
        return tuple(numbered)
    return tuple((None, title_key(m["title"]), m["sha"]) for m in _UNNUMBERED.finditer(text))


def _commits(patches: Iterable[tuple[int | None, str, str | None]]) -> tuple[str, ...]:
    return tuple(sha for _, _, sha in patches if sha)


def _answered(message: Message) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (message.in_reply_to, *reversed(message.references)))))


def _links(text: str) -> list[str]:
    """The message-ids of Link: trailers."""
    return [ident for line in text.split("\n") if line.startswith("Link:") for ident in find_message_ids(line)]


def patch_author(text: str) -> str:
    """The patch's author as the form mail quotes it: the last From before its text."""
    found = _FROM.findall(text[:8_000])
    return found[-1] if found else ""


def find_outcomes(threads: Threads, postings: Sequence[Posting], unmask: Unmasker) -> Mapping[str, tuple[Outcome, ...]]:
    """For each posting's root what became of it, as form mails say, oldest first."""
    of_message = {message.message_id: posting for posting in postings for message in posting.mails}
    by_title: dict[str, list[Posting]] = defaultdict(list)
    for posting in postings:
        for key in dict.fromkeys([posting.title_key, *posting.patch_titles]):
            by_title[key].append(posting)
    amended = {posting.base.root: posting for posting in postings if posting.base is not None}
    found: dict[str, list[Outcome]] = defaultdict(list)
    for message in threads.messages.values():
        notice = read_notice(message)
        if notice is None:
            continue
        candidates = _find_postings(notice, threads, of_message, by_title, unmask)
        # The copy for the tree of a note is meant whatever mail that answers.
        copy = _find_copy(notice, by_title) if notice.kind == "stable-note" else None
        of = next(candidates, copy)
        if of is None:
            continue
        while of.root in amended and amended[of.root].stamp <= stamp(message):
            of = amended[of.root]
        found[of.root].append(_make_outcome(notice, of))
        if notice.kind == "stable-note":
            if copy is not None and copy is not of:
                found[copy.root].append(_make_outcome(notice, copy))
            # A copy that went into a stable tree tells as much about the work that it is a copy of.
            if _is_named(of, notice, unmask):
                originals = [p for p in candidates if p is not of and not p.copied_to]
                for original in originals[:1]:
                    found[original.root].append(_make_outcome(notice, original))
    return {
        root: tuple(sorted(each, key=lambda one: (one.date is None, one.date, one.message_id)))
        for root, each in found.items()
    }


def _find_postings(
    notice: Notice,
    threads: Threads,
    of_message: Mapping[str, Posting],
    by_title: Mapping[str, Sequence[Posting]],
    unmask: Unmasker,
) -> Iterator[Posting]:
    """The posting that a notice speaks of: the one that it answers or links to, else the newest one before it that has
    a patch of this title by this author."""
    for ident in notice.named:
        if (posting := of_message.get(unmask.resolve(ident))) is not None:
            yield posting
    parent = threads.parent(notice.message.message_id)
    while parent is not None and notice.named:
        if (posting := of_message.get(parent)) is not None:
            yield posting
        parent = threads.parent(parent)
    for _, title, _ in notice.patches:
        fits = [
            posting
            for posting in by_title.get(title, ())
            if _is_by(posting, notice.author) and _is_before(posting, notice)
        ]
        # A copy for this very tree first, then the work itself, then a copy for another tree.
        fits.sort(key=lambda posting: (_is_copy_for(posting, notice.tree), not posting.copied_to, posting.stamp))
        yield from reversed(fits)


def _find_copy(notice: Notice, by_title: Mapping[str, Sequence[Posting]]) -> Posting | None:
    """The newest copy for the tree of a note before it, by the title."""
    copies = [
        posting
        for _, title, _ in notice.patches
        for posting in by_title.get(title, ())
        if _is_copy_for(posting, notice.tree) and _is_before(posting, notice)
    ]
    return max(copies, key=lambda posting: posting.stamp, default=None)


def _is_named(posting: Posting, notice: Notice, unmask: Unmasker) -> bool:
    ids = {message.message_id for message in posting.mails}
    return any(unmask.resolve(ident) in ids for ident in notice.named)


def _is_by(posting: Posting, author: str) -> bool:
    if not author:
        return True
    name, address = split_person(author)
    their_name, their_address = split_person(str(posting.first.author))
    return bool((name and name.lower() == (their_name or "").lower()) or (address and address == their_address))


def _is_before(posting: Posting, notice: Notice) -> bool:
    date = notice.message.date
    return date is None or posting.first.date is None or posting.first.date <= date


def _is_copy_for(posting: Posting, tree: str | None) -> bool:
    wanted = set(_RELEASE.findall(tree or ""))
    return any(wanted.intersection(_RELEASE.findall(tag)) for tag in posting.copied_to)


def _make_outcome(notice: Notice, posting: Posting) -> Outcome:
    """Lay the notice's patches on the posting's: by number where the totals fit, else by title."""
    titles = {title_key(message.subject.title): number for number, message in posting.whole.items()}
    commits: dict[int, str] = {}
    taken: set[int] = set()
    for number, title, sha in notice.patches:
        at = titles.get(title, number if number and number <= posting.expected else None)
        if posting.expected == 1 and len(notice.patches) == 1:
            at = 1
        if at is None:
            continue
        if sha:
            commits[at] = sha
            taken.add(at)
        elif notice.kind not in ("patchwork-bot", "thanks"):
            taken.add(at)
    every = not notice.patches or len(taken) >= posting.expected
    return Outcome(
        message_id=notice.message.message_id,
        start=notice.start,
        end=notice.end,
        kind=notice.kind,
        status=notice.status,
        tree=notice.tree,
        date=notice.message.date,
        commits=notice.commits,
        patches=tuple(range(1, posting.expected + 1)) if every else tuple(sorted(taken)),
        complete=every,
    )


def names_patches(claim: Claim, ties: Ties) -> bool:
    """Whether a claim is the line of a list that names a patch, of the posting that is answered or as form mails do: what a title says is not
    said of the work that the list tells of."""
    message = ties.threads.messages[claim.message_id]
    start = message.body.rfind("\n", 0, claim.start) + 1
    end = message.body.find("\n", claim.end)
    line = message.body[start : end if end >= 0 else None]
    listed = _IN_LIST.match(line)
    if listed is None:
        return False
    if any(form.match(message.body, start) for form in (_NUMBERED, _UNNUMBERED)):
        return True
    key = title_key(line[listed.end() :])
    posting = ties.by_root.get(ties.posting_above(claim.message_id) or "")
    mails = (ties.threads.messages.get(ident or "") for ident in (posting.patches if posting is not None else ()))
    return any(title_key(mail.subject.title) == key for mail in mails if mail is not None)


def claim_outcomes(claims: Sequence[Claim], series: Sequence[Series], threads: Threads) -> list[Claim]:
    """Let form mails count as claims: those found in them already are tied to the posting and the tree that the form
    names, and one is made where there is none of its status."""
    outcomes = {(outcome.message_id, one.root): outcome for one in series for outcome in one.outcomes}
    by_message: dict[str, list[tuple[str, Outcome]]] = defaultdict(list)
    for (ident, root), outcome in outcomes.items():
        by_message[ident].append((root, outcome))
    kept: list[Claim] = []
    covered: set[str] = set()
    for claim in claims:
        of = next(((root, o) for root, o in by_message.get(claim.message_id, ()) if o.status == claim.status), None)
        if of is None or claim.item is not None:
            kept.append(claim)
            continue
        covered.add(claim.message_id)
        kept.append(replace(claim, series=of[0], target=of[1].tree or claim.target))
    for ident, found in by_message.items():
        message = threads.messages[ident]
        for at, (root, outcome) in enumerate(found):
            if at or ident not in covered:
                kept.append(_make_claim(message, root, outcome))
    return kept


def _make_claim(message: Message, root: str, outcome: Outcome) -> Claim:
    place, rule = (outcome.start, outcome.end), f"notice-{outcome.kind}"
    return Claim.of(message, place, outcome.status, "asserted", SURE, rule=rule, target=outcome.tree, series=root)
