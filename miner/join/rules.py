"""The rules that turn what was said into a status, as a table: the first rule that finds its proof decides, or a later one that does
and by which readers would much sooner go (`decide.py`).

Words that hold for all rules: facts of the list (somebody applied it, it is in a release) outweigh words; what was said
later outweighs what was said earlier; a newer posting reopens what was asked of an older one; hedged, conditional,
negated and reported claims never finish anything; what contradicts the outcome stays visible under `also`.
"""

from __future__ import annotations

from miner.join.approvals import (
    find_approved,
    find_approved_by_decider,
    find_mended_by_other,
    find_reviewed_in_part,
    find_taken_by_author,
)
from miner.join.awaiting import (
    find_awaited_reply,
    find_blocked,
    find_needed_item,
    find_needed_work,
    find_open_question,
    find_promised_review,
    find_question_about_it,
    find_waiting_for_review,
)
from miner.join.case import Rule, Verdict
from miner.join.endings import (
    find_applied,
    find_applied_in_part,
    find_built_upon,
    find_cited,
    find_displaced,
    find_dropped,
    find_in_tree,
    find_landed,
    find_merged,
    find_missing_in_tree,
    find_part_in_tree,
    find_replaced,
    find_sent_elsewhere,
    find_superseded,
    find_waiting_rest,
)
from miner.join.latest import (
    find_carried,
    find_nothing_sure,
    find_posted,
    find_word_of_anybody,
    find_word_of_responsible,
)
from miner.join.revising import (
    find_change_asked,
    find_change_promised,
    find_conceded,
    find_next_version_asked,
    find_remark_answered,
    find_remarked,
    find_remarked_later,
    find_revision_expected,
)
from miner.model import BUILT_UPON, CARRIED, CITED, LANDED, POSTED, REPLACED, SENT_ELSEWHERE

RULES: tuple[Rule, ...] = (
    Rule(
        "rest-waits-for-something",
        "One part is in, and the rest waits for something else: blocked.",
        find_waiting_rest,
        True,
    ),
    Rule(
        "in-tree",
        "The project's git tree has all its patches: merged if all are in tagged releases, else applied.",
        find_in_tree,
        True,
    ),
    Rule(
        "tree-does-not-have-it",
        "Somebody said that it is in, and the git tree, newer than these words, has no patch of it: hedged.",
        find_missing_in_tree,
        True,
    ),
    Rule(
        "tree-has-a-part",
        "Somebody said that it is merged, and the git tree, newer than these words, has a part of it: hedged.",
        find_part_in_tree,
        True,
    ),
    Rule(
        "merged",
        "Somebody said that it is in a release or in mainline, and nobody took it back: merged.",
        find_merged,
        True,
    ),
    Rule(
        LANDED,
        "Later mails name commits with the titles of all its patches, out of a pull request that was merged or of copies for stable trees: merged.",
        find_landed,
        True,
    ),
    Rule(
        "applied",
        "Somebody other than the author took it into a tree, and nobody took it back: applied.",
        find_applied,
        True,
    ),
    Rule(
        CITED,
        "Later mails name commits with the titles of its patches, or a pull request lists them: applied; hedged where they do not name all, and not said where they name few of them and the rest was posted anew, or pull requests alone name them.",
        find_cited,
        True,
    ),
    Rule(REPLACED, "A newer revision was posted, or is said to be: superseded.", find_replaced, True),
    Rule(
        "dropped",
        "Rejected or withdrawn after the newest posting, and nobody took that back; to drop it is no more than asked for where somebody says so who does not decide: dropped.",
        find_dropped,
        True,
    ),
    Rule("superseded-by-other", "Somebody said that another work replaces it: superseded.", find_superseded, True),
    Rule(
        "displaced",
        "Somebody else sends a patch of his own instead, and nobody approved this one since, nor does its author go on: superseded; hedged.",
        find_displaced,
        True,
    ),
    Rule(
        SENT_ELSEWHERE,
        "Its author, or somebody who credits him, sent its patches, or most of their lines, once more in other postings: superseded; hedged where not all of them.",
        find_sent_elsewhere,
        True,
    ),
    Rule(
        BUILT_UPON,
        "Later patches begin at the files as it leaves them, or find lines that it brought, soon after it those of an author who takes patches: applied; hedged where fewer than two do so, or not for all of its patches, or none but those of an author who takes no patches.",
        find_built_upon,
        True,
    ),
    Rule(
        "needs-other-item",
        "The table says that it needs an item which is not finished: blocked.",
        find_needed_item,
        True,
    ),
    Rule(
        "next-version-asked",
        "Somebody who decides, or who approved it before, asks for another version by name, and nobody says more: needs-revision.",
        find_next_version_asked,
        True,
    ),
    Rule(
        "question-open",
        "A question about where it stands, or any about an item of which nothing else is known, was not answered: needs-reply, or needs-review if it asks for one.",
        find_open_question,
    ),
    Rule(
        "blocked", "The last word below the newest posting is that it waits for something else: blocked.", find_blocked
    ),
    Rule(
        "approved-by-decider",
        "Somebody who decides approved all of it, and neither he nor the author said anything against it since: ready; hedged where he takes it unless somebody objects, and not said where anybody does.",
        find_approved_by_decider,
        True,
    ),
    Rule(
        "revision-expected",
        "A change was asked for or promised after the newest posting: needs-revision.",
        find_revision_expected,
    ),
    Rule(
        "change-asked",
        "Somebody asked for changes below the newest posting, or approved all but these, and not all since: needs-revision.",
        find_change_asked,
    ),
    Rule(
        "change-promised",
        "The author plans or does something in answer to others, and nobody approved all of it: needs-revision; hedged.",
        find_change_promised,
    ),
    Rule(
        "remark-conceded",
        "The author gave in to a remark, and nobody approved all of it: needs-revision; hedged.",
        find_conceded,
    ),
    Rule(
        "question-about-it",
        "A question about the posting was not answered, and whoever asked has not approved it since: needs-reply, or,"
        " hedged, needs-revision where others wrote below its code too.",
        find_question_about_it,
    ),
    Rule(
        "reply-awaited",
        "Somebody waits for an answer or for data: needs-reply, or needs-review where it is that of others than the author.",
        find_awaited_reply,
    ),
    Rule(
        "waiting-for-review",
        "The last word is that a review is waited for: needs-review; or that the author is asked to try something: needs-reply.",
        find_waiting_for_review,
    ),
    Rule("taken-by-author", "The author said that he takes it into a tree himself: ready.", find_taken_by_author),
    Rule(
        "remarked",
        "Others remarked on it, the author did not answer, and nobody approved all of it: needs-revision; hedged.",
        find_remarked,
    ),
    Rule(
        "applied-in-part",
        "Somebody took some of its patches into a tree, and nobody leaves the others open or asks anything of them, nor do pull requests list less than half of them: applied or merged; hedged.",
        find_applied_in_part,
    ),
    Rule(
        "reviewed-in-part",
        "Some of its patches are reviewed, acked or tested, others are not: needs-review.",
        find_reviewed_in_part,
    ),
    Rule(
        "remarked-later",
        "After it was approved somebody who decides remarked on it, or anybody below its code, and the author did not answer:"
        " needs-revision; hedged.",
        find_remarked_later,
    ),
    Rule("approved", "Reviewed or acked since the newest posting, with no open request: ready.", find_approved),
    Rule(
        "mended-by-other",
        "Somebody other than the author makes the last changes on his own: ready; hedged.",
        find_mended_by_other,
    ),
    Rule(
        "review-promised",
        "Somebody said that he will look at it, and was not heard of since: needs-review, and he is waited for.",
        find_promised_review,
    ),
    Rule(
        "needs-other-work",
        "The posting says that it waits for something else, and nobody says more: blocked.",
        find_needed_work,
    ),
    Rule(
        "latest-word-of-assignee",
        "The newest plain statement of the person responsible, or of whoever keeps the list that has it; in-progress where a part of an item is in a tree.",
        find_word_of_responsible,
    ),
    Rule(
        "latest-word",
        "The newest statement of anybody, where the person responsible said nothing.",
        find_word_of_anybody,
    ),
    Rule(
        "remark-answered",
        "Somebody who decides remarked on it, the author answered, and nobody says more: needs-revision; hedged.",
        find_remark_answered,
    ),
    Rule(
        CARRIED,
        "All of its patches carry reviews or acks of others, and nobody says more: ready; hedged where they were given out of sight, and none is of somebody who decides.",
        find_carried,
    ),
    Rule(
        POSTED,
        "It was posted, and nothing more is known: needs-review if the posting is at hand, else posted.",
        find_posted,
    ),
    Rule("nothing-sure", "Nobody says for sure where it stands: unknown.", find_nothing_sure),
    Rule("nothing-said", "Nobody said anything: unknown.", lambda case: Verdict(None)),
)
