"""Commits that mails cite as git and the kernel do, `1a2b3c4d5e6f ("title")` or as `git log` shows them (`cited.py`), those that a pull request lists below their authors, and the
heads of branches that a robot built: who names a commit has it out of a tree, so that the patch of that title, posted before, is in one.

Most works are taken in silence, and named so later: by a fix of them, a report, a backport. Else what robots cite does not count, nor the
heads of branches for tests, nor what is cited within a day of the posting, or below it by its author, or there for several of its patches: these may be commits that only the writer
has, until the pull request that lists them was merged. Of some postings with one title the newest before is meant. A commit is in mainline if the
pull request that lists it was merged there, or if it was copied for a stable tree.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from miner.join.cited import find_named
from miner.join.commits import author_keys, read_authors
from miner.join.later import LEAST_WORDS
from miner.join.notices import PR_TRACKER, UPSTREAM, patch_author, read_notice
from miner.join.people import split_person
from miner.join.postings import Posting, title_key
from miner.join.threads import Threads
from miner.model import Citation, Mention, Message, Person
from miner.robots import is_robot

Finder = Callable[[str, float], Citation | None]

LONGEST = 100_000  # characters of a body that are read
LEAST_SECONDS = 86_400.0  # behind the posting
_MERGED = "has been merged into"
MANY = 5  # commits that an answer lists
_SHORTLOG = re.compile(
    r"^(?P<author>[^\s(:][^\n:]{1,80}) \(\d{1,4}\):\n(?P<titles>(?:[ \t]{2,8}\S[^\n]{0,300}(?:\n|\Z)){1,2000})", re.M
)
_BUILT = re.compile(
    r"^tree/branch:[ \t]+\S{1,300}[ \t]+(?P<branch>\S{1,200})\n"
    r"branch HEAD: (?P<sha>[0-9a-f]{12,40})[ \t]+(?P<title>\S[^\n]{1,300})$",
    re.M,
)
_FOR_TESTS = re.compile(r"test|tmp|temp|try|wip|experiment|playground|rfc|linux-review", re.I)
LEAST_LISTED = 2  # words of a title below its author: no other patch of his is called so
_PICKED = re.compile(r"^[ \t]{0,4}\(cherry picked from commit ", re.M)


def gather_citations(messages: Sequence[Message]) -> list[Citation]:
    """The commits that some mails cite, those of merged pull requests with the mail that says so."""
    landed: dict[str, Mention] = {}
    for message in messages:
        if _MERGED in message.body and message.date is not None and message.in_reply_to:
            notice = read_notice(message)
            if notice is not None and notice.kind == PR_TRACKER:
                words = " ".join(message.body[notice.start : notice.end].split())
                landed.setdefault(message.in_reply_to, Mention(message.message_id, message.date, words))
    return [
        replace(each, landed=landed.get(message.message_id, each.landed))
        for message in messages
        for each in read_citations(message)
    ]


def read_citations(message: Message) -> tuple[Citation, ...]:
    """The commits that a mail cites, each title once; none of a mail without a date, nor of an answer to a patch that lists many, as they
    are in the tree of who tried it."""
    text = message.body[:LONGEST]
    if message.date is None:
        return ()
    if (copied := _read_copy(message, text)) is not None:
        return (copied,)
    if is_robot(message):
        return tuple(_read_head(message, text))
    found: dict[str, Citation] = {}
    if message.subject.pull and not message.subject.reply:
        found = {each.title: each for each in _read_shortlog(message, text)}
    for named in find_named(text):
        if len(named.title.split()) >= LEAST_WORDS and named.title not in found:
            found[named.title] = Citation(named.title, named.sha, message.message_id, message.date, named.words)
    answers_patch = message.subject.reply and message.subject.patch
    return () if answers_patch and len(found) >= MANY else tuple(found.values())


def _read_copy(message: Message, text: str) -> Citation | None:
    """The commit in mainline that a patch is a copy of, as those for stable trees name it."""
    subject = message.subject
    if not subject.patch or subject.reply or message.date is None or (found := UPSTREAM.search(text)) is None:
        return None
    title = title_key(subject.title)
    if len(title.split()) < LEAST_WORDS:
        return None
    sha = next(filter(None, found.groups()))
    landed = Mention(message.message_id, message.date, found[0])
    name, _ = split_person(patch_author(text))
    return Citation(title, sha, message.message_id, message.date, found[0], name or "", landed)


def _read_shortlog(message: Message, text: str) -> Iterator[Citation]:
    """The commits that a pull request lists below the names of their authors, as git shortlog does."""
    assert message.date is not None
    for heap in _SHORTLOG.finditer(text):
        for line in heap["titles"].splitlines():
            title = title_key(line)
            if len(title.split()) >= LEAST_LISTED:
                words = f"{heap['author'].strip()}: {line.strip()}"
                yield Citation(title, "", message.message_id, message.date, words, heap["author"].strip())


def _read_head(message: Message, text: str) -> Iterator[Citation]:
    """The commit at the head of a branch that a robot built, unless the branch is there for tests."""
    found = _BUILT.search(text)
    if found is None or message.date is None or _FOR_TESTS.search(found["branch"]):
        return
    title = title_key(found["title"])
    if len(title.split()) >= LEAST_WORDS:
        words = f"{found['branch']}: {found['sha'][:12]} {found['title']}"
        yield Citation(title, found["sha"], message.message_id, message.date, words)


def make_finder(citations: Iterable[Citation], posted: Iterable[tuple[str, float]] = ()) -> Finder:
    """What tells of a title the first citation after a moment, in seconds since 1970, unless the title was `posted` once more in between:
    then that posting is meant. It has landed if a later one of the same posting has."""
    by_title: dict[str, list[Citation]] = {}
    for each in citations:
        by_title.setdefault(each.title, []).append(each)
    moments: dict[str, list[float]] = {title: [] for title in by_title}
    for title, moment in posted:
        if title in moments:
            moments[title].append(moment)
    for title, found in by_title.items():
        found.sort(key=lambda one: (one.date, one.message_id))
        moments[title].sort()

    def find(title: str, after: float) -> Citation | None:
        here, there = by_title.get(title, []), moments.get(title, [])
        at = bisect_right(here, after, key=lambda one: one.date.timestamp())
        again = bisect_right(there, after)
        until = there[again] if again < len(there) else float("inf")  # of the posting that came before that moment
        if at >= len(here) or here[at].date.timestamp() >= until:
            return None
        landed = (each.landed for each in here[at:] if each.landed and each.landed.date.timestamp() < until)
        return replace(here[at], landed=next(landed, None))

    return find


def find_cited(
    posting: Posting, later: Sequence[Posting], find: Finder, threads: Threads
) -> tuple[Citation | None, ...]:
    """For each patch that a posting stands for the citation of its commit; `later` are the newer postings of the same work, `threads`
    has the mails at hand. Copies for stable trees are about a commit that was there before."""
    whole = posting.whole
    places: list[Citation | None] = [None] * posting.expected
    if is_copy(posting):
        return ()
    sent_anew = {title for newer in later for title in (newer.title_key, *newer.patch_titles)}
    below = {threads.roots[each.first.message_id] for each in (posting, *later)}
    for number, message in whole.items():
        title = title_key(message.subject.title)
        if title in sent_anew or not 1 <= number <= posting.expected or message.date is None:
            continue
        posted = message.date.timestamp()
        cited = _find_first(title, message, posted + LEAST_SECONDS, find, threads)
        if cited is None or cited.landed is None:  # what was merged is no commit that only the writer has
            soon = _find_first(title, message, posted, find, threads)
            cited = soon if soon is not None and soon.landed is not None and not soon.sha else cited
        places[number - 1] = cited
    lists = Counter(each.message_id for each in places if each is not None)
    for at, each in enumerate(places):
        if each is not None and lists[each.message_id] > 1 and threads.roots.get(each.message_id) in below:
            places[at] = None
    if posting.top.subject.rfc and 2 * sum(map(bool, places)) < len(whole):
        return ()  # a draft is not taken in part: these went in with what became of it
    return tuple(places) if any(places) else ()


def is_copy(posting: Posting) -> bool:
    """Whether a posting is a copy of commits that are somewhere already."""
    bodies = (message.body[:LONGEST] for message in posting.whole.values())
    return bool(posting.copied_to) or any(UPSTREAM.search(body) or _PICKED.search(body) for body in bodies)


def _find_first(title: str, patch: Message, after: float, find: Finder, threads: Threads) -> Citation | None:
    """The first citation of a patch after a moment, by somebody else than its author below it, and of an author who may be his."""
    cited = find(title, after)
    while cited is not None and (_is_own(cited, patch, threads) or not _may_be_by(cited, patch)):
        cited = find(title, cited.date.timestamp())
    return cited


def _may_be_by(cited: Citation, patch: Message) -> bool:
    """Whether a list of commits calls the author of one as its patch does; what is cited by its hash names none."""
    return not cited.author or not read_authors(patch).isdisjoint(author_keys(Person(cited.author, None)))


def _is_own(cited: Citation, patch: Message, threads: Threads) -> bool:
    """Whether a patch's author cites the commit below it."""
    mail = threads.messages.get(cited.message_id)
    if mail is None or threads.roots[mail.message_id] != threads.roots[patch.message_id]:
        return False
    return not author_keys(mail.author).isdisjoint(author_keys(patch.author))
