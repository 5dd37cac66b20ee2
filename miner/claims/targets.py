"""Where the work of a claim goes, or is: a tree, a branch or a release; and which patches or work its words are about.

The same words name other things too. A branch "next" or "master" stands behind a preposition, "upstream" is a place and not what
somebody does with a patch or which kernel he means, and "v2" is a revision only where no word before it has a number of its own.
"""

from __future__ import annotations

import re

_TARGET = re.compile(
    r"(?<![\w/.@-])(?:"
    r"(?P<tree>(?:[\w.+-]{1,40}/)+(?:for-)?[\w.+-]{1,40}\.git(?: [\w./-]+)?|for-[\w.]+(?:[/-][\w.-]+)*|linux-next"
    r"|[\w.+-]{1,40}/(?:for-[\w.-]+|next|fixes|stable(?:-[\w.-]+)?|linux|[\w-]*next[\w-]*|master|for[\w-]*)|(?:\w{1,30}-){1,4}(?:next|fixes|unstable|stable)\b(?:-[\w]+)*"
    r"|-mm tree|-mm\b|-next\b|-dev\b|\w+\.git)"
    r"|(?P<home>mainline|upstream)"
    r"|(?P<bare>(?:next|fixes|unstable|stable|urgent|devel|master|main|trunk)\b(?:-[\w]+)*)"
    r"|(?P<path>[a-z][\w+-]{1,40}(?:[/:] ?[\w+-]{1,40}){1,3})"
    r"|(?P<branch>[A-Za-z]\w{0,30}(?:[-.](?!\w*(?:ed|ing|ific|al|ive|lived|able)\b)\w{1,30}){1,4})(?= branch\b)"
    r"|(?P<release>v\d{1,4}\.\d{1,2}(?:\.\d+)?(?:-rc\d{1,2})?|[2-9]\.\d{1,2}(?:\.\d+)?(?:-rc\d{1,2})?|\d{2,4}\.\d{1,2}(?:\.\d+)?-rc\d{1,2})"
    r"|(?P<number>\d{2}\.\d{1,2}|20\d\d\.\d{2}(?:\.\d+)?)"
    r")(?![\w/])"
)
# What has to stand before, and behind, words that name no tree or release elsewhere.
_PLACED = {
    "bare": (
        re.compile(r"\b(?:to|in|into|on|onto|for|from|the|my|our) $"),
        re.compile(r"\W*$|[^\w\s(]| (?:tree|branch|and|as|with|now|today)\b"),
    ),
    "path": (
        re.compile(
            r"\b(?:applied|queued|pushed|picked|merged|committed|pulled|taken|added)\b(?: [\w,-]+){0,3} (?:to|in|into|on|onto) (?:the )?$",
            re.I,
        ),
        re.compile(r"(?!\.\w|\()"),
    ),
    "number": (
        re.compile(r"\b(?:in|into|for|since|release|version) $", re.I),
        re.compile(r"(?!\.\d| ?%| (?:m?s|secs?|seconds?|minutes?|hours?|days?|[KMG]i?B|[MG]Hz|times|percent)\b)"),
    ),
}
_KERNEL_OF = re.compile(r" (?:linux|kernel|tree|repo)\b", re.I)  # what is in it is there
_IN = re.compile(r"\b(?:in|into) (?:the )?$", re.I)
_NO_PLACE = re.compile(  # another noun, or what is brought upstream
    r" (?!(?:as|at|in|by|with|now|already|and|or|but|so|yet|soon|too|for|since|via|before|after|first|then|today|later|here|is|was|are|if|when|once|because|through"
    r"|eventually|anyway|last|days|weeks|months|years|on|from|yesterday|recently|instead|directly|tree|commit [0-9a-f]{7})\b)\w|['’]s|-\w"
)
# Trees from which work goes on to mainline.
_ON_ITS_WAY = re.compile(
    r"(?i)(?:^|[/:-] ?)(?:next|unstable|fixes|urgent|core|dev|testing|staging|mm)(?:\.git)?(?:$|[/ -])|^for-|/for-|next(?:\.git)?$"
)
_MERGED_BY = re.compile(  # whoever merges a patch and is not Linus has it in his own tree
    r"(?<![\w.])(?!(?:This|That|These|It|They|Which|There|Both|All)\b)[A-Z][^\W\d_]+ (?:(?:has|have|had) )?(?:(?:already|just|recently|now) )*"
    r"(?:merged|pulled|took|taken) (?:the|this|that|it|these|them|your|my|all|both|v\d)\b"
)
_IN_MAINLINE = re.compile(r"(?i)\b(?:mainline|upstream|linus|torvalds)\b")

_NO_ADJECTIVE = (
    r"(?:this|that|these|those|the|an?|my|your|our|his|its|is|are|was|were|will|would|should|can|could|in|of|on|to|for|with|from|at|by|as|and|or|if|i|we|you|it|he|she|they|not"
    r"|has|have|had|all|both|each|every|any|some|no)"
)
_PART = r"#?\d{1,3}(?:[-~/]#?\d{1,3})?\b(?![.%:]\d| (?:times|days|weeks|months|years)\b)"
_PARTS = rf"{_PART}(?:(?:, and |, ?| and | & ){_PART}(?! \w+s\b))*"
_ABOUT = re.compile(
    rf"\b(?:(?:(?:all|both)(?: of)? )?(?:this|the|that|my|your|our|his|these|those|both|last|first|all) (?:(?!{_NO_ADJECTIVE}\b)[\w-]+ )?(?:patch(?:es)?(?: {_PARTS})?|patch(?:set|sets)"
    r"|series|fix|change|commit(?! (?:messages?|logs?|msg|text|title|subject|description|id|hash)\b)|pull request|version(?! of (?!th|your|my|it))|one|set)"
    rf"|patch(?:es)? {_PARTS}|(?!(?:let|that|it|there|here|what|who|he|she)['’])(?-i:[A-Z][a-zà-ÿ]{{1,20}}(?:-[A-Z][a-z]+)?)['’]s (?:[\w-]+ ){{0,3}}?"
    r"(?:patch(?:es|set|sets)?|series|fix(?:es)?|changes?|commits?|pull request|version|work|set|clean-?ups?|rework|proposal|tests?)"
    r"|(?P<revision>v\d{1,2})(?!\.\d|['’]s\b|-\d|\.[a-z]| (?:vs|versus|hierarch\w+|interface|controllers?|api|mode|behaviou?r|semantics|users?)\b|/ ?v\d))\b",
    re.I,
)
_RELATIVE = re.compile(r"\W*which\b", re.I)
_ANTECEDENT = re.compile(
    rf"(?:\b(?:the|an?|my|your|our|his|her|their|this|these|those)|(?-i:\b[A-Z]\w+['’]s)) (?:(?!{_NO_ADJECTIVE}\b)[\w-]+ ){{0,3}}[\w-]+(?=,? ?$)",
    re.I,
)
# Words before a number that is no revision of a patch but their own: "cgroup v2", "NFS v4", "loom-v1.h".
_HAS_A_NUMBER = re.compile(
    r"(?:\b(?i:cgroups?|memcg|cpusets?|hierarch\w+|protocols?|formats?|layouts?|abi|api|spec\w*|interface|schema|controllers?|zstd|lz4|python|openssl|glibc|gcc|clang|binutils|firmware|hardware|driver)"
    r"|\b(?!PATCH|RFC|RESEND|PULL|V\d)[A-Z][A-Z\d]{2,}s?|\bvs\.?|(?<![Pp]atch)(?<!PATCH)(?<!series)(?<!set)-|\b(?:cgroups?|memcg|[A-Z]{3,}) v\d{1,2}(?:,| and| or|/)) ?$"
)


def find_target(clause: str) -> str | None:
    """The tree, branch or release that a clause names first.

    >>> find_target("Applied to loom/urgent."), find_target("It is in 10.0-rc2."), find_target("Pushed to master, thanks.")
    ('loom/urgent', '10.0-rc2', 'master')
    >>> find_target("I'd like to upstream the loom."), find_target("It fails on the upstream kernel."), find_target("It is upstream.")
    (None, None, 'upstream')
    """
    for found in _TARGET.finditer(clause):
        kind = found.lastgroup
        if kind == "home":
            kernel = _KERNEL_OF.match(clause, found.end())
            placed = _IN.search(clause, 0, found.start()) if kernel else not _NO_PLACE.match(clause, found.end())
        elif kind in _PLACED:
            before, behind = _PLACED[kind]
            placed = before.search(clause, 0, found.start()) and behind.match(clause, found.end())
        else:
            placed = True
        if placed:
            return found[0].rstrip(".-")
    return None


def is_on_its_way(clause: str) -> bool:
    """Whether words of something merged name a tree where work is kept until it goes to mainline, or who merged it, and not
    mainline itself.

    >>> is_on_its_way("merged into mm-unstable"), is_on_its_way("merged into mainline"), is_on_its_way("it was in -next, now it is upstream")
    (True, False, False)
    >>> is_on_its_way("Ada has already merged the first version"), is_on_its_way("Linus has already merged it")
    (True, False)
    """
    if _IN_MAINLINE.search(clause) is not None:
        return False
    target = find_target(clause)
    return (target is not None and _ON_ITS_WAY.search(target) is not None) or _MERGED_BY.search(clause) is not None


def find_about(clause: str, before: str = "") -> str | None:
    """The patches, or the work, that a clause names first; of a clause that begins with "which" what stands directly `before` it.

    >>> find_about("I think that this patch is fine."), find_about("Fixed in v2."), find_about("It needs cgroup v2."), find_about("The commit message is off.")
    ('this patch', 'v2', None, None)
    >>> find_about("which has been merged.", "It is the same fault as in the treadle driver, ")
    'the treadle driver'
    """
    if _RELATIVE.match(clause) and (meant := _ANTECEDENT.search(before)):
        return meant[0]
    for found in _ABOUT.finditer(clause):
        if not (found["revision"] and _HAS_A_NUMBER.search(clause, 0, found.start())):
            return found[0]
    return None
