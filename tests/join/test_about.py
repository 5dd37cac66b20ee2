"""What a sentence that ends a work is about, and who may end it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from miner.join import join
from miner.join.about import is_request, read_end, tells_of_his_own
from miner.model import Claim, Series

from .made import ADA, BO, START, said

POSTING = Series("p@x", "loom: turn the shuttle", 1, 1, None, ("p@x",), ADA, START, None, "p@x", ())


def says(text: str, status: str, by: str = BO) -> Claim:
    return said(status, by=by, day=0, message_id="a@x", text=text, end=len(text))


def read(
    text: str, status: str, *, sentence: str = "", own: bool = False, code: bool = False, posting: Series = POSTING
):
    found = read_end(says(text, status), sentence or text, posting, own, code)
    return found and (found.status if found.certainty == "asserted" else found.certainty)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Applied, thanks.", "applied"),
        ("Now queued up, thanks.", "applied"),
        ("I applied it to loom/next.", "applied"),
        ("This fix has been merged just now.", "merged"),
        ("The series has been applied with some clean-up work.", "applied"),
        ("The shuttle patch was merged in 6.9.", "merged"),  # a word of its title
        ("it has been applied to the dev branch", "applied"),
        ("It is in 6.9.", "merged"),
        ("I've applied a slightly modified version of this.", "applied"),
        ("I fixed the typo and applied it.", "applied"),
        ("Both patches are now in loom/next.", "applied"),
        ("I see that has been merged.", "merged"),
        ("I dropped this patch for now.", "dropped"),
        ("The idea was rejected by the weavers.", "dropped"),
        ("NAK.", "dropped"),
        ("NACK on this approach.", "dropped"),
        ("NAK to the whole series.", "dropped"),
        ("We will not take it back, NAK.", "dropped"),
        ("Please drop this patch.", "dropped"),
    ],
)
def test_words_for_the_work_or_none_end_it(text: str, status: str) -> None:
    assert read(text, status) == status


@pytest.mark.parametrize(
    ("text", "status", "sentence"),
    [
        ("The spindle and bobbin features have been merged for a year.", "merged", ""),
        ("it has landed downstream for a while.", "merged", ""),
        ("A reed patch was queued yesterday.", "applied", ""),
        ("but this conflicts with what is in my tree.", "applied", ""),
        (
            "which has been fixed and merged.",
            "merged",
            "It's the same fault as in the treadle driver, which has been fixed and merged.",
        ),
        ("and was fixed in 6.12.", "merged", "The treadle driver had the same bug and was fixed in 6.12."),
        ("See the comb driver, where this was reverted.", "dropped", ""),
        ("A similar patch was rejected last year.", "dropped", ""),
        ("I had the same patch, but I dropped mine in favour of yours.", "dropped", ""),
        (
            "please drop that one.",
            "dropped",
            "This is fine but the other patch you sent yesterday is broken, please drop that one.",
        ),
        ("The last version of this was applied and then reverted.", "dropped", ""),
        ("NAK to the alternative that Dora proposed.", "dropped", ""),
        ("I am sending this patch to revert the changes.", "dropped", ""),
        ("I dropped the other one.", "dropped", ""),
    ],
)
def test_words_for_another_work_end_nothing_here(text: str, status: str, sentence: str) -> None:
    assert read(text, status, sentence=sentence) is None


def test_what_was_done_beside_another_work_counts() -> None:
    text = "I applied the following patch and dropped this one as discussed:"
    assert read(text, "applied") == "dropped"


def test_another_stable_branch_is_not_the_one_that_it_was_sent_for() -> None:
    copy = replace(POSTING, copied_to=("5.10.y",))
    assert read("This fix exists in 5.15.y.", "merged", posting=copy) is None
    assert read("This fix is in 5.10.y.", "merged", posting=copy) == "merged"
    assert read("This fix is in 5.15.y.", "merged") == "merged"


@pytest.mark.parametrize(
    ("text", "own", "code", "status"),
    [
        ("Let me drop the redundant one directly.", True, False, "needs-revision"),
        ("Please revert this hunk.", False, True, "needs-revision"),
        ("Drop it.", False, True, "needs-revision"),
        ("Drop, not needed.", False, True, "needs-revision"),
        ("Please drop this property.", False, False, "needs-revision"),
        ("Please drop this and resend.", False, False, "needs-revision"),
        ("but NAK to doing it in the irq path.", False, False, "needs-revision"),
        ("NAK on the new ioctl.", False, False, "needs-revision"),
        ("Please drop this patch.", False, True, "dropped"),
        ("I dropped it.", False, True, "dropped"),  # what somebody did is no request about a line
        ("Please drop it.", False, False, "dropped"),
        ("NAK", False, True, "dropped"),
        ("Please ignore this comment.", False, False, None),  # words about words
        ("I will drop this tag.", False, False, None),  # what whoever takes it does himself
    ],
)
def test_a_part_is_to_be_changed(text: str, own: bool, code: bool, status: str | None) -> None:
    assert read(text, "dropped", own=own, code=code) == status


@pytest.mark.parametrize(
    ("text", "certainty"),
    [
        ("You are right, I take my NAK back.", "negated"),
        ("I withdraw my NAK.", "negated"),
        ("I will not take my NAK back.", "dropped"),
        ("I'd take back my NAK if the lock went away.", "dropped"),
    ],
)
def test_a_refusal_may_be_taken_back(text: str, certainty: str) -> None:
    assert read(text, "dropped") == certainty


def test_words_of_a_deed_below_code_may_tell_what_the_code_does() -> None:
    for text in ("Queued too late.", "This is merged twice here.", "Added in the wrong order."):
        assert read(text, "applied", code=True) is None
        assert read(text, "applied") == read(text, "applied", code=True, own=True) == "applied"
    for text in (
        "Applied, thanks.",
        "Queued, though too late for 6.9.",
        "Applied too late for 6.9.",
        "This patch was merged twice.",
    ):
        assert read(text, "applied", code=True) == "applied"


def test_where_the_rest_is_asked_for_a_part_is_in() -> None:
    sentence = "I have applied the fix for the leak, but the rest of this patch should be split out."
    assert read("I have applied the fix for the leak,", "applied", sentence=sentence) == "hedged"


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Please revert it.", True),
        ("Can you drop this patch?", True),
        ("I think we should drop this.", True),
        ("NAK, nobody needs it.", False),
        ("I dropped it again.", False),
        ("Reverted for now, since Dora sees a hang.", False),
    ],
)
def test_a_request_is_no_deed(text: str, asks: bool) -> None:
    assert is_request(says(text, "dropped")) is asks


def test_what_somebody_gave_up_is_his_own() -> None:
    assert tells_of_his_own(says("I ultimately abandoned this approach.", "dropped"))
    assert not tells_of_his_own(says("We do not want this.", "dropped"))


@pytest.mark.parametrize(
    ("by", "words", "status"),
    [
        ("cy", "This causes a hang here. Please revert it.", "applied"),
        ("bo", "This causes a hang here. Please revert it.", "dropped"),
        ("cy", "I abandoned this approach long ago.", "applied"),
    ],
)
def test_who_does_not_decide_may_ask_for_a_revert(by: str, words: str, status: str, mail, claim) -> None:
    patch = mail("p@x", "x\n---\n", subject="[PATCH] loom: turn")
    taken = mail("t@x", "Applied, thanks.\n", subject="Re: [PATCH] loom: turn", by="bo", to="p@x", day=1)
    asks = mail("r@x", f"{words}\n", subject="Re: [PATCH] loom: turn", by=by, to="p@x", day=2)
    said = [claim(taken, "Applied, thanks.", "applied"), claim(asks, words.rsplit(". ", maxsplit=1)[-1], "dropped")]
    (found,) = join([patch, taken, asks], {}, said).status
    assert found.status == status


def test_a_refusal_that_was_taken_back_drops_nothing(mail, claim) -> None:
    patch = mail("p@x", "x\n---\n", subject="[PATCH] loom: turn")
    mails = [patch]
    said = []
    for day, words in ((1, "NAK, this breaks the reed."), (2, "You are right, I take my NAK back.")):
        mails.append(mail(f"r{day}@x", f"{words}\n", subject="Re: [PATCH] loom: turn", by="bo", to="p@x", day=day))
        said.append(claim(mails[-1], words, "dropped"))
    assert [join(mails[:n], {}, said[: n - 1]).status[0].status for n in (2, 3)] == ["dropped", "needs-review"]


def test_a_patch_sent_twice_is_ignored_once(mail, claim) -> None:
    cover = mail("c@x", "x\n", subject="[PATCH 0/2] loom: two")
    stray = mail("s@x", "x\n---\n", subject="[PATCH 1/2] loom: one", to="c@x")
    first = mail("p1@x", "x\n---\n", subject="[PATCH 1/2] loom: one", to="c@x")
    second = mail("p2@x", "x\n---\n", subject="[PATCH 2/2] loom: two", to="c@x")
    words = "This one is accidental, please ignore."
    asks = mail("r@x", f"{words}\n", subject="Re: [PATCH 1/2] loom: one", to="s@x", day=1)
    (found,) = join([cover, stray, first, second, asks], {}, [claim(asks, words, "dropped", confidence=0.9)]).status
    assert found.status == "needs-review"


def test_whoever_asks_to_be_pulled_does_not_pull(mail, claim) -> None:
    pull = mail("p@x", "x\n", subject="[GIT PULL] loom updates for 6.9", by="bo")
    words = "All commits have been in -next for a while."
    more = mail(
        "q@x", f"{words}\n", subject="some update // Re: [GIT PULL] loom updates for 6.9", by="bo", to="p@x", day=1
    )
    other = mail("o@x", "x\n---\n", subject="[PATCH] warp: cut")
    taken = mail("t@x", "Applied, thanks.\n", by="bo", to="o@x", day=1)
    said = [claim(more, words, "applied", target="-next"), claim(taken, "Applied, thanks.", "applied")]
    found = {each.key: each.status for each in join([pull, more, other, taken], {}, said).status}
    assert found.get("p@x") != "applied"


@pytest.mark.parametrize(
    "line", ['[1/1] Revert "reed: drop the brake"\n      commit: 0123456789ab', '- Revert "reed: drop the brake"']
)
def test_a_title_in_a_list_says_nothing_of_the_work(line: str, mail, claim) -> None:
    patch = mail("p@x", "x\n---\n", subject='[PATCH] Revert "reed: drop the brake"')
    thanks = mail("t@x", f"Applied, thanks!\n\n{line}\n", subject="Re: [PATCH] Revert", by="bo", to="p@x", day=1)
    title = 'Revert "reed: drop the brake"'
    said = [claim(thanks, "Applied, thanks!", "applied"), claim(thanks, title, "dropped", confidence=0.95)]
    joined = join([patch, thanks], {}, said)
    assert joined.status[0].status == "applied"
    assert [each.status for each in joined.claims] == ["applied"]
