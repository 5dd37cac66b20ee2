"""Questions about the work, and whether somebody answered them.

A question counts as answered when somebody else wrote directly below a quote of it, or when the person asked replied to
that mail: with words above all that is quoted and none below if the question waits for data, in any way if it is about anything else;
or when whoever asked went on below words of the person asked, or a newer version of the posting was sent in the thread.
Who wants to know the same, and was not asked, answers nothing. Who reminds nobody by name is answered by whoever writes below; of a row of
a table, by words that are not about another row. A later mail of the person asked in another thread that links to the question answers it
too. What is asked in one sentence about one work is one question.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Sequence

from miner.join.items import owner_of
from miner.join.mentions import own_texts
from miner.join.people import ROLES, People
from miner.join.places import line_of
from miner.join.threads import Threads
from miner.join.tie import Ties, answered_row
from miner.model import Ask, Claim, Message, Question
from miner.robots import is_robot
from miner.unasked import asks_nobody

QUESTION = "question"  # the rule of a claim that is a question, and says nothing of where the work stands
_WANTS = frozenset({"ask-data", "ask-explanation", "waiting-answer"})
_REMINDERS = frozenset({"any-update", "ask-status"})  # rules of claims that ask where it stands
_CONFIDENCE = 0.5
_NEAR = 600  # characters of a sentence before and behind a claim that are read
_END = re.compile(r"(?P<mark>[.?!][\"')]{0,3}(?=\s|$))|\n[> \t]*\n|\n[ \t]*>[^\n]*(?=\n)")
_NAME = re.compile(r"[^\W\d_a-z][\w'-]{1,30}")
_NAMES = rf"@?{_NAME.pattern}(?:(?:, ?| and | & )@?{_NAME.pattern}){{0,3}}"
_CALLED = re.compile(  # "Hi, Ada" alone on its line, or "Ada, ..."
    rf"\s{{0,8}}(?:(?:[Hh]i|[Hh]ello|[Hh]ey|[Dd]ear),? ({_NAMES})[ !.]?(?=\n|$)|(?:(?:[Tt]o|[Hh]i|[Hh]ello|[Hh]ey|[Dd]ear) )?({_NAMES}) ?[,:](?=\s|$))"
)
_ANYBODY = re.compile(r"\b(?:some|any)(?:body|one)\b", re.I)
_TAKES_BACK = re.compile(
    r"\bnever ?mind\b|\bnvm\b|\bspoke too soon\b|\b(?:please )?(?:ignore|disregard|scratch) (?:this|that|me|my|the above)\b"
    r"|\bmy (?:bad|mistake)\b|\bI (?:misread|overlooked|was wrong|was confused|got confused)\b|\bon second thoughts?\b"
    r"|\banswer(?:ed|ing)? my own question\b|\bI (?:now )?(?:see|get it|understand)(?: it)? now\b|\bfigured it out\b",
    re.I,
)
_YOURS = re.compile(r"\byours?\b", re.I)  # only who is asked can say whether it cures his machine
_IS_CONTENT = re.compile(  # at the beginning of what he says
    r"\s{0,8}(?:(?:ok(?:ay)?|ah|oh|yes|yeah|right|hm+|thanks)[,.!]? {0,2}){0,2}(?:(?:that['’]s|that is|then it['’]s|it['’]s|you are|you['’]re) "
    r"(?:(?:all|quite|absolutely) )?(?:fair|right|good enough|a fair point)\b|fair (?:enough|point)\b|(?:that |it )?makes sense\b)",
    re.I,
)
_YES_OR_NO = re.compile(r"\s{0,8}(?:yes|yeah|yep|yup|no|nope|sure|indeed|exactly)\b(?! (?:idea|clue))", re.I)
_ASKS_TOO = re.compile(  # of somebody else, who wants to know it as well
    r"\s{0,8}(?:(?:yes|yeah|right|indeed|hm+|\+1)[,.!]? {1,2})?(?:(?:\+1|(?:a )?(?:very )?good question)\W*(?:\n\W*\w+(?: \w+){0,2}\W*)?$|same (?:here|question)\b"
    r"|I(?:['’](?:d|m|ve))?(?: \w+){0,3}? (?:wonder(?:ed|ing)?|curious|(?:had|have) the same (?:question|thought|doubt)|(?:like|love|want) to (?:know|understand|hear)"
    r"|(?:about|going) to ask|ask(?:ed|ing)? (?:myself )?the same)\b)",
    re.I,
)
_TAG = re.compile(r"^[ \t]{0,8}(?:Reviewed|Acked|Tested)-by: ", re.M)
_MARKED = re.compile(r"\?[\"')]{0,3}$")


def is_of_the_state(claim: Claim) -> bool:
    """Whether a question asks where the work stands, or for somebody to look at it or to take it: its end answers it."""
    of_tree = claim.status in ("applied", "merged") and claim.certainty == "asked"
    return of_tree or _reminds(claim)


def _reminds(claim: Claim) -> bool:
    """Whether somebody reminds others of the work: whoever writes next answers it."""
    asking = claim.certainty == "asked" and claim.rule != QUESTION
    return asking and (claim.status == "needs-review" or claim.rule in _REMINDERS)


def _wants_answer(claim: Claim) -> bool:
    """Whether a claim is a question, or says without one that an answer or data are wanted."""
    wants = claim.status == "needs-reply" and claim.certainty == "asserted" and claim.rule in _WANTS
    return claim.certainty == "asked" or wants


def claim_asks(asks: Iterable[Ask], claims: Iterable[Claim]) -> list[Claim]:
    """Questions as claims that an answer or, where they ask for a change, a revision is needed, without those that are claims
    already. Plain requests are left out: most come with an approval, and say little of where the work stands."""
    asked: dict[str, list[tuple[int, int]]] = {}
    for claim in claims:
        if claim.certainty == "asked":
            asked.setdefault(claim.message_id, []).append((claim.start, claim.end))
    return [
        _as_claim(ask)
        for ask in asks
        if ask.question and not any(start < ask.end and ask.start < end for start, end in asked.get(ask.message_id, ()))
    ]


def _as_claim(ask: Ask) -> Claim:
    return Claim(
        message_id=ask.message_id,
        start=ask.start,
        end=ask.end,
        text=ask.text,
        status="needs-revision" if ask.change else "needs-reply",
        certainty="asked",
        confidence=_CONFIDENCE,
        by=ask.by,
        date=ask.date,
        rule=QUESTION,
    )


def find_unanswered(claims: Sequence[Claim], ties: Ties) -> tuple[list[tuple[Claim, Question]], list[Claim]]:
    """The asked claims that nobody answered, in the order of the claims, each with the question to show, and those that were
    answered. Of claims about the same work in one sentence, or on spans that overlap, one stands for all, so that the question is
    shown once."""
    threads, people = ties.threads, ties.people
    found = _without_doubles(list(find_answers(claims, ties)), threads)
    answered: dict[str, list[tuple[int, int]]] = {}
    for claim, answer in found:
        if answer is not None:
            answered.setdefault(claim.message_id, []).append(_span_of(claim, threads))
    unanswered = [
        claim
        for claim, answer in found
        if answer is None
        and not any(_overlap(_span_of(claim, threads), other) for other in answered.get(claim.message_id, ()))
    ]
    shown = [
        (
            claim,
            Question(claim.message_id, text, _asked_of(claim, ties), people.name(claim.by), claim.date),
        )
        for claim, text in _join_overlapping(unanswered, threads)
    ]
    return shown, [claim for claim, answer in found if answer is not None]


def _without_doubles(found: Sequence[tuple[Claim, str | None]], threads: Threads) -> list[tuple[Claim, str | None]]:
    """The same without what somebody asks once more, in the same words, in another answer to the same mail; it is answered if either was."""
    said = [(c.by, " ".join(c.text.split()), c.series, c.item, threads.parent(c.message_id)) for c, _ in found]
    first: dict[Hashable, str] = {}
    answers: dict[Hashable, str] = {}
    again: set[Hashable] = set()
    for asked, (claim, answer) in zip(said, found, strict=True):
        if first.setdefault(asked, claim.message_id) != claim.message_id:
            again.add(asked)
        if answer is not None:
            answers.setdefault(asked, answer)
    return [
        (claim, answers.get(asked) if asked in again else answer)
        for asked, (claim, answer) in zip(said, found, strict=True)
        if first[asked] == claim.message_id
    ]


def _span_of(claim: Claim, threads: Threads) -> tuple[int, int]:
    return _question_around(claim, threads.messages[claim.message_id])


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _join_overlapping(claims: Sequence[Claim], threads: Threads) -> list[tuple[Claim, str]]:
    """One claim for those of one question that are about the same work, in their order, with the words from the first of them
    to the mark that ends it."""
    spans = [_span_of(claim, threads) for claim in claims]
    kept: dict[str, list[list[int]]] = {}
    for n in sorted(range(len(claims)), key=lambda n: (_weight(claims[n]), n)):
        groups = kept.setdefault(claims[n].message_id, [])
        group = next((each for each in groups if _covers(claims[each[0]], claims[n], spans, each, n)), None)
        if group is None:
            groups.append([n])
        else:
            group.append(n)
    found = {group[0]: group for groups in kept.values() for group in groups}
    return [(claims[n], _text_of(found[n], claims, spans, threads)) for n in sorted(found)]


def _weight(claim: Claim) -> tuple[int, bool]:
    """What stands for the others comes first: what is tied to the most; of claims one for a reply, of other questions one
    for a change, which is a request as well."""
    tied = (claim.item is not None) + (claim.series is not None)
    return -tied, claim.status != ("needs-revision" if claim.rule == QUESTION else "needs-reply")


def _covers(first: Claim, other: Claim, spans: Sequence[tuple[int, int]], group: Iterable[int], n: int) -> bool:
    """Whether a claim is about all that another one, the nth, is about, and the question of that overlaps any of its group."""
    same = other.item in (None, first.item) and other.series in (None, first.series)
    return same and any(_overlap(spans[each], spans[n]) for each in group)


def _text_of(group: Sequence[int], claims: Sequence[Claim], spans: Sequence[tuple[int, int]], threads: Threads) -> str:
    """The words of a question, from the first of its claims on; of claims that end in no mark with those up to the mark."""
    start = min(claims[n].start for n in group)
    last = max(group, key=lambda n: claims[n].end)
    end = claims[last].end if _MARKED.search(claims[last].text) else max(claims[last].end, spans[last][1])
    return threads.messages[claims[last].message_id].body[start:end]


def _question_around(claim: Claim, message: Message) -> tuple[int, int]:
    """Where the sentence of a claim begins and ends, if that ends in a question mark; else where the claim does."""
    body = message.body
    before = [found.end() for found in _END.finditer(body, max(0, claim.start - _NEAR), claim.start)]
    start = before[-1] if before else max(0, claim.start - _NEAR)
    behind = _END.search(body, max(claim.start, claim.end - 4), claim.end + _NEAR)
    end = (behind.end("mark") if behind["mark"] else behind.start()) if behind else min(len(body), claim.end + _NEAR)
    if not _MARKED.search(body[start:end].rstrip()):
        return claim.start, claim.end
    return min(start, claim.start), max(end, claim.end)


def find_answers(claims: Iterable[Claim], ties: Ties) -> Iterator[tuple[Claim, str | None]]:
    """The asked claims, each with the message-id of its answer; None where nobody answered it. What asks nobody is left out."""
    for claim in claims:
        message = ties.threads.messages[claim.message_id]
        if _wants_answer(claim) and not asks_nobody(message, claim.start, claim.end):
            yield claim, _answer(claim, ties)


def _asked_of(claim: Claim, ties: Ties) -> str | None:
    """Who is asked: the one named, else whose row it is, else the nearest other writer above."""
    threads, people = ties.threads, ties.people
    message = threads.messages[claim.message_id]
    near = [str(message.author), *map(str, message.recipients)]
    named = [(people.resolve(name, near), name) for name in claim.waiting_on]
    others = [(person, name) for person, name in named if not people.same(person or name, claim.by)]
    if others:
        return next((person for person, _ in others if person), others[0][1])
    return find_called(claim, ties) or _owner_of_row(claim, ties) or _writer_above(claim, threads, people)


def _owner_of_row(claim: Claim, ties: Ties) -> str | None:
    """Whose work the row is that a question stands below, if that is not whoever asks."""
    row, people = _row_of(claim, ties), ties.people
    if row is None:
        return None
    name = owner_of(ties.entries[row].row)
    owner = people.resolve(name) or name if name else None
    return None if people.same(owner, claim.by) else owner


def find_called(claim: Claim, ties: Ties) -> str | None:
    """The first of those who get the mail and whose names the question begins with, or, if it is not for anybody, its paragraph or the
    line above that; else the first whom the mail greets."""
    people, message = ties.people, ties.threads.messages[claim.message_id]
    near = [str(message.author), *map(str, message.recipients)]
    body, (start, _) = message.body, _question_around(claim, message)
    begin = body.rfind("\n\n", max(0, start - _NEAR), start) + 1
    above = body[max(0, begin - _NEAR) : begin].rstrip("\n").rpartition("\n")[2]
    places = [body[start : start + _NEAR]]
    if not _ANYBODY.search(claim.text):
        greeting = next((text.strip() for _, text in own_texts(message) if text.strip()), "").partition("\n")[0]
        places += [body[begin : begin + _NEAR], above, greeting]
    for text in places:
        called = _CALLED.match(text)
        for name in _NAME.findall(called[1] or called[2]) if called else ():
            person = people.resolve(name, near)
            if person and not people.same(person, claim.by) and any(people.same(person, each) for each in near):
                return person
    return None


def _writer_above(claim: Claim, threads: Threads, people: People) -> str | None:
    """The nearest other writer above."""
    authors = (str(threads.messages[ident].author) for ident in threads.ancestors(claim.message_id))
    found = next((author for author in authors if author and not people.same(author, claim.by)), None)
    return people.resolve(found, (found,)) or found if found else None


def _answer(claim: Claim, ties: Ties) -> str | None:
    """The mail that answers a question: below it, or in another thread by the one who was asked, with a link to it."""
    threads, people = ties.threads, ties.people
    message = threads.messages[claim.message_id]
    row = _row_of(claim, ties)
    asked = _asked_of(claim, ties)
    if asked in ROLES:
        asked = _writer_above(claim, threads, people)
    start, end = _span_of(claim, threads)
    first, last = line_of(message.body, start), line_of(message.body, max(start, end - 1))
    if message.form == "flattened" and _followed_by_own(message, message, first, last, row, ties):
        return message.message_id
    heard = False  # whether the one who was asked wrote below it
    for ident in sorted(threads.descendants(claim.message_id), key=threads.order):
        reply = threads.messages[ident]
        if people.same(str(reply.author), claim.by):
            if heard or (not _reminds(claim) and _is_content(reply)):
                return ident
            continue
        is_asked = people.same(str(reply.author), asked)
        heard |= is_asked
        texts = [
            text
            for at, text in own_texts(reply)
            if text.strip() and not _is_on_another(row, reply, line_of(reply.body, at), ties)
        ]
        if not is_asked and not _reminds(claim) and texts and all(map(_ASKS_TOO.match, texts)):
            continue
        if _followed_by_own(reply, message, first, last, row, ties):
            return ident
        if _reminds(claim) and not claim.waiting_on and not is_robot(reply) and texts:
            return ident
        direct = threads.parent(ident) == claim.message_id
        by_asked = direct and is_asked
        plain = claim.rule == QUESTION or claim.rule in _WANTS or claim.status == "needs-review"
        if by_asked and texts and (plain or _is_above_quotes(reply)):
            return ident
        if direct and (asked is None or by_asked) and any(map(_YES_OR_NO.match, texts)):
            return ident
    to_one = claim.waiting_on or _YOURS.search(claim.text)
    if _reminds(claim) and not to_one and (word := _next_word(claim, threads, people)) is not None:
        return word
    elsewhere = ties.linking.get(claim.message_id, ())
    linked = next((ident for ident in elsewhere if people.same(str(threads.messages[ident].author), asked)), None)
    return linked or _posted_anew(claim, ties)


def _posted_anew(claim: Claim, ties: Ties) -> str | None:
    """The mail of a newer version of the posting that a question is about, if it was sent in the same thread: it is what became of the
    questions before it. Of patches that were sent anew alone the one that the question stands below."""
    posting, threads = ties.by_root.get(claim.series or ""), ties.threads
    if posting is None or claim.date is None:
        return None
    above = ties.patch_above(claim.message_id) or posting.root
    number = threads.messages[above].subject.number
    for ident in threads.members[threads.roots[claim.message_id]]:
        mail, newer = threads.messages[ident], ties.by_root.get(ties.of_message.get(ident, posting.root))
        if newer is None or newer is posting or newer.chain != posting.chain:
            continue
        later = mail.date is not None and mail.date > claim.date
        if later and (not newer.taken_over or mail.subject.number == number):
            return ident
    return None


def _next_word(claim: Claim, threads: Threads, people: People) -> str | None:
    """The next mail of somebody else, and no robot, below the posting of which its author reminds."""
    posting = threads.messages.get(claim.series or "")
    if posting is None or claim.date is None or not people.same(str(posting.author), claim.by):
        return None
    for ident in sorted(threads.descendants(posting.message_id), key=threads.order):
        mail = threads.messages[ident]
        if mail.date is None or mail.date <= claim.date or people.same(str(mail.author), claim.by) or is_robot(mail):
            continue
        if any(text.strip() for _, text in own_texts(mail)):
            return ident
    return None


def _row_of(claim: Claim, ties: Ties) -> int | None:
    """The item whose row in a table a question stands below."""
    line = line_of(ties.threads.messages[claim.message_id].body, claim.start)
    row = answered_row(claim, ties)
    return ties.item_at(claim.message_id, line) if row is None and claim.item is not None else row


def _is_on_another(row: int | None, reply: Message, line: int, ties: Ties) -> bool:
    """Whether what somebody writes at a line answers the row of another item than that one."""
    return row is not None and ties.item_at(reply.message_id, line) not in (None, row)


def _is_content(reply: Message) -> bool:
    """Whether somebody who asked takes it back, or approves what he asked about."""
    return any(_TAG.search(text) or _TAKES_BACK.search(text) or _IS_CONTENT.match(text) for _, text in own_texts(reply))


def _is_above_quotes(reply: Message) -> bool:
    """Whether all words of a reply stand above what it quotes, if it quotes anything: they answer the whole mail."""
    kinds = [layer.kind for layer in reply.layers if layer.kind in ("own", "quote")]
    return "own" in kinds and "own" not in kinds[kinds.index("quote") :] if "quote" in kinds else True


def _followed_by_own(reply: Message, asking: Message, first: int, last: int, row: int | None, ties: Ties) -> bool:
    """Whether a quote of these lines of a mail has the replier's own text directly below it, and no other row of a table between. A quote
    that was wrapped anew holds all of the paragraph that its last line begins in."""
    for layer, below in zip(reply.layers, reply.layers[1:], strict=False):
        if layer.kind != "quote" or below.kind != "own":
            continue
        if reply.message_id == asking.message_id:
            start, end = layer.first_line, layer.end_line
        elif layer.origin is not None and layer.origin.message_id == asking.message_id:
            start = layer.origin.first_line
            end = start + layer.end_line - layer.first_line
            while end < len(asking.lines) and asking.lines[end - 1].strip() and asking.lines[end].strip():
                end += 1
        else:
            continue
        if start <= last and first < end + 1 and not _is_on_another(row, reply, below.first_line, ties):
            return True
    return False
