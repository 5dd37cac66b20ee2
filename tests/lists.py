"""A small list that anybody might have written: works in several versions, what is said of them, and whatever ties them to each other.

It has no tables. Each mail may come before what it answers, name mails that are not there, and speak of people by their first name.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from random import Random

PEOPLE = (
    "Ada Byron <ada@loom.example>",
    "ada@loom.example",
    "Ada Byron <byron@two.example>",
    "byron@two.example",
    "Ada B. <ada@xxxxxxxxxxxx>",
    "Bo Chen <bo@shed.example>",
    "Cy Dahl <cy@reed.example>",
    "Yu Zhao <yu@one.example>",
    "Yu Lind <yu@two.example>",
)
FILES = ("loom.c", "shed.c", "reed/beater.c")
SAID = (
    "Applied, thanks.",
    "Applied to loom/next, thanks!\n\n[1/1] {title}\n      commit: 0123456789ab",
    "Merged in 6.9.",
    "Reviewed-by: {who}",
    "Acked-by: {other}",
    "I take back my Reviewed-by, drop my ack.",
    "Could you please rename the helper?",
    "Why is this lock needed at all?",
    "Because the beater sleeps.",
    "This still needs a review from Yu.",
    "Ada, could you please review this?",
    "I will send v2 next week.",
    "I will take a look at it tomorrow.",
    "This is fixed in v2.",
    "This was superseded by {link}.",
    "This one needs {link} first, so it is blocked.",
    "{link} was applied, thanks.",
    "NAK, this breaks the reed.",
    'It broke with 0123456789ab ("{title}"), I think.',
    'Fixes: ba9876543210 ("loom: turn the wheel\n2")',
    "It is like the old one here, but the beater moves twice as far now.\nWhat happens to the shed then?",
)


def write_mail(
    ident: str, who: str, subject: str, body: str, day: float, answers: str = "", others: tuple[str, ...] = ()
) -> bytes:
    date = format_datetime(datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=day))
    head = [f"From: {who}", "To: loom@lists.example", f"Date: {date}", f"Message-ID: <{ident}>", f"Subject: {subject}"]
    head += [f"In-Reply-To: <{answers}>", f"References: <{answers}>"] if answers else []
    head += [f"Cc: {', '.join(others)}"] if others else []
    return "\n".join([*head, "", body, ""]).encode()


def write_list(chance: Random, works: int = 7) -> list[bytes]:
    """The mails of a list, the oldest first."""
    found = sorted(_write(chance, works), key=lambda one: one[0])
    return [mail for _, mail in found]


def _write(chance: Random, works: int) -> Iterator[tuple[float, bytes]]:
    posted: list[str] = ["gone-1@loom.example"]
    for work in range(works):
        author, file = chance.choice(PEOPLE), chance.choice(FILES)
        title = f"loom: {chance.choice(('turn', 'oil', 'mend'))} the wheel {chance.randint(1, 3)}"
        way = chance.choice(("change-id", "link", "likeness", "answer"))
        day = chance.uniform(0, 60)
        before = ""
        for revision in range(1, chance.randint(2, 4)):
            ident = f"{work}-{revision}-1-git-send-email-x@loom.example"
            tag = f"[PATCH v{revision}]" if revision > 1 else "[PATCH]"
            notes = [f"change-id: work-{work // 2}"] if way == "change-id" else []
            notes += [f"v{revision - 1}: https://lore.example.org/l/{before}/"] if way == "link" and before else []
            notes += [f"prerequisite-change-id: work-{chance.randint(0, works)}:v1"] if chance.random() < 0.2 else []
            notes += [f"Depends-on: <{chance.choice(posted)}>"] if chance.random() < 0.2 else []
            notes += [f"Supersedes: <{chance.choice(posted)}>"] if chance.random() < 0.1 else []
            body = "\n".join(
                ["It squeaks.", "", f"Signed-off-by: {author}", "---", *notes, "", write_diff(work, revision, file)]
            )
            yield (
                day,
                write_mail(
                    ident,
                    author,
                    f"{tag} {title}",
                    body,
                    day,
                    before if way == "answer" else "",
                    ("Bo Chen <bo@shed.example>",),
                ),
            )
            posted.append(ident)
            yield from _talk(chance, ident, f"{tag} {title}", title, day, posted)
            before, day = ident, day + chance.uniform(1, 20)
    for number in range(3):
        day = chance.uniform(0, 60)
        where = chance.choice(("ada@loom.example", "gone-1@loom.example"))
        patch = f"[PATCH] shed: orphan {number % 2}"
        yield (
            day,
            write_mail(
                f"orphan-{number}@x", chance.choice(PEOPLE), patch, write_diff(90 + number, 1, "shed.c"), day, where
            ),
        )
    yield (
        70,
        write_mail(
            "note@x",
            "Bo Chen <bo@shed.example>",
            f'Patch "{title}" has been added to the 6.6-stable tree',
            f"This is a note to let you know that I've just added the patch titled\n\n    {title}\n\nto the 6.6-stable tree\n\nFrom: {author}\n",
            70,
        ),
    )


def _talk(
    chance: Random, ident: str, subject: str, title: str, day: float, posted: list[str]
) -> Iterator[tuple[float, bytes]]:
    """Answers below a posting, and answers to them."""
    above = ident
    for number in range(chance.randint(0, 4)):
        who = chance.choice(PEOPLE)
        link = chance.choice(posted)
        link = link.replace("@loom.example", "@xxxxxxxxxxxx") if chance.random() < 0.2 else link
        said = chance.choice(SAID).format(
            title=title, who=who, other=chance.choice(PEOPLE), link=f"https://lore.example.org/l/{link}/"
        )
        answer = f"re-{number}-{ident}"
        day += chance.uniform(0.1, 3)
        bare = chance.random() < 0.1
        quoted = f"On some day, somebody wrote:\n> It squeaks.\n\n{said}"
        yield day, write_mail(answer, who, f"Re: {subject}", quoted, day, "" if bare else chance.choice((above, ident)))
        above = answer


def write_diff(work: int, revision: int, file: str) -> str:
    before, after = (sha256(f"{file} {work % 3} {n}".encode()).hexdigest()[:12] for n in (revision - 1, revision))
    lines = [f"+\tint wheel_{work}_{n} = turn_the_wheel({work}, {n});" for n in range(6)] + [f"+\tnew({revision});"]
    return (
        f"diff --git a/{file} b/{file}\nindex {before}..{after} 100644\n--- a/{file}\n+++ b/{file}\n@@ -1,1 +1,8 @@ int weave(void)\n"
        + "\n".join(lines)
    )
