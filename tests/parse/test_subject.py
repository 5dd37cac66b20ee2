"""One row a form of subject that people really write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.model import Subject
from miner.parse.subject import parse_subject

FORMS: list[tuple[str, dict[str, object]]] = [
    ("[PATCH v3 2/7] t", {"patch": True, "revision": 3, "number": 2, "total": 7}),
    ("[RFC PATCH net-next] t", {"patch": True, "rfc": True, "tags": ("net-next",)}),
    ("PATCH: t", {"patch": True}),
    ("RFC PATCH v2 1/3: t", {"patch": True, "rfc": True, "revision": 2, "number": 1, "total": 3}),
    ("[ltp] PATCH v2: t", {"patch": True, "revision": 2, "tags": ("ltp",)}),
    ("[PATCH RESEND] t", {"patch": True, "resend": True}),
    ("[RESEND PATCH v2] t", {"patch": True, "resend": True, "revision": 2}),
    ("[PATCH 5.10.y] t", {"patch": True, "tags": ("5.10.y",)}),
    ("[PATCH AUTOSEL 5.10 03/17] t", {"patch": True, "number": 3, "total": 17, "tags": ("AUTOSEL", "5.10")}),
    ("[GIT PULL] t", {"pull": True}),
    ("[PULL] t", {"pull": True}),
    ("[GIT PULL v2] t", {"pull": True, "revision": 2}),
    ("[GIT PULL for v6.5] t", {"pull": True, "tags": ("for", "v6.5")}),
    ("[PATCHv2 1/3] t", {"patch": True, "revision": 2, "number": 1, "total": 3}),
    ("[PATCH v2.1 1/3] t", {"patch": True, "revision": 2, "minor": 1, "number": 1, "total": 3}),
    ("[PATCH v5.10 1/2] t", {"patch": True, "number": 1, "total": 2, "tags": ("v5.10",)}),
    ("[PATCH v6.1 v2] t", {"patch": True, "revision": 2, "tags": ("v6.1",)}),
    ("[PATCH v2-rebased] t", {"patch": True, "revision": 2, "tags": ("rebased",)}),
    ("[PATCH V2] t", {"patch": True, "revision": 2}),
    ("[PATCH -v2 next 1/4] t", {"patch": True, "revision": 2, "number": 1, "total": 4, "tags": ("next",)}),
    ("[v2 PATCH] t", {"patch": True, "revision": 2}),
    ("[patch, v2] t", {"patch": True, "revision": 2}),
    ("[PATCH v2][next] t", {"patch": True, "revision": 2, "tags": ("next",)}),
    ("[linux-erofs] [PATCH] t", {"patch": True, "tags": ("linux-erofs",)}),
    ("[f2fs-dev] [PATCH v2] t", {"patch": True, "revision": 2, "tags": ("f2fs-dev",)}),
    ("[PATCH-next] t", {"patch": True, "tags": ("next",)}),
    ("[PATCH -next] t", {"patch": True, "tags": ("next",)}),
    (
        "[PATCH mm-unstable v2 00/10] t",
        {"patch": True, "revision": 2, "number": 0, "total": 10, "tags": ("mm-unstable",)},
    ),
    ("[PATCH 0/5 v2] t", {"patch": True, "revision": 2, "number": 0, "total": 5}),
    ("[PATCH] v2: t", {"patch": True, "revision": 2, "title": "t"}),
    ("[PATCH] v2:", {"patch": True, "title": "v2:"}),
    ("[RFC] v2: t", {"rfc": True, "title": "v2: t"}),
    ("[PATCH v4 03/10] v4: t", {"patch": True, "revision": 4, "number": 3, "total": 10, "title": "v4: t"}),
    ("[RFC v3 0/4] t", {"patch": True, "rfc": True, "revision": 3, "number": 0, "total": 4}),
    ("[RFC] t", {"rfc": True}),
    ("[RFC 1/2] t", {"patch": True, "rfc": True, "number": 1, "total": 2}),
    ("[RFC/PATCH] t", {"patch": True, "rfc": True}),
    ("[PATCH 02/02] t", {"patch": True, "number": 2, "total": 2}),
    ("[PATCH 1 of 3] t", {"patch": True, "number": 1, "total": 3}),
    ("[PATCH1/3] t", {"patch": True, "number": 1, "total": 3}),
    ("[PATHC v3] t", {"patch": True, "revision": 3}),
    ("[v3,2/7] t", {"patch": True, "revision": 3, "number": 2, "total": 7}),
    ("[linux-next:master 12/5004] t", {"tags": ("linux-next:master",)}),
    ("[syzbot] [erofs?] t", {"tags": ("syzbot", "erofs?")}),
    ("Re: [PATCH] t", {"patch": True, "reply": True}),
    ("Re: Re: t", {"reply": True}),
    ("RE: [f2fs-dev] Re: [PATCH v2] t", {"patch": True, "reply": True, "revision": 2, "tags": ("f2fs-dev",)}),
    ("Re[2]: AW: t", {"reply": True}),
    ("[PING][PATCH v6] t", {"patch": True, "reply": True, "revision": 6}),
    ("[Ping^2] [PATCH 0/3] t", {"patch": True, "reply": True, "number": 0, "total": 3}),
    ("Gentle ping: [PATCH v2] t", {"patch": True, "reply": True, "revision": 2}),
    ("PING #3 [PATCH] t", {"patch": True, "reply": True}),
    ("[PATCH] ping: t", {"patch": True, "title": "ping: t"}),
    ("[PATCH][ping] t", {"patch": True, "tags": ("ping",)}),
    ("[ping-utils] [PATCH] t", {"patch": True, "tags": ("ping-utils",)}),
    ("ping: t", {"title": "ping: t"}),
    ("FW: [PATCH] t", {"patch": True, "reply": True}),
    ("Fwd: t", {"reply": True}),
    ("回复：t", {"reply": True}),
    ("Re: (subset) [PATCH 5/8] t", {"patch": True, "reply": True, "number": 5, "total": 8, "tags": ("subset",)}),
    ("[PATCH V2 net-next 03/11] t", {"patch": True, "revision": 2, "number": 3, "total": 11, "tags": ("net-next",)}),
    ("[PATCH AUTOSEL 6.6 12/34] t", {"patch": True, "number": 12, "total": 34, "tags": ("AUTOSEL", "6.6")}),
    ("[PATCH v3.1 2/5] t", {"patch": True, "revision": 3, "minor": 1, "number": 2, "total": 5}),
    ("[PATCH v2 00/10 RESEND] t", {"patch": True, "resend": True, "revision": 2, "number": 0, "total": 10}),
    ("[PATCH net v2] t", {"patch": True, "revision": 2, "tags": ("net",)}),
    ("[PATCH v2 net] t", {"patch": True, "revision": 2, "tags": ("net",)}),
    ("[PATCH -mm v3] t", {"patch": True, "revision": 3, "tags": ("mm",)}),
    ("[patch 1/3] t", {"patch": True, "number": 1, "total": 3}),
    ("[PATCH 1/1] t", {"patch": True, "number": 1, "total": 1}),
    ("[1/3] t", {"number": 1, "total": 3}),
    ("[PULL v2 00/12] t", {"pull": True, "revision": 2, "number": 0, "total": 12}),
    ("[RFC/PATCH v3] t", {"patch": True, "rfc": True, "revision": 3}),
    ("[GSoC][PATCH v2 0/4] t", {"patch": True, "revision": 2, "number": 0, "total": 4, "tags": ("GSoC",)}),
    ("[PATCH v2 0/4] [RFC] t", {"patch": True, "rfc": True, "revision": 2, "number": 0, "total": 4}),
    ("[PATCH 1/2 v2] t", {"patch": True, "revision": 2, "number": 1, "total": 2}),
    ("[PATCH 1/2]: t", {"patch": True, "number": 1, "total": 2}),
    ("[[PATCH v2 1/3] t", {"patch": True, "revision": 2, "number": 1, "total": 3}),
    ("(PATCH v2) t", {"title": "(PATCH v2) t"}),
    ("[PATCH?] t", {"tags": ("PATCH?",)}),
    ("[patchwork-bot] t", {"tags": ("patchwork-bot",)}),
    ("[dispatch] t", {"tags": ("dispatch",)}),
    ('Applied "x" to the y tree', {"title": 'Applied "x" to the y tree'}),
    ("fix foo[3] bug", {"title": "fix foo[3] bug"}),
    ("[PATCH] fix Foo[PATCH v3] bug", {"patch": True, "title": "fix Foo[PATCH v3] bug"}),
    ("v3 of the series", {"title": "v3 of the series"}),
    ("x, was: Re: [PATCH] t", {"title": "x, was: Re: [PATCH] t"}),
    ("[PATCH", {"title": "[PATCH"}),
    ("", {"title": ""}),
]


@pytest.mark.parametrize(("text", "wanted"), FORMS, ids=[text for text, _ in FORMS])
def test_forms(text: str, wanted: dict[str, object]) -> None:
    assert parse_subject(text) == Subject(text=text, **{"title": "t", **wanted})  # type: ignore[arg-type]


def test_folded_and_padded_subjects_are_squeezed() -> None:
    subject = parse_subject("  [PATCH\r\n\tv2]   net:\u00a0do\n less ")
    assert (subject.text, subject.title, subject.revision) == ("[PATCH v2] net: do less", "net: do less", 2)


@given(st.text(st.sampled_from("[]() PATCHpatchvRe:12/.,-of\n\u00a0"), max_size=80) | st.text())
def test_never_raises_and_keeps_what_it_read(text: str) -> None:
    subject = parse_subject(text)
    assert subject.text.endswith(subject.title)
    assert "\n" not in subject.text
    assert all(subject.tags)


@pytest.mark.parametrize("piece", ["[", "[a", "Re:", "[v2 ", "[PATCH]", "(subset) ", "1 of ", "\n"])
def test_long_subjects_are_cut(piece: str) -> None:
    assert len(parse_subject(piece * 500_000).text) <= 2_000
