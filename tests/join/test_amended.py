"""Postings of some patches sent anew stand together with the one that they amend."""

from __future__ import annotations

from miner.join import join


def amended(mail, claim):
    """A series of two patches, both remarked on, of which one is sent anew and then reviewed."""
    mails = [
        mail("c@x", "x\n", subject="[PATCH 0/2] loom: turn"),
        mail("p1@x", "x\n", subject="[PATCH 1/2] loom: turn left", to="c@x"),
        mail("p2@x", "x\n", subject="[PATCH 2/2] loom: turn right", to="c@x"),
        mail("a@x", "Please rework this.\n", subject="Re: [PATCH 2/2] loom: turn right", by="cy", to="p2@x", day=1),
        mail("n@x", "x\n", subject="[PATCH v2 2/2] loom: turn right", to="p2@x", day=2),
    ]
    tag = "Reviewed-by: Bo Lind <bo@example.org>"
    for n, to in enumerate(("p1@x", "n@x")):
        mails.append(mail(f"t{n}@x", f"{tag}\n", subject="Re: [PATCH] loom: turn", by="bo", to=to, day=3))
    asked = claim(mails[3], "Please rework this.", "needs-revision")
    return mails, [asked, *(claim(each, tag, "ready", rule="trailer") for each in mails[-2:])]


def test_a_posting_of_which_a_patch_was_sent_anew_stands_with_it(mail, claim):
    mails, said = amended(mail, claim)
    old, new = join(mails, {}, said).status
    assert (old.key, new.key) == ("c@x", "n@x")
    assert (old.status, old.rule, old.revision) == (new.status, new.rule, 1) == ("ready", "approved", 1)
    assert {each.message_id for each in old.evidence} >= {"t0@x", "t1@x"}
    assert old.as_of == new.as_of == mails[-1].date


def test_a_patch_sent_anew_is_waited_for_from_then_on(mail, claim):
    mails, _ = amended(mail, claim)
    old, new = join(mails[:5], {}, []).status
    assert (
        (old.status, old.since, old.as_of)
        == (new.status, new.since, new.as_of)
        == ("needs-review", mails[4].date, mails[4].date)
    )


def test_patches_sent_anew_one_after_the_other_stand_together(mail, claim):
    mails, said = amended(mail, claim)
    third = mail("m@x", "x\n", subject="[PATCH v3 1/2] loom: turn left", to="p1@x", day=5)
    old, new, newest = join([*mails, third], {}, said).status
    assert {each.key: each.status for each in (old, new, newest)} == dict.fromkeys(
        ("c@x", "n@x", "m@x"), "needs-review"
    )


def test_what_was_asked_of_a_patch_holds_until_it_is_sent_anew(mail, claim):
    mails, said = amended(mail, claim)
    again = mail("b@x", "Please rework this.\n", subject="Re: loom", by="bo", to="n@x", day=4)
    old, new = join([*mails, again], {}, [*said, claim(again, "Please rework this.", "needs-revision")]).status
    assert old.status == new.status == "needs-revision"
    old, new = join([*mails, again], {}, said).status
    assert old.status == new.status == "ready"


def test_who_remarked_on_one_patch_is_not_content_with_another_that_was_sent_anew(mail, claim):
    mails, said = amended(mail, claim)
    code = "--- a/l.c\n+++ b/l.c\n@@ -1 +1 @@\n-int a;\n+int b;\n"
    mails[1] = mail("p1@x", f"x\n---\ndiff --git a/l.c b/l.c\n{code}", subject="[PATCH 1/2] loom: turn left", to="c@x")
    words = "> +int b;\n\nThe name is too short, please take a longer one.\n"
    remark = mail("b@x", words, subject="Re: loom", by="cy", to="p1@x", day=2.5)
    tag = "Reviewed-by: Cy Marsh <cy@example.org>"
    good = mail("g@x", f"{tag}\n", subject="Re: loom", by="cy", to="n@x", day=4)
    for more, told in (([remark], []), ([remark, good], [claim(good, tag, "ready", rule="trailer")])):
        old, new = join([*mails[:5], *more], {}, [said[0], *told]).status
        assert (old.status, old.rule) == (new.status, new.rule) == ("needs-revision", "remarked")


def test_a_whole_new_version_replaces_both_parts(mail, claim):
    mails, said = amended(mail, claim)
    third = [mail("d@x", "x\n", subject="[PATCH v3 0/2] loom: turn", day=9)]
    third += [mail(f"d{n}@x", "x\n", subject=f"[PATCH v3 {n}/2] loom: turn", to="d@x", day=9) for n in (1, 2)]
    old, new, newest = join([*mails, *third], {}, said).status
    assert (old.rule, new.rule, newest.status) == ("newer-revision", "newer-revision", "needs-review")


def test_what_was_said_before_a_patch_was_sent_anew_is_looked_at_too(mail, claim):
    """When it began, the newest of the patches was not there yet."""
    mails, said = amended(mail, claim)
    tag = "Reviewed-by: Bo Lind <bo@example.org>"
    body = f"Otherwise it looks good to me.\n\n{tag}\n"
    early = mail("e@x", body, subject="Re: x", by="bo", to="p1@x", day=1.5)
    words = [claim(early, body.splitlines()[0], "ready", "conditional"), claim(early, tag, "ready", rule="trailer")]
    old, new = join([*mails, early], {}, [*said, *words]).status
    assert (old.status, old.since) == (new.status, new.since)
