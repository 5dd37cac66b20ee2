"""Half sentences in notes: lists, tables and weekly notes say "loom: queued for 6.9, docs to follow" where a mail says it in full.

A note is no answer and no patch. Its short lines are cut into pieces behind labels, cells, commas and semicolons; on each the rules of
pieces.toml are tried, whose words would be nothing in running text, and a network that learned from such pieces (learning/notes.py) says
what it takes them for. What is found in pieces outweighs what the whole sentence looks like.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, dropwhile

from miner.claims.classifier import CERTAINTIES, STATUSES, load_note_classifier
from miner.claims.context import is_asked, judge_certainty
from miner.claims.features import AFTER_WORDS, AROUND_WORDS, MARKS, MAX_WORDS, Seen, read_words
from miner.claims.rules import Match, RuleSet, load_rules
from miner.claims.sentences import Sentence
from miner.claims.tokens import Text
from miner.model import Certainty, Message, StatusLabel

LONGEST = 400  # characters of a mail that is a note as a whole
MOST_WORDS = 45  # of a sentence in a note
MOST_PIECES = 12
LABEL_WORDS = 7  # of a line that is the label of the next
CLASSIFIER = "note-classifier"  # as the name of a rule
LEAST = 0.45  # score from which on the network is believed where no rule matches
SURE = 0.9  # and from which on against a rule
_STATUSES = frozenset(STATUSES)
_MARKS = (0.0,) * len(MARKS)
_LISTED = re.compile(r"[ \t]{0,8}(?:[-*+•o]|\[[ x~?!-]?\]|\d{1,3}[.)]|\|)[ \t]")
_CUT = re.compile(
    r"[:,;.]\s+|\s(?:[-–—|/&+]|--|->)\s|[()|]|[ \t]{0,8}\n[ \t]{1,40}(?=['\"]?[A-Z])"
    r"|\band (?=(?:is|are|has|have|was|will|to|looks?|needs?|should)\b)|,?\s{1,8}but\s"
)
_NEAR = 2000  # characters above a line, where its branch is named
_BELOW_HEADER = re.compile(r"[ \t|]*\n[>| \t]*:?-{2,}[-:|+ \t]*(?:\n|$)")
_COMMIT = re.compile(r"[ \t]{0,4}[-+.(][ \t]?\S")  # "+ scan: stop at a limit", "(merged to 'next' on ...)"
_COUNTS_COMMITS = re.compile(r"\b\d{1,3} (?:commits?|patches)\)?[ \t]*$")
_OWNED = re.compile(r"\s?\([^()\n]{1,60}\):\s")  # behind the name of a work: "delayed flush (Ada): ..."
_WORD = re.compile(r"[a-z]{2}", re.I)
_COUNT = re.compile(r":\s{1,4}\d+\b(?!/)")  # "patches sent: 38"
_QUOTED = re.compile(r"(?<!\w)['\"‘“]([\w./+-]{1,60})['\"’”](?!\w)")  # 'next'
_TREE = "queue"  # what a tree is called whose name no rule knows
_HEDGED = re.compile(
    r"\b(?:maybe|perhaps|probably|prob\.?|likely|presumably|possibly|conceivably|apparently|seem(?:s|ingly)?|appears?|might|inclined|hopefully|should"
    r"|I (?:think|guess|gather|suppose)|lean(?:s|ing)? towards?|would (?:like|rather)|chances|at best)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Noted:
    """What some pieces of a sentence say; `start` and `end` are offsets into its text."""

    start: int
    end: int
    status: StatusLabel
    certainty: Certainty
    confidence: float
    rule: str


@cache
def load_notes() -> RuleSet:
    """The rules for notes, compiled."""
    rules, macros = load_rules("pieces.toml")
    return RuleSet(rules, {**load_rules()[1], **macros})


def may_hold_notes(message: Message) -> bool:
    """Whether a mail is no answer, no patch and no pull request."""
    subject = message.subject
    return not (subject.reply or subject.patch or subject.pull or message.in_reply_to) and message.form != "flattened"


def is_note(body: str, sentence: Sentence) -> bool:
    """Whether a sentence stands in a line of a list or of a table, or in a mail that says little more; titles of commits below the name
    of their branch say nothing of it."""
    begin = body.rfind("\n", 0, sentence.start) + 1
    above = body[max(0, begin - _NEAR) : begin].rstrip("\n").split("\n")
    if _BELOW_HEADER.match(body, sentence.start + len(sentence.text)):
        return False  # the titles of a table's columns
    if _COMMIT.match(body, begin) and _COUNTS_COMMITS.search(next(dropwhile(_COMMIT.match, reversed(above)), "")):
        return False
    return len(body) <= LONGEST or " | " in sentence.text or bool(_LISTED.match(body, begin))


def find_noted(texts: Sequence[str], others: RuleSet) -> list[list[Noted]]:
    """What each of some sentences of notes says, piece by piece; pieces in a row that say the same are one. Where some piece of
    a sentence says something, the `others` are tried on the rest."""
    cut = [split_pieces(text) if len(text.split()) <= MOST_WORDS else [] for text in texts]
    cut = [pieces if len(pieces) <= MOST_PIECES else [] for pieces in cut]
    seen = [see_pieces(text, pieces) for text, pieces in zip(texts, cut, strict=True)]
    scores = iter(load_note_classifier().score([*chain.from_iterable(seen)]))
    return [
        _join_pieces(text, pieces, [_judge_piece(text, *piece, *next(scores)) for piece in pieces], others)
        for text, pieces in zip(texts, cut, strict=True)
    ]


def _join_pieces(
    text: str, pieces: Iterable[tuple[int, int]], told: Sequence[Noted | None], others: RuleSet
) -> list[Noted]:
    if not any(told):
        return []
    found: list[Noted] = []
    for (start, end), said in zip(pieces, told, strict=True):
        noted = said or _read_piece(text, start, end, others)
        last = found[-1] if found else None
        if noted is None:
            if last is not None and text[last.end : start].strip(" ") in (",", "(", ")", ""):
                found[-1] = replace(last, end=end)
        elif last is not None and _is_one(last, noted):
            found[-1] = replace(last, end=end)
        else:
            found.append(noted)
    return found


def _is_one(one: Noted, other: Noted) -> bool:
    """Whether two pieces in a row say the same: a rule that matched twice, or what the network alone takes for the same."""
    same = (one.status, one.certainty) == (other.status, other.certainty)
    return same and (one.rule == other.rule or CLASSIFIER in (one.rule, other.rule))


def split_pieces(text: str) -> list[tuple[int, int]]:
    """Where the pieces of a sentence begin and end, offsets into it; the label that leads it is one. A line's end cuts only behind a short
    line, the name of what is told below."""
    found: list[tuple[int, int]] = []
    at = 0
    for cut in _CUT.finditer(text):
        if "\n" in cut[0] and len(text[at : cut.start()].split()) > LABEL_WORDS:
            continue
        if text[at : cut.start()].strip():
            found.append((at, cut.start()))
        at = cut.end()
    if text[at:].strip():
        found.append((at, len(text)))
    return found


def see_pieces(text: str, pieces: Sequence[tuple[int, int]]) -> list[Seen]:
    """What the network sees of each piece (offsets as `split_pieces` gives them): its words, and those of the pieces before and after it."""
    words = [read_words(text[start:end]) for start, end in pieces]
    found: list[Seen] = []
    for at, own in enumerate(words):
        before, after = list(chain(*words[:at])), list(chain(*words[at + 1 :]))
        found.append(
            Seen(tuple(own[:MAX_WORDS]), (), tuple(before[-AROUND_WORDS:]), tuple(after[:AFTER_WORDS]), _MARKS)
        )
    return found


def _judge_piece(
    text: str, start: int, end: int, statuses: Sequence[float], certainties: Sequence[float]
) -> Noted | None:
    """What a rule says of a piece, or the network, which has more to say of none that is the label of the rest."""
    if _COUNT.match(text, end) or (_OWNED.match(text, end) and not text[:start].strip(" \t-*+•")):
        return None
    noted = _read_piece(text, start, end, load_notes())
    best = max(range(len(STATUSES)), key=statuses.__getitem__)
    least = LEAST if noted is None else SURE
    if statuses[best] < least or (noted and noted.status == STATUSES[best]) or _is_label(text, start, end):
        return noted
    certainty = CERTAINTIES[max(range(len(CERTAINTIES)), key=certainties.__getitem__)]
    return Noted(start, end, STATUSES[best], certainty, round(statuses[best], 3), CLASSIFIER)


def _is_label(text: str, start: int, end: int) -> bool:
    """Whether a piece leads its sentence and names what the rest is about, "- reed rework (Ada): ...", or is no more than a number."""
    leads = not text[:start].strip() and text[end:].lstrip()[:1] in (":", "(")
    return leads or _WORD.search(text, start, end) is None


@cache
def _load_trees() -> frozenset[str]:
    words = load_rules("pieces.toml")[1]
    return frozenset(words["own-tree"].split("|") + words["place"].split("|"))


def _name_tree(quoted: re.Match[str]) -> str:
    return quoted[1] if quoted[1].lower() in _load_trees() else _TREE


def _read_piece(text: str, start: int, end: int, rules: RuleSet) -> Noted | None:
    piece = _QUOTED.sub(_name_tree, text[start:end])
    said = Text(piece)
    asked = piece.rstrip().endswith("?") or text[end : end + 1] == "?"
    for match in rules.match(said, _STATUSES):
        question = asked or is_asked(said, 0, len(said))
        if (question and match.rule.questions == "no") or (not question and match.rule.questions == "only"):
            continue
        certainty = _certainty(match, piece, question, judge_certainty(match, said, 0, len(said)))
        return Noted(start, end, match.rule.status, certainty, match.rule.confidence, match.rule.name)
    return None


def _certainty(match: Match, piece: str, question: bool, judged: Certainty) -> Certainty:
    if match.rule.certainty is not None:
        return match.rule.certainty
    if question:
        return "asked"
    return "hedged" if judged == "asserted" and _HEDGED.search(piece) else judged
