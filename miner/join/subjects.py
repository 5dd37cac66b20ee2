"""What words mean that look like a state of the work in whose thread they stand: another work ("a clean-up patch went in", "Ada's
series is in 6.9"), a part of it, or what their speaker intends ("I will fix that as I apply it", "let me know if I should resend").
"""

from __future__ import annotations

import re

from miner.join.counting import means_all
from miner.model import Claim, Series

_WORK = (
    r"(?:patch(?:es|set|sets)?|series|set|fix(?:es)?|commits?|changes?|clean-?ups?|features?|supports?|drivers?|backports?|revert|rework"
    r"|refactoring|helpers?|work|versions?|implementation|prerequisites?|dependency|pull request|PR)"
)
_OTHERS = re.compile(
    r"\b(?:hear|know|see|input|opinions?|comments?|views?|thoughts)\b[^.?!]{0,30}\b(?:others?|experts?|maintainers?|everybody|everyone|somebody|someone|anybody|anyone|people|folks)\b"
    r"|\b(?:others?|experts|maintainers)['’]? (?:opinions?|input|views?|thoughts|comments)\b",
    re.I,
)
_DONE = re.compile(
    r"\b(?:i|we)(?:['’]ve| have) (?:also |already |now |just )?(?:incorporated|addressed|fixed|updated|added|changed|applied|included|reworked|dropped|removed)\b",
    re.I,
)
_HIS_OWN = re.compile(
    r"\b(?:(?:i|we)(?:['’](?:ll|ve|m|d))?|let me)\b(?! (?:think|suggest|prefer|hope|would|wonder|guess))[^.;?]{0,40}?\b"
    r"(?:re-?)?(?:send|sent|post|posted|submit|submitted|cook(?:ed)? up|write|prepare)\b[^.;?]{0,25}?\b"
    r"(?:my (?:own|version|patch|fix)\b|an? (?:proper|different|alternative|better|cleaner) (?:patch|fix|version|one)\b|on your behalf\b"
    r"|(?:something|an? (?:new )?patch) instead\b)",
    re.I,
)
_HAS_MENDED = re.compile(
    r"\b(?:i|we)(?:['’]ve| have)? already (?:fixed|sent|posted|submitted|solved|addressed|corrected) (?:it|this|that|(?:a|the|an) (?:\w+ )?(?:patch|fix|one)(?: for (?:it|this|that))?)\b"
    r"|\b(?:i|we)(?:['’]ve| have)? (?:fixed|solved|corrected) (?:it|this|that) already\b",
    re.I,
)
_BESIDES = re.compile(
    r"\b(?:on top|separate(?:ly)?|follow-?up|later|next cycle|as well|too|also|in addition|for the other)\b", re.I
)
_ALREADY_MENDED = re.compile(
    r"\b(?:this|that|it|these|they|problem|issue|bug|warning|error|typo)(?: (?:is|are|was|were|has|have)|['’]s) (?:been )?already (?:been )?(?:fixed|addressed|solved|resolved|corrected)\b"
    r"|\balready (?:fixed|addressed|solved|resolved|corrected) (?:in|by|with|upstream)\b",
    re.I,
)
_OTHER = (
    re.compile(
        rf"\b(?:another|some|such(?: an?)?|an? (?:similar|different|separate|related|previous|prior|alternative))(?: [\w-]+){{0,4}}? {_WORK}\b",
        re.I,
    ),
    re.compile(
        rf"(?<!this )\b(?:following|previous|earlier|initial|original|other|similar|corresponding|equivalent|prerequisite|above"
        rf"|preparatory|related) (?:[\w-]+ ){{0,2}}?{_WORK}\b",
        re.I,
    ),
    # What somebody sent or has is not what is answered here, whoever took it.
    re.compile(
        rf"\b(?:sent|posted|submitted|wrote)(?: out)? (?:an?|some|his|her|their) (?:[\w-]+ ){{0,3}}?{_WORK}\b", re.I
    ),
    re.compile(r"\b(?:initial|first) version of the \w+", re.I),
    # When it is said: "we are in the 6.9-rc7 cycle".
    re.compile(r"\bwe(?:['’]re| are)(?: \w+)? (?:in|at) (?:the )?v?\d\.\d{1,2}", re.I),
    # The fault that this work mends: "the offending commit", "this warning is now in mainline".
    re.compile(rf"\b(?:broken|buggy|offending|problematic|culprit|guilty|faulty|blamed|bad) {_WORK}\b", re.I),
    re.compile(
        r"\b(?:bug|problem|warning|regression|breakage|issue|error|failure|crash|leak|typo)s?(?: (?:of|in|from|with|on) (?:[\w-]+ ){0,2}?[\w-]+)?"
        r" (?:is|are|was|were|has been|have been) (?:(?:now|still|already|also|even) )?(?:in|merged|upstream|present|introduced)\b",
        re.I,
    ),
    # Of a tester's machine, or what a robot tried; what is spoken of is the code as it stands there.
    re.compile(
        r"\b(?:to|on|in|into|onto) (?:my|our) (?:own )?(?:test|testing|local|lab|development|dev|build|private) (?:[\w-]+ )?"
        r"(?:systems?|machines?|box(?:es)?|setups?|kernels?|servers?|vms?|boards?)\b"
        r"|\bapplied (?:the|this|your|these) (?:patch(?:es)?|series|set)\b.{0,40}\b(?:re-?built|booted|tested|compiled|ran)\b"
        r"|\bwe applied (?:\S+ ){1,3}?(?:up)?on (?:top of )?\b|\bthe code (?:in|of|on)\b",
        re.I,
    ),
    # A commit that was there before: "as the Fixes commit is in 6.7".
    re.compile(r"\bfixes commit\b|\bthe commit was in\b", re.I),
    # What git says of a patch that it tries.
    re.compile(
        r"\b(?:patch|patches|it|they|this|series) (?:\S+ )?(?:applied|applies|apply) cleanly|^applied patch \S+ cleanly",
        re.I,
    ),
)
# Words about words, or about a piece of the code: "please disregard my suggestion", "nack for the docs part".
_NO_WORK = re.compile(
    r"\b(?:disregard|ignore|forget|scratch|drop|skip)\b(?: about)? (?:my|this|that|the|these|those|your|his|her) (?:[\w-]+ ){0,2}?(?:suggestion|comment"
    r"|question|remark|e?-?mail|message|note|noise|reply|review|concern|part|hunk|line|warning|report|error|nit|idea|request|ping|tag)s?\b"
    r"|\bnac?k(?:ed)? (?:for|to|on) (?:the )?[\w/.-]+ (?:bits?|parts?|changes?|hunks?|pieces?)\b",
    re.I,
)
# "Please ignore it", said by a reviewer, is of his own remark; by an author that asks somebody it is of the patch.
_NEVER_MIND = re.compile(
    r"\b(?:ignore|disregard|forget|scratch|skip)\b(?: about)? (?:it|this|that|me)\b(?! [\w-]+)", re.I
)
_TO_DROP = re.compile(
    r"\bplease (?:also |just )?(?:drop|ignore|disregard|discard|remove|revert|skip) (?:this|the|my|these|both)\b"
    r"|\b(?:could|can|would) (?:you|we) (?:please |just )?(?:drop|discard|revert|remove) (?:this|the|my|these|both) (?:\w+ )?(?:patch(?:es)?|series|set|one)\b",
    re.I,
)
_AS_IT_IS = re.compile(r"\b(?:without|until|unless|before|yet|now|as[ -]is|if|when|while|today|in this form)\b", re.I)
_WILL_NOT = re.compile(
    r"\b(?:wo|would|should)n['’]t\b|\b(?:will|would|rather) not\b|(?:\bnot|n['’]t)\b(?: \w+['’]?\w*){0,4} (?:go|plan|apply|tak|merg|pull|queu|pick|intend|want)\w*(?:ing\b| to\b)",
    re.I,
)
_CANNOT = re.compile(
    r"\b(?:can['’]t|cannot|can not|couldn['’]t|could not|(?:not able|unable|fail(?:s|ed)?) to|does(?:n['’]t| not)) (?:\w+ ){0,2}?apply\b",
    re.I,
)
_FOLLOW_UP = re.compile(
    r"\b(?:follow-?up|separate(?:ly)?|later series|next cycle|future|another (?:patch|series)|on top|incremental(?:ly)?|next merge window|after this)\b",
    re.I,
)
# An author who maintains the tree too.
_WILL_TAKE = re.compile(
    r"\b(?:apply|applying|queue|queueing|queuing|merge|merging|push|pushing|pull|pulling)(?: up)? (?:it|this|these|them|the (?:patch(?:es)?|series|set|rest|whole)|all)\b",
    re.I,
)
_TAKES = re.compile(
    r"(?:\b(?:I|we)(?:['’]ll| will| (?:plan|intend|mean) to|(?:['’]m| am) (?:going|planning) to)|\blet me|(?:^|[,;.] )will)(?: just| also| then| now)? (?:apply|queue|merge|push|take|pick)\b",
    re.I,
)
_TAKES_A_CHANGE = re.compile(
    r"\b(?:apply|take|merge|pick)(?: up)? (?:(?:the|this|these|that|your) )?(?:following|above|below|diffs?|changes?|hunks?|fix-?ups?|suggestions?|deltas?)\b(?! (?:patch|series|commit))",
    re.I,
)
# What comes by itself: "I'll queue it up after the merge window".
_IN_TIME = re.compile(
    r"\b(?:after|once|when|as soon as|until) (?:\S+ ){0,8}?(?:merge[- ]window|releases?|released|round|-?rc-?\d|cycle|holidays?|vacation|weekend|break)\b",
    re.I,
)
_DROPS_AND = re.compile(
    r"(?:\W*\w+,? ){0,3}?(?:I|we)(?:['’]ll| will|['’]m going to| am) (?:just )?(?:drop|dropping|withdraw|withdrawing|abandon) (?:this|the|it)\b(?:(?!\b(?:if|once|when|after|unless|until)\b).){0,60}?(?:,| and\b)",
    re.I,
)
# A maintainer who makes the last changes on his own, as he applies it.
_WILL = (
    r"\b(?:I|we)(?:['’]ll| will| can| could|(?:['’]m| am) going to)(?: just| also| then| simply| certainly| manually)?"
)
_MENDING = r"(?:fix|update|change|adjust|correct|reword|fold|squash|amend|tweak|rename|reformat|clean|remove|drop|move|edit|do|add|include)"
_MENDS_HIMSELF = re.compile(
    rf"{_WILL} {_MENDING}\b.{{0,60}}?\b(?:manually|by hand|by myself|on my own|for you|(?:when|while|on|upon|before)(?: I)?(?: am)?(?: later| finally)? (?:apply|commit|merge|queue|push)\w*)\b"
    rf"|{_WILL} {_MENDING}\b(?! so\b)(?!.*\b(?:v\d|version|re-?send|respin|repost|send|post|patch)\b)",
    re.I,
)
# An author who leaves it to others whether there shall be another version, or means the next work.
_OFFERS = re.compile(
    r"\blet me know (?:if|whether|when)\b|\bif you(?:['’]d| would| do)? (?:like|want|prefer|wish|rather|need|insist)\b"
    r"|\b(?:do|would) you (?:want|like|prefer) (?:me|us)\b|\bshould i\b",
    re.I,
)
# An author who names who else makes the change: "I think Andrew will fix the messages", "Andrew, please squash this in".
_HANDS_OVER = re.compile(
    rf"(?:^|[,;:] |\b(?:think|guess|hope|[Hh]opefully|believe|assume|know|that|and|so) )(?!I\b|We\b|This\b|That\b|It\b|You\b)[A-Z][\w-]{{1,30}} (?:will|can|could|would|may|is going to) (?:\w+ )?(?:{_MENDING}|provide|post|send)\b"
    r"|(?:^|[,;.:] )[A-Z][\w-]{1,30}, (?:[Pp]lease|(?:can|could|would) you)(?: \w+){0,2} (?:squash|fold|fix ?up|amend)\b"
)
_NEXT_WORK = re.compile(
    r"\bnext time\b|\bin (?:my )?(?:future|later|other) (?:patches|series|mails|work)\b|\bgoing forward\b", re.I
)
_NEXT_VERSION = re.compile(r"\bv\d|\b(?:next|new|another|updated) (?:version|revision|spin|round)\b", re.I)
_AGREES = re.compile(
    r"\bsounds? (?:good|great|fine|reasonable|right|ok(?:ay)?|like a (?:good )?(?:plan|idea))\b"
    r"|\b(?:I(?:['’]m| am)|we(?:['’]re| are)) (?:\w+ )?(?:fine|ok|okay|good|happy|cool) (?:with|to)\b(?! (?:apply|take|merge|queue|pick)\b)(?! (?:the|this|your|these) (?:[\w-]+ )?(?:patch(?:es)?|series|set|version|v\d)\b)|\bfine (?:by|with|for) me\b|\beither way\b"
    r"|\bno (?:strong |further )?(?:objections?|preferences?)\b|\bthat works\b|\bI like (?:this|that|the|it)\b",
    re.I,
)
_AS_HE_SENDS = re.compile(
    r"\b(?:when|once|after|before|as soon as) (?:I|we)(?:['’]ll| will| do)? (?:\w+ )?(?:re-?send|re-?spin|re-?post|post|send|submit|roll|spin)\b",
    re.I,
)
_GOES = re.compile(
    r"\b(?:dropping|removing|reverting|leaving out|to (?:drop|remove|revert|skip)) (?:this|it|that|these|them|patch"
    r"|the (?:[\w-]+ ){0,2}?(?:patch(?:es)?|one|first|second|last|others?|rest))\b",
    re.I,
)
_BASED = re.compile(
    r"\bpull request is based on\b|\b(?:based|rebased|built|applies|apply|sits) (?:up)?on (?:top of )?.{0,40}\b(?:branch|tree|master|mainline|linux-next|[\w/-]*next|v?\d\.\d+[\w.-]*|tag)\b",
    re.I,
)
_WAITS = re.compile(r"\b(?:wait|need|depend|require|block|prerequisite|until|once|first|before)\w*\b", re.I)
# Politeness at a mail's end that waits for nothing.
_POLITE = re.compile(
    r"\blet (?:me|us) know (?:if|in case) (?:there (?:is|are)|you (?:have|see|find|spot|feel)) (?:(?:any|other|more|some|further) )+"
    r"(?:questions?|comments?|concerns?|issues?|problems?|suggestions?|feedback|objections?|doubts?|thoughts?)\b",
    re.I,
)
_MENDED = r"(?:fixed|addressed|changed|sorted|resolved|removed|corrected|done|updated|reworded|renamed|dropped|rebased|received|sent|resent|posted)"
_BUT_FOR = re.compile(
    rf"\b(?:otherwise|other than|apart from|aside from|except|besides)\b|\b(?:once|after|when|with)\b.{{0,60}}\b{_MENDED}\b"
    r"|, ?(?:yet|but|however|though),?$",
    re.I,
)
# Somebody who tries a work takes it nowhere.
_TRIED = re.compile(
    r"\b(?:applied|added|merged|picked|pulled)\b.{0,60}\b(?:on top of|locally|on my (?:machine|box|laptop|system)|to (?:test|try|play))\b"
    r"(?=.{0,80}\b(?:ran|run|tests?|tested|tried|try|built|builds?|boots?|booted|regressions?)\b|\W*$)",
    re.I,
)
_TO_COME = re.compile(
    r"\b(?:needs?|has|have|ought|supposed) to (?:be |get )?(?:applied|merged|landed|carried|queued|picked|pulled|added|pushed|included)\b"
    r"|\b(?:can|could|should|must|may|might)(?: \w+)? (?:be |get )(?:applied|merged|landed|carried|queued|picked|pulled|added|pushed|included)\b",
    re.I,
)
_WORKS = re.compile(
    r"\b(?:works?|worked|boots?|booted|builds?|compiles?|runs?|passes|fails?)\b.{0,30}\b(?:when|if|with|after) .{0,30}\bapplied\b",
    re.I,
)
_OWN_VERSION = re.compile(
    r"\bwait(?:ing)?\b.{0,20}?\b(?:v\d{1,2}\b|(?:the |your |a |an )?(?:next|new|updated|revised) (?:version|revision|spin|round|series|patch)|(?:the |your |a )?respin)",
    re.I,
)
# A reviewer who asks those who take patches not to take this one leaves it to its author to mend it.
_NOT_SO = re.compile(
    r"(?:\bplease(?: \w+)? |(?:^|[,;:.] ?))(?:do not|don['’]t) (?:\w+ )?(?:apply|merge|take|pull|pick|queue)\b", re.I
)
# An author who makes a new version if others like what he shows.
_IF_LIKED = re.compile(
    r"\bif (?:(?:you|everyone|everybody|nobody|no one|people|others|that|this|it)(?:['’](?:re|s)| are| is)? )?(?:all )?(?:ok(?:ay)?|fine|happy|agrees?|likes?|prefers?|objects?|looks|sounds|seems"
    r"|makes sense|acceptable|good|no objections?)\b",
    re.I,
)
# What takes this work into an older one: "squashed into the initial commit".
_INTO_OLDER = re.compile(
    r"\b(?:squash(?:ed|ing)?|fold(?:ed|ing)?|roll(?:ed|ing)?)(?: up)? (?:(?:it|this|that|these|them|both) )?(?:in|into|to|with|onto) (?:the|my|that|its) (?:[\w-]+ ){1,3}",
    re.I,
)
# What is said beside "applied" of more that was done to it, or comes on top: "with some clean-up work", "also I append the following".
_BESIDE = re.compile(
    r"\b(?:applied|merged|picked|queued|pushed|pulled|taken|took)\b.{0,60}?(?:[,;.(] ?(?:and |but |also |then |though |so )+|\bwith\b|\bafter\b)",
    re.I,
)
# A piece of code that a work needs: "foo_get() is already in linux-next", and in its author's mouth "the stubs for that were merged".
_THERE = r"(?:is|are|was|were|has been|have been) (?:already |now )?(?:merged|applied|in|queued|upstream)\b"
_FUNCTION = re.compile(rf"\b\w+\(\)(?:,? and \w+\(\))? {_THERE}", re.I)
_PIECE = re.compile(
    rf"(?:\W*(?:yes|yeah|yep|no|right|well|ok|okay|sure|indeed|actually|but|and|so|hi \w+)\b)*\W*the (?!(?:[\w-]+ )?(?:{_WORK}|v\d+|whole|rest|first|second|third|last|above|ones?|thing)\b)"
    rf"[\w-]+ (?:(?:for|of|from|in|to) [\w-]+ )?{_THERE}",
    re.I,
)
_SAME_FIX = re.compile(
    r"\b(?:the same|an? (?:identical|equivalent)) (?:fix|patch|change) (?:was|is|has|have|had|went|from|by|already)\b"
    r"|\ban? fix (?:(?:for (?:it|this|that)|was|is|has|been) ){1,3}already\b"
    r"|\b(?:fixed|addressed|solved|resolved|handled)\b.{0,60}\bby (?:commit\b|[0-9a-f]{7,40}\b)",
    re.I,
)
_WHICH = re.compile(r"\W*(?:which|that) (?:is|was|were|has|have|went|landed)\b", re.I)
_COMMIT_NAMED = re.compile(r"(?:\bcommit\b|\b[0-9a-f]{7,40}\b)[^.!?]{0,100}$", re.I)
_NOBODY_OBJECTS = re.compile(
    r"\b(?:unless|if) (?:there (?:are|is|were) )?(?:no |any )?(?:(?:more|other|further) )?(?:somebody|someone|anyone|anybody|nobody|no ?one|people|objections?|comments?|concerns?|complaints?)\b"
    r"|\bunless (?:I|we) hear\b",
    re.I,
)
_INSTEAD = re.compile(
    r"\b(?:tak(?:e|ing)|took|appl(?:y|ying|ied)|merg(?:e|ing|ed)|queu(?:e|ing|ed)|use|go(?:ing)? with|pick(?:ed|ing)?)\b.{0,40}?"
    r"(?:\binstead of (?:yours|that one|(?:this|your) (?:patch|series|fix|version|one))\b|\b(?:his|her|their) version\b"
    r"|\b(?!(?:It|That|This|Let|There|Here|What|He|She|Who)\b)(?P<owner>[A-Z][\w-]{1,30})['’]s (?:version|patch|fix|series|one)\b)"
)
# "I will apply this instead: <link>"; without anything that is named behind it, "I'll take this instead" is of this very work.
_THAT_INSTEAD = re.compile(
    r"\b(?:tak(?:e|ing)|took|appl(?:y|ying|ied)|merg(?:e|ing|ed)|queu(?:e|ing|ed)|(?:go(?:ing)?|went) with|pick(?:ed|ing)?)(?: up)? "
    r"(?:(?:this|that)(?: one)? instead ?: ?(?:$|<?https?:)|(?:the following|the below|(?:his|her|their|my|that) (?:\w+ )?(?:one|patch|series|fix|version)|v\d{1,2})"
    r" instead\b(?! of\b))",
    re.I,
)
_NO_RESEND = re.compile(
    r"\b(?:no need|not necessary|need not|needn['’]t|don['’]t (?:have|need)|no reason) (?:for you )?(?:to )?(?:re-?)?(?:send|spin|post|submit|roll)\b",
    re.I,
)
_FIXED_BY = re.compile(r"\b(?:fixed|addressed|solved|resolved|handled)\b[^.!?]{0,100}$", re.I)
_AGAIN = re.compile(r"\b(?:please|pls|kindly)\b.{0,30}?\bre-?(?:post|send|submit|spin|base)\w*\b", re.I)
_IF = re.compile(r"\b(?:if|unless)\b", re.I)
_BEFORE = re.compile(
    r"\b(?:can(?:['’]t|not| not)|could(?:n['’]t| not)|must|should|needs? to|ha(?:s|ve) to)\b(?:(?!\b(?:if|unless)\b).){0,60}\b(?:before|until|till|after|behind)\b",
    re.I,
)
_NAMED = re.compile(
    r"\b[Tt]he (?P<what>(?:[\w./-]+ )?[\w./-]{3,})(?<!\bthe) (?:patch(?:es|set)?|series|fix|commit)\b(?=[^.?!]{0,60}?\b(?:applied|merged|landed|queued|pulled|picked|dropped|reverted|rejected|withdrawn|nacked|in)\b)"
)
_ANY_WORK = frozenset(  # that say nothing of which patch it is
    "above actual all attached both cleanup cover current entire final first following former full fourth individual initial kernel last latest latter linux main mine"
    " new newer next old older only original other others own patch prep preparatory previous proposed proper remaining resulting revised same second series simple single small"
    " third this two updated upstream v1 v2 v3 v4 v5 version whole your".split()
)
_OWNED = re.compile(rf"\b([A-Z][\w-]{{1,30}})(?:'s|’s) (?:[\w-]+ ){{0,3}}?{_WORK}\b")
_YOU = re.compile(
    r"\byou(?:['’]ve| have| had)?(?: just| already| also| now)? (?:merged|applied|added|picked|queued|squashed|folded|combined)\b",
    re.I,
)
TAKES = frozenset(("will-apply", "will-take"))  # rules of claims
_AIMS = re.compile(
    r"\b(?:I|we)\b.{0,30}?\b(?:include|send|push|queue|merge|apply|pick|put)\b.{0,60}(?:\b(?:pull(?: request)?s?|PR|merge window|tree|mainline|Linus)\b|-next\b)",
    re.I,
)
_FOLDS = re.compile(
    r"\b(?:I(?:['’]ll| will)|let(?:['’]s| us| me)) (?:just |then )?(?:fold|squash) (?:it|this|that|these|them|both)(?: (?:fix|patch|one))?(?: up)? in ?(?:to)? "
    r"(?:the|its) (?:original|initial|first|previous|offending|fixed) (?:patch|commit|one)\b",
    re.I,
)
_OF_PART = re.compile(
    r"\b(?:ack(?:ed)?|ok(?:ay)?|fine|good|lgtm|happy|approved?) (?:for|on|to|with) (?:the )?(?!(?:this|that|my|our|your|any|either|some)\b)[\w./-]+ (?:parts?|bits?|pieces?|portions?)\b",
    re.I,
)
_DONE_IN = re.compile(  # not "will be fixed in v3"
    r"(?<!\bbe )\b(?:done|fixed|addressed|updated|changed|resolved|corrected|dropped|added|removed) (?:it |this |that |them |all )?in (?:the )?v(\d{1,2})\b",
    re.I,
)
_TO_LOOK = re.compile(
    r"\b(?:would|could|can|will) you (?:please |kindly |also )*(?:mind )?(?:(?:taking|take|having|have|spending|spend) some time (?:to )?(?:and )?)?"
    r"(?:check|review|look|test|verify|try|confirm|(?:tak|hav)(?:e|ing) (?:a|another) look)\w*\b",
    re.I,
)
# What a reviewer says that he will do.
ON_MY_LIST = (
    r"\b(?:it|this|that|these|they|those|one|series|set|patch(?:es|set)?)(?:['’]s| is|['’]re| are)(?: \w+){0,3}? "
    r"(?:on my (?:(?:to-?do|review|reading|short) )?(?:list|plate|desk|radar|agenda)|in my (?:review|reading) (?:queue|backlog))\b"
)
LOOK = re.compile(
    r"\b(?:take|have) (?:a|another|a closer|a proper|a detailed|a quick) look\b"
    rf"|{ON_MY_LIST}"
    r"|\b(?:review|look at|look into|go through|get to|test|try|check|queue|pick|apply|take) (?:it|this|these|them|that|the|your|up)\b",
    re.I,
)
_TO_APPLY = re.compile(
    r"\b(?:pick|queue|apply|merge|pull|take(?! (?:a|an|another|some)\b)|push|land|carry|commit)\b.{0,40}?\b(?:it|this|these|them|up|in|patch(?:es)?|series|set|tree|next|v?\d+\.\d+)\b",
    re.I,
)
_TO_CONFIRM = re.compile(
    r"\b(?:could|can|would|will) you (?:please |also |help |kindly )*(?:confirm|check (?:if|whether|that|again)|verify|test|try|double[- ]check|tell|share|explain|elaborate|clarify)\b",
    re.I,
)
# An author who will drop "it" speaks of what he was asked about, a hunk or a helper.
_WILL_DROP_IT = re.compile(
    r"(?:\b(?:will|can|could|should|would|prefer|plan|going|rather|let['’]?s|just)\b|['’]ll\b).{0,30}?\b(?:drop|remove|revert|delete)(?:ping)? (?:it|that|them|this)\b"
    rf"(?! (?:[\w-]+ )?{_WORK}| one\b)|\b(?:drop|remove|revert)(?:ping)? (?:the|my|these|those) (?:changes?|hunks?|parts?|bits?) (?:to|in|of|for|from|about)\b",
    re.I,
)
_IS_OUT = re.compile(
    r"\bv\d{1,2}\b[^.;]{0,40}?(?:\b(?:is|was|are)|['’]s)?(?: now| already| just)? (?:out|here|available|posted|sent|up|on the list)\b",
    re.I,
)


def speaks_of_a_part(claim: Claim, on_one: bool = False) -> bool:
    """Whether an author's words of dropping something mean a part of his posting, to be left out of the next version; `on_one`
    tells that he answers one of several patches, which is what he drops then."""
    if claim.status != "dropped":
        return False
    text = " ".join(claim.text.split())
    meant = on_one and claim.certainty in ("asserted", "hedged") and not means_all(text)
    return meant or bool(_WILL_DROP_IT.search(text))


def promises_more(claim: Claim) -> bool:
    """Whether an author who plans something speaks of this posting, not of what shall follow it."""
    text = " ".join(claim.text.split())
    return claim.status in ("planned", "in-progress") and not _FOLLOW_UP.search(text) and not _WILL_TAKE.search(text)


def promises_look(claim: Claim) -> bool:
    """Whether somebody says that he will look at patches later."""
    return claim.status == "planned" and bool(LOOK.search(" ".join(claim.text.split())))


def mends_himself(claim: Claim) -> bool:
    """Whether somebody says that he changes the rest on his own: "I will update the subject manually"."""
    return claim.status == "needs-revision" and bool(_MENDS_HIMSELF.search(" ".join(claim.text.split())))


def offers(claim: Claim) -> bool:
    """Whether an author leaves it to others whether there shall be a new version: "let me know if I should resend"."""
    return claim.status == "needs-revision" and bool(_OFFERS.search(" ".join(claim.text.split())))


def is_for_next_time(claim: Claim) -> bool:
    """Whether a change is meant for the next work: "please add a changelog next time"."""
    text = " ".join(claim.text.split())
    later = claim.status == "needs-revision" and bool(_NEXT_WORK.search(text))
    return later and not _NEXT_VERSION.search(text)


def tells_of_taking(claim: Claim) -> bool:
    """Whether somebody says that he takes a work, or means to: "I'll aim to have this in the next pull request"."""
    if claim.certainty not in ("asserted", "hedged", "conditional"):
        return False
    text = " ".join(claim.text.split())
    plans = claim.status == "planned" and bool(_AIMS.search(text))
    return plans or (claim.status == "applied" and claim.certainty == "asserted") or takes_himself(claim)


def tells_of_version(claim: Claim, revision: int) -> bool:
    """Whether somebody says that a version that is there, up to a `revision`, has what was asked for: "Done in v2"."""
    named = _DONE_IN.search(" ".join(claim.text.split())) if claim.status == "needs-revision" else None
    return named is not None and int(named[1]) <= revision


def asks_to_look(claim: Claim) -> bool:
    """Whether an author asks others to look at his posting: "would you mind checking if this version is fine?"."""
    asking = claim.status == "needs-revision" and claim.certainty == "asked"
    return asking and bool(_TO_LOOK.search(" ".join(claim.text.split())))


def hands_over(claim: Claim) -> bool:
    """Whether an author leaves a change to somebody else, whom he names: "Andrew, please squash the following in"."""
    return claim.status == "needs-revision" and bool(_HANDS_OVER.search(" ".join(claim.text.split())))


def names_next_version(claim: Claim) -> bool:
    """Whether somebody tells of a version to come, which he makes: "I'm coding v11"."""
    making = claim.status in ("needs-revision", "in-progress", "planned") and claim.certainty == "asserted"
    return making and bool(_NEXT_VERSION.search(" ".join(claim.text.split())))


def asks_next_version(claim: Claim) -> bool:
    """Whether somebody asks for a version to come: "can you please send v4 without it?"."""
    asking = claim.status == "needs-revision" and claim.certainty in ("asserted", "asked")
    return asking and bool(_NEXT_VERSION.search(" ".join(claim.text.split())))


def waits_for_himself(claim: Claim) -> bool:
    """Whether a change hangs on nothing but that its author sends it: "will do when I send the next one"."""
    return claim.certainty == "conditional" and bool(_AS_HE_SENDS.search(" ".join(claim.text.split())))


def only_agrees(claim: Claim) -> bool:
    """Whether words agree with what was said, a plan most likely, and approve no work: "sounds good", "either way is fine"."""
    return claim.rule != "trailer" and bool(_AGREES.search(" ".join(claim.text.split())))


def leaves_out(claim: Claim) -> bool:
    """Whether what is approved is that something goes: "I am okay with dropping this"."""
    return bool(_GOES.search(" ".join(claim.text.split())))


def folds(claim: Claim) -> bool:
    """Whether somebody makes a fix part of what it fixes: "let's fold it into the original patch"."""
    plain = claim.status == "needs-revision" and claim.certainty == "asserted"
    return plain and bool(_FOLDS.search(" ".join(claim.text.split())))


def approves_part(claim: Claim) -> bool:
    """Whether somebody approves what a work does in one place alone: "I'm okay for the loom part"."""
    return claim.status == "ready" and bool(_OF_PART.search(" ".join(claim.text.split())))


def asks_not_to_take(claim: Claim) -> bool:
    """Whether somebody asks others not to take a work as it is: "please don't apply this, it does not build"."""
    return claim.status == "dropped" and bool(_NOT_SO.search(" ".join(claim.text.split())))


def proposes(claim: Claim, sentence: str) -> bool:
    """Whether an author makes a new version if what he shows is liked: "if you are fine with this, I will send v7"."""
    return claim.status == "needs-revision" and claim.certainty == "conditional" and bool(_IF_LIKED.search(sentence))


def approves_but(claim: Claim) -> bool:
    """Whether somebody approves all but what he asked to change: "Otherwise it looks good"."""
    if claim.status != "ready" or claim.certainty != "conditional" or claim.rule == "trailer":
        return False
    return bool(_BUT_FOR.search(" ".join(claim.text.split())))


def names_base(claim: Claim) -> bool:
    """Whether words only tell on what tree a work is based, and not that it waits for anything."""
    text = " ".join(claim.text.split())
    return claim.status == "blocked" and bool(_BASED.search(text)) and not _WAITS.search(text)


def is_polite(claim: Claim) -> bool:
    """Whether words wait for no answer, though they speak of one: "let me know if you have any other concerns"."""
    return claim.status == "needs-reply" and bool(_POLITE.search(" ".join(claim.text.split())))


def asks_author(claim: Claim) -> bool:
    """Whether somebody asks an author to try or to confirm something, where no review is asked for."""
    return claim.certainty == "asked" and bool(_TO_CONFIRM.search(" ".join(claim.text.split())))


def asks_to_drop(claim: Claim) -> bool:
    """Whether an author asks others to leave his work: "can you please drop this patch?"."""
    return (
        claim.status == "dropped" and claim.certainty == "asked" and bool(_TO_DROP.search(" ".join(claim.text.split())))
    )


def drops_at_once(claim: Claim) -> bool:
    """Whether an author withdraws his work, and only what he does then has a condition: "I'll drop this and redo it once ..."."""
    text = " ".join(claim.text.split())
    return claim.status == "dropped" and claim.certainty == "conditional" and bool(_DROPS_AND.match(text))


def takes_himself(claim: Claim) -> bool:
    """Whether an author says that he takes his work into a tree himself: "I will merge this series today"."""
    if claim.status != "ready" or claim.certainty != "asserted":
        return False
    text = " ".join(claim.text.split())
    return bool(_TAKES.search(text)) and not _TAKES_A_CHANGE.search(text)


def takes_in_time(claim: Claim) -> bool:
    """Whether somebody takes a work, and only the calendar holds it up: "I'll queue it up after the merge window"."""
    text = " ".join(claim.text.split())
    waiting = claim.status == "ready" and claim.certainty == "conditional" and bool(_IN_TIME.search(text))
    return waiting and bool(_TAKES.search(text)) and not re.search(r"\b(?:if|unless)\b", text, re.I)


def asks_to_apply(claim: Claim) -> bool:
    """Whether a question is whether somebody takes a work: "Could you pick it up for 6.9?"."""
    text = " ".join(claim.text.split())
    return (
        claim.certainty == "asked"
        and bool(_TO_APPLY.search(text))
        and not re.search(r"\b(?:look|review|test|check)\b", text, re.I)
    )


def refuses(claim: Claim) -> bool:
    """Whether "I am not going to apply this" is said without a word of what would change that."""
    text = " ".join(claim.text.split())
    negated = claim.rule in TAKES and claim.certainty == "negated"
    return negated and bool(_WILL_NOT.search(text)) and not _AS_IT_IS.search(text)


def fails_to_take(claim: Claim) -> bool:
    """Whether somebody would take a work, and it does not apply: "I can't apply this to my tree"."""
    text = " ".join(claim.text.split())
    negated = claim.status in ("ready", "applied") and claim.certainty == "negated"
    return negated and bool(_CANNOT.search(text)) and not _AS_IT_IS.search(text)


def is_to_come(claim: Claim) -> bool:
    """Whether words of something applied or merged say what may or has to come: "it can be carried in the tip tree"."""
    return claim.status in ("applied", "merged") and bool(_TO_COME.search(" ".join(claim.text.split())))


def only_tries(claim: Claim) -> bool:
    """Whether an applied claim tells of a trial: "I applied this series on top of 6.9 and ran the tests"."""
    text = " ".join(claim.text.split())
    return claim.status == "applied" and bool(_TRIED.search(text) or _WORKS.search(text))


def waits_for_itself(claim: Claim) -> bool:
    """Whether what is waited for is a newer version of the same work: "I will wait for v3"."""
    return claim.status == "blocked" and bool(_OWN_VERSION.search(" ".join(claim.text.split())))


def waits_for_objections(claim: Claim, sentence: str) -> bool:
    """Whether an approval hangs on nothing but that nobody objects: "will apply tomorrow unless somebody objects"."""
    return claim.status == "ready" and claim.certainty == "conditional" and bool(_NOBODY_OBJECTS.search(sentence))


def takes_other(claim: Claim, posting: Series) -> bool:
    """Whether somebody takes another's work in the place of this posting: "I'll take that instead of yours"."""
    if claim.status not in ("ready", "planned", "applied", "merged"):
        return False
    text = " ".join(claim.text.split())
    if _THAT_INSTEAD.search(text):
        return True
    taken = _INSTEAD.search(text)
    return taken is not None and (taken["owner"] is None or taken["owner"].lower() not in posting.author.lower())


def waives(claim: Claim) -> bool:
    """Whether somebody says that no new version is needed: "no need to resend, I can fix that up"."""
    negated = claim.status == "needs-revision" and claim.certainty == "negated"
    return negated and bool(_NO_RESEND.search(" ".join(claim.text.split())))


def asks_again_later(claim: Claim) -> bool:
    """Whether somebody asks for the work once more, and only the calendar holds it up: "please repost when net-next reopens"."""
    text = " ".join(claim.text.split())
    asking = claim.status == "needs-revision" and claim.certainty == "conditional" and bool(_AGAIN.search(text))
    return asking and not _IF.search(text)


def waits_in_time(claim: Claim) -> bool:
    """Whether a work cannot go on before something else, which is what being blocked means: "it can't go in before the bindings"."""
    text = " ".join(claim.text.split())
    return claim.status == "blocked" and claim.certainty == "conditional" and bool(_BEFORE.search(text))


def is_fixed_otherwise(claim: Claim) -> bool:
    """Whether what is in a tree is somebody else's cure of the same fault: "the same fix was applied last week"."""
    return claim.status in ("applied", "merged") and bool(_SAME_FIX.search(" ".join(claim.text.split())))


def speaks_of_commit(claim: Claim, before: str) -> bool:
    """Whether "which was merged in 6.9" is about a commit that the words `before` it name."""
    return claim.status in ("applied", "merged") and bool(_WHICH.match(claim.text) and _COMMIT_NAMED.search(before))


def tells_of_fix(before: str) -> bool:
    """Whether words say that a fault is mended already, by a commit that they name."""
    return bool(_FIXED_BY.search(before))


def asks_others(claim: Claim) -> bool:
    """Whether it is nobody by name, but not the author, whose word is waited for: "I'd like to hear what others think"."""
    return claim.status == "needs-reply" and bool(_OTHERS.search(" ".join(claim.text.split())))


def tells_done(claim: Claim) -> bool:
    """Whether an author says that a change is made, and not that he will make it: "we have reworked the loop"."""
    done = claim.status == "needs-revision" and claim.certainty == "asserted"
    return done and bool(_DONE.search(" ".join(claim.text.split())))


def has_mended(claim: Claim) -> bool:
    """Whether somebody says that he has mended the same already: "I have already sent a fix", "but I fixed it already"."""
    mended = claim.status in ("needs-revision", "posted") and claim.certainty == "asserted"
    return mended and bool(_HAS_MENDED.search(" ".join(claim.text.split())))


def sends_his_own(claim: Claim) -> bool:
    """Whether somebody sends a patch of his own in the place of what he answers: "I'll post my own fix", "let me write a cleaner one"."""
    text = " ".join(claim.text.split())
    sends = claim.status in ("planned", "posted", "in-progress", "needs-revision") and claim.certainty in (
        "asserted",
        "hedged",
    )
    return sends and bool(_HIS_OWN.search(text)) and not _BESIDES.search(text)


def tells_mended(claim: Claim) -> bool:
    """Whether what a patch is for is in a tree without it: "that is already corrected in next"."""
    return claim.status in ("applied", "merged") and bool(_ALREADY_MENDED.search(" ".join(claim.text.split())))


def _names_another(text: str, posting: Series | None) -> bool:
    """Whether a patch is named by a word that this posting's title does not have: "the loom patch was reverted"."""
    named = _NAMED.search(text) if posting is not None else None
    if named is None or posting is None:
        return False
    title = posting.title.lower()
    words = [word for word in re.split(r"[\W_]+", named["what"].lower()) if len(word) > 2]
    telling = [word for word in words if word not in _ANY_WORK]
    return bool(telling) and not any(word in title or word in posting.author.lower() for word in telling)


def speaks_of_other(claim: Claim, posting: Series | None, own: bool) -> bool:
    """Whether an applied or merged claim is about another work than this posting, or a dropped one about no work at all; `own` tells
    that the posting's author says it."""
    text = " ".join(claim.text.split())
    if claim.status == "dropped":
        never_mind = posting is not None and not own and _NEVER_MIND.search(text)
        return bool(_NO_WORK.search(text) or never_mind) or _names_another(text, posting)
    if claim.status not in ("applied", "merged"):
        return False
    if posting is not None and not own and tells_mended(claim):
        return False
    beside = _BESIDE.search(text)
    told = _INTO_OLDER.sub("", text[: beside.end()] if beside else text)
    if any(pattern.search(told) for pattern in _OTHER):
        return True
    if _FUNCTION.search(told) or (own and _PIECE.match(told)):
        return True
    if _names_another(told, posting):
        return True
    owned = _OWNED.search(text)
    if owned and (posting is None or owned[1].lower() not in posting.author.lower()):
        return True
    return bool(_YOU.search(text)) and not own


def tells_new_version(claim: Claim) -> bool:
    """Whether what replaces a posting is but its next version, "v2 is out": the work goes on."""
    return claim.status == "superseded" and bool(_IS_OUT.search(" ".join(claim.text.split())))
