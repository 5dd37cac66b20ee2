"""What words mean that look like a state of the work in whose thread they stand: another work ("a clean-up patch went in", "Ada's
series is in 6.9"), a part of it, or what their speaker intends ("I will fix that as I apply it", "let me know if I should resend").
"""

from __future__ import annotations

import re

from miner.join.counting import means_all
from miner.join.senses import Sense, words_of
from miner.model import Claim, Series

_WORK = (
    r"(?:patch(?:es|set|sets)?|series|set|fix(?:es)?|commits?|changes?|clean-?ups?|features?|supports?|drivers?|backports?|revert|rework"
    r"|refactoring|helpers?|work|versions?|implementation|prerequisites?|dependency|pull request|PR)"
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
# Words about words, or about a piece of the code: "please disregard my suggestion", "nack for the docs part", "oh wait, ignore that".
_NO_WORK = re.compile(
    r"\b(?:disregard|ignore|forget|scratch|drop|skip)\b(?: about)? (?:my|this|that|the|these|those|your|his|her) (?:[\"'“‘]?[\w-]+[\"'”’]? ){0,2}?(?:suggestion|comment"
    r"|question|remark|e?-?mail|message|note|noise|reply|review|concern|part|hunk|line|warning|report|error|nit|idea|request|ping|tag)s?\b"
    r"|\b(?:oh|ah|hm+|wait)\b,?(?: \w+,?){0,2}? (?:ignore|disregard|forget|scratch) that\b"
    r"|\bnac?k(?:ed)? (?:for|to|on) (?:the )?[\w/.-]+ (?:bits?|parts?|changes?|hunks?|pieces?)\b",
    re.I,
)
# "Please ignore it", said by a reviewer, is of his own remark; by an author that asks somebody it is of the patch.
_NEVER_MIND = re.compile(
    r"\b(?:ignore|disregard|forget|scratch|skip)\b(?: about)? (?:it|this|that|me)\b(?! [\w-]+)", re.I
)
_AS_IT_IS = r"\b(?:without|until|unless|before|yet|now|as[ -]is|if|when|while|today|in this form)\b"
_TAKES = r"(?:\b(?:I|we)(?:['’]ll| will| (?:plan|intend|mean) to|(?:['’]m| am) (?:going|planning) to)|\blet me|(?:^|[,;.] )will)(?: just| also| then| now)? (?:apply|queue|merge|push|take|pick)\b"
# A maintainer who makes the last changes on his own, as he applies it.
_WILL = (
    r"\b(?:I|we)(?:['’]ll| will| can| could|(?:['’]m| am) going to)(?: just| also| then| simply| certainly| manually)?"
)
_MENDING = r"(?:fix|update|change|adjust|correct|reword|fold|squash|amend|tweak|rename|reformat|clean|remove|drop|move|edit|do|add|include)"
_NEXT_VERSION = r"\bv\d|\b(?:next|new|another|updated) (?:version|revision|spin|round)\b"
_MENDED = r"(?:fixed|addressed|changed|sorted|resolved|removed|corrected|done|updated|reworded|renamed|dropped|rebased|received|sent|resent|posted)"
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
_WHICH = re.compile(r"\W*(?:which|that) (?:is|was|were|has|have|went|landed)\b", re.I)
_COMMIT_NAMED = re.compile(r"(?:\bcommit\b|\b[0-9a-f]{7,40}\b)[^.!?]{0,100}$", re.I)
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
_FIXED_BY = re.compile(r"\b(?:fixed|addressed|solved|resolved|handled)\b[^.!?]{0,100}$", re.I)
_IF = r"\b(?:if|unless)\b"
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
_DONE_IN = re.compile(  # not "will be fixed in v3"
    r"(?<!\bbe )\b(?:done|fixed|addressed|updated|changed|resolved|corrected|dropped|added|removed) (?:it |this |that |them |all )?in (?:the )?v(\d{1,2})\b",
    re.I,
)
# What a reviewer says that he will do.
ON_MY_LIST = (
    r"\b(?:it|this|that|these|they|those|one|series|set|patch(?:es|set)?)(?:['’]s| is|['’]re| are)(?: (?!not\b|no\b|never\b)\w+){0,3}? "
    r"(?:on my (?:(?:to-?do|review|reading|short) )?(?:list|plate|desk|radar|agenda)|in my (?:review|reading) (?:queue|backlog))\b"
)
LOOK = re.compile(
    r"\b(?:take|have) (?:a|another|a closer|a proper|a detailed|a quick) look\b"
    rf"|{ON_MY_LIST}"
    r"|\b(?:review|look at|look into|go through|get to|test|try|check|queue|pick|apply|take) (?:it|this|these|them|that|the|your|up)\b",
    re.I,
)
# An author who will drop "it" speaks of what he was asked about, a hunk or a helper.
_WILL_DROP_IT = re.compile(
    r"(?:\b(?:will|can|could|should|would|prefer|plan|going|rather|let['’]?s|just)\b|['’]ll\b).{0,30}?\b(?:drop|remove|revert|delete)(?:ping)? (?:it|that|them|this)\b"
    rf"(?! (?:[\w-]+ )?{_WORK}| one\b)|\b(?:drop|remove|revert)(?:ping)? (?:the|my|these|those) (?:changes?|hunks?|parts?|bits?) (?:to|in|of|for|from|about)\b",
    re.I,
)
# An author who plans something speaks of this posting, not of what shall follow it.
promises_more = Sense(
    "",
    "planned in-progress",
    but=r"\b(?:follow-?up|separate(?:ly)?|later series|next cycle|future|another (?:patch|series)|on top|incremental(?:ly)?|next merge window|after this)\b"
    r"|\b(?:apply|applying|queue|queueing|queuing|merge|merging|push|pushing|pull|pulling)(?: up)? (?:it|this|these|them|the (?:patch(?:es)?|series|set|rest|whole)|all)\b",
)
# Somebody says that he will look at patches later.
promises_look = Sense(LOOK.pattern, "planned")
# Somebody says that he changes the rest on his own: "I will update the subject manually".
mends_himself = Sense(
    rf"{_WILL} {_MENDING}\b.{{0,60}}?\b(?:manually|by hand|by myself|on my own|for you|(?:when|while|on|upon|before)(?: I)?(?: am)?(?: later| finally)? (?:apply|commit|merge|queue|push)\w*)\b"
    rf"|{_WILL} {_MENDING}\b(?! so\b)(?!.*\b(?:v\d|version|re-?send|respin|repost|send|post|patch)\b)",
    "needs-revision",
)
# An author leaves it to others whether there shall be a new version: "let me know if I should resend".
offers = Sense(
    r"\blet me know (?:if|whether|when)\b|\bif you(?:['’]d| would| do)? (?:like|want|prefer|wish|rather|need|insist)\b"
    r"|\b(?:do|would) you (?:want|like|prefer) (?:me|us)\b|\bshould i\b",
    "needs-revision",
)
# A change is meant for the next work: "please add a changelog next time".
is_for_next_time = Sense(
    r"\bnext time\b|\bin (?:my )?(?:future|later|other) (?:patches|series|mails|work)\b|\bgoing forward\b",
    "needs-revision",
    but=_NEXT_VERSION,
)
# An author asks others to look at his posting: "would you mind checking if this version is fine?".
asks_to_look = Sense(
    r"\b(?:would|could|can|will) you (?:please |kindly |also )*(?:mind )?(?:(?:taking|take|having|have|spending|spend) some time (?:to )?(?:and )?)?"
    r"(?:check|review|look|test|verify|try|confirm|(?:tak|hav)(?:e|ing) (?:a|another) look)\w*\b",
    "needs-revision",
    "asked",
)
# An author leaves a change to somebody else, whom he names: "Andrew, please squash the following in".
hands_over = Sense(
    rf"(?:^|[,;:] |\b(?:think|guess|hope|[Hh]opefully|believe|assume|know|that|and|so) )(?!I\b|We\b|This\b|That\b|It\b|You\b)[A-Z][\w-]{{1,30}} (?:will|can|could|would|may|is going to) (?:\w+ )?(?:{_MENDING}|provide|post|send)\b"
    r"|(?:^|[,;.:] )[A-Z][\w-]{1,30}, (?:[Pp]lease|(?:can|could|would) you)(?: \w+){0,2} (?:squash|fold|fix ?up|amend)\b",
    "needs-revision",
    flags=0,
)
# Somebody tells of a version to come, which he makes: "I'm coding v11".
names_next_version = Sense(_NEXT_VERSION, "needs-revision in-progress planned", "asserted")
# Somebody asks for a version to come: "can you please send v4 without it?".
asks_next_version = Sense(_NEXT_VERSION, "needs-revision", "asserted asked")
# A change hangs on nothing but that its author sends it: "will do when I send the next one".
waits_for_himself = Sense(
    r"\b(?:when|once|after|before|as soon as) (?:I|we)(?:['’]ll| will| do)? (?:\w+ )?(?:re-?send|re-?spin|re-?post|post|send|submit|roll|spin)\b",
    certainty="conditional",
)
# Words agree with what was said, a plan most likely, and approve no work: "sounds good", "either way is fine".
only_agrees = Sense(
    r"\bsounds? (?:good|great|fine|reasonable|right|ok(?:ay)?|like a (?:good )?(?:plan|idea))\b"
    r"|\b(?:I(?:['’]m| am)|we(?:['’]re| are)) (?:\w+ )?(?:fine|ok|okay|good|happy|cool) (?:with|to)\b(?! (?:apply|take|merge|queue|pick)\b)(?! (?:the|this|your|these) (?:[\w-]+ )?(?:patch(?:es)?|series|set|version|v\d)\b)|\bfine (?:by|with|for) me\b|\bthat(?:['’]s| is| would be) (?:also )?(?:fine|ok(?:ay)?),? (?:of course|too|as well|either way)\b|\beither way\b"
    r"|(?<!there are )(?<!there is )(?<!\bif )\bno (?:strong |further )?(?:objections?|preferences?)\b|\bthat works\b|\bI like (?:this|that|the|it)\b",
    spoken=True,
)
# What is approved is that something goes: "I am okay with dropping this".
leaves_out = Sense(
    r"\b(?:dropping|removing|reverting|leaving out|to (?:drop|remove|revert|skip)) (?:this|it|that|these|them|patch"
    r"|the (?:[\w-]+ ){0,2}?(?:patch(?:es)?|one|first|second|last|others?|rest))\b"
)
# Somebody makes a fix part of what it fixes: "let's fold it into the original patch".
folds = Sense(
    r"\b(?:I(?:['’]ll| will)|let(?:['’]s| us| me)) (?:just |then )?(?:fold|squash) (?:it|this|that|these|them|both)(?: (?:fix|patch|one))?(?: up)? in ?(?:to)? "
    r"(?:the|its) (?:original|initial|first|previous|offending|fixed) (?:patch|commit|one)\b",
    "needs-revision",
    "asserted",
)
# Somebody asks leave to do so: "may I fold this into the original patchset?".
asks_to_fold = Sense(
    r"\b(?:may|can|could|shall|should) (?:I|we) (?:just |also )?(?:fold|squash) (?:it|this|that|these|them|both)(?: (?:fix|patch|one))?(?: up)? in ?(?:to)? "
    r"(?:the|its|my) (?:original|initial|first|previous|offending|fixed) (?:patch(?:es|set)?|commits?|series|one)\b",
    "needs-revision",
    "asked",
)
# What there is will do, and nothing is to be changed: "yes, that will do".
suffices = Sense(
    r"\b(?:that|this|it|which|either|these|those)(?: \w+)? (?:will|would|should) do\b(?! (?:it|that|this|so|the|a|an)\b)",
    "needs-revision",
)
# Somebody is asked to do something himself: "can you send a fix?".
asks_you = Sense(r"\b(?:can|could|would|will|do) you\b", certainty="asked")
# Somebody approves what a work does in one place alone: "I'm okay for the loom part".
approves_part = Sense(
    r"\b(?:ack(?:ed)?|ok(?:ay)?|fine|good|lgtm|happy|approved?) (?:for|on|to|with) (?:the )?(?!(?:this|that|my|our|your|any|either|some)\b)[\w./-]+ (?:parts?|bits?|pieces?|portions?)\b",
    "ready",
)
# Somebody asks others not to take a work as it is: "please don't apply this, it does not build".
asks_not_to_take = Sense(
    r"(?:\bplease(?: \w+)? |(?:^|[,;:.] ?))(?:do not|don['’]t) (?:\w+ )?(?:apply|merge|take|pull|pick|queue)\b",
    "dropped",
)
# An author makes a new version if what he shows is liked: "if you are fine with this, I will send v7".
proposes = Sense(
    r"\bif (?:(?:you|everyone|everybody|nobody|no one|people|others|that|this|it)(?:['’](?:re|s)| are| is)? )?(?:all )?(?:ok(?:ay)?|fine|happy|agrees?|likes?|prefers?|objects?|looks|sounds|seems"
    r"|makes sense|acceptable|good|no objections?)\b",
    "needs-revision",
    "conditional",
)
# Somebody approves all but what he asked to change: "Otherwise it looks good".
approves_but = Sense(
    rf"\b(?:otherwise|other than|apart from|aside from|except|besides)\b|\b(?:once|after|when|with)\b.{{0,60}}\b{_MENDED}\b"
    r"|, ?(?:yet|but|however|though),?$",
    "ready",
    "conditional",
    spoken=True,
)
# Words only tell on what tree a work is based, and not that it waits for anything.
names_base = Sense(
    r"\bpull request is based on\b|\b(?:based|rebased|built|applies|apply|sits) (?:up)?on (?:top of )?.{0,40}\b(?:branch|tree|master|mainline|linux-next|[\w/-]*next|v?\d\.\d+[\w.-]*|tag)\b",
    "blocked",
    but=r"\b(?:wait|need|depend|require|block|prerequisite|until|once|first|before)\w*\b",
)
# Words wait for no answer, though they speak of one: "let me know if you have any other concerns".
is_polite = Sense(
    r"\blet (?:me|us) know (?:if|in case) (?:there (?:is|are)|you (?:have|see|find|spot|feel)) (?:(?:any|other|more|some|further) )+"
    r"(?:questions?|comments?|concerns?|issues?|problems?|suggestions?|feedback|objections?|doubts?|thoughts?)\b",
    "needs-reply",
)
# Somebody asks an author to try or to confirm something, where no review is asked for.
asks_author = Sense(
    r"\b(?:could|can|would|will) you (?:please |also |help |kindly )*(?:confirm|check (?:if|whether|that|again)|verify|test|try|double[- ]check|tell|share|explain|elaborate|clarify)\b",
    certainty="asked",
)
# An author asks others to leave his work: "can you please drop this patch?".
asks_to_drop = Sense(
    r"\bplease (?:also |just )?(?:drop|ignore|disregard|discard|remove|revert|skip) (?:this|the|my|these|both)\b"
    r"|\b(?:could|can|would) (?:you|we) (?:please |just )?(?:drop|discard|revert|remove) (?:this|the|my|these|both) (?:\w+ )?(?:patch(?:es)?|series|set|one)\b",
    "dropped",
    "asked",
)
# An author withdraws his work, and only what he does then has a condition: "I'll drop this and redo it once ...".
drops_at_once = Sense(
    r"^(?:\W*\w+,? ){0,3}?(?:I|we)(?:['’]ll| will|['’]m going to| am) (?:just )?(?:drop|dropping|withdraw|withdrawing|abandon) (?:this|the|it)\b(?:(?!\b(?:if|once|when|after|unless|until)\b).){0,60}?(?:,| and\b)",
    "dropped",
    "conditional",
)
# An author says that he takes his work into a tree himself: "I will merge this series today".
takes_himself = Sense(
    _TAKES,
    "ready",
    "asserted",
    but=r"\b(?:apply|take|merge|pick)(?: up)? (?:(?:the|this|these|that|your) )?(?:following|above|below|diffs?|changes?|hunks?|fix-?ups?|suggestions?|deltas?)\b(?! (?:patch|series|commit))",
)
# Somebody will do it, where he says besides that he waits for objections: "queueing this tomorrow unless anyone shouts".
speaks_of_taking = Sense(
    r"\b(?:appl(?:y|ying)|queu(?:e|e?ing)|merg(?:e|ing)|tak(?:e|ing)|pick(?:ing)?|push(?:ing)?|pull(?:ing)?|send(?:ing)?)\b",
    "ready",
    "asserted",
    but=r"\b(?:please|(?:can|could) you|you can|feel free to) (?:\w+ )?(?:apply|queue|merge|take|pick|push|pull|send)\b",
)
# A question is whether somebody takes a work: "Could you pick it up for 6.9?".
asks_to_apply = Sense(
    r"\b(?:pick|queue|apply|merge|pull|take(?! (?:a|an|another|some)\b)|push|land|carry|commit)\b.{0,40}?\b(?:it|this|these|them|up|in|patch(?:es)?|series|set|tree|next|v?\d+\.\d+)\b",
    certainty="asked",
    but=r"\b(?:look|review|test|check)\b",
)
# Somebody would take a work, and it does not apply: "I can't apply this to my tree".
fails_to_take = Sense(
    r"\b(?:can['’]t|cannot|can not|couldn['’]t|could not|(?:not able|unable|fail(?:s|ed)?) to|does(?:n['’]t| not)) (?:\w+ ){0,2}?apply\b",
    "ready applied",
    "negated",
    but=_AS_IT_IS,
)
# Words of something applied or merged say what may or has to come: "it can be carried in the tip tree".
is_to_come = Sense(
    r"\b(?:needs?|has|have|ought|supposed) to (?:be |get )?(?:applied|merged|landed|carried|queued|picked|pulled|added|pushed|included)\b"
    r"|\b(?:can|could|should|must|may|might)(?: \w+)? (?:be |get )(?:applied|merged|landed|carried|queued|picked|pulled|added|pushed|included)\b",
    "applied merged",
)
# An applied claim tells of a trial: "I applied this series on top of 6.9 and ran the tests".
only_tries = Sense(
    r"\b(?:applied|added|merged|picked|pulled)\b.{0,60}\b(?:on top of|locally|on my (?:machine|box|laptop|system)|to (?:test|try|play))\b"
    r"(?=.{0,80}\b(?:ran|run|tests?|tested|tried|try|built|builds?|boots?|booted|regressions?)\b|\W*$)"
    r"|\b(?:works?|worked|boots?|booted|builds?|compiles?|runs?|passes|fails?)\b.{0,30}\b(?:when|if|with|after) .{0,30}\bapplied\b",
    "applied",
)
# What is waited for is a newer version of the same work: "I will wait for v3".
waits_for_itself = Sense(
    r"\bwait(?:ing)?\b.{0,20}?\b(?:v\d{1,2}\b|(?:the |your |a |an )?(?:next|new|updated|revised) (?:version|revision|spin|round|series|patch)|(?:the |your |a )?respin)",
    "blocked",
)
# An approval hangs on nothing but that nobody objects: "will apply tomorrow unless somebody objects".
waits_for_objections = Sense(
    r"\b(?:unless|if) (?:there (?:are|is|were) )?(?:no |any |an )?(?:(?:more|other|further) )?(?:somebody|someone|anyone|anybody|nobody|no ?one|people|objections?|comments?|concerns?|complaints?|outcry)\b"
    r"|\bunless (?:I|we) hear\b|\bif (?:I|we) (?:(?:do not|don['’]t|have not|haven['’]t) (?:hear|heard)|hear (?:no|nothing))\b"
    r"|\b(?:barring|absent) (?:any )?(?:(?:more|other|further) )?(?:objections?|comments?|concerns?|complaints?)\b|\b(?:shout|scream|yell|holler|speak (?:up|now))\b",
    "ready",
    "conditional asserted",
    spoken=True,
)
# Somebody objects to what is about to be done: "please hold off", "I object".
OBJECTS = re.compile(
    r"\bI(?:['’](?:d|ll))?(?: (?:do|would|will|must|have to|strongly|still|really)){0,2} object\b(?! to (?:nothing|neither))"
    r"|\b(?:please|pls)(?: \w+)? (?:do not|don['’]t|hold|wait)\b|(?:^|[.!?,;]\s)(?:but |so )?(?:hold (?:off|on)|wait|not so fast|not yet|don['’]t)\b(?! (?:worry|mind|care|object|forget))"
    r"|\b(?:I|we)(?:['’]ve| have|['’]d have)(?: (?:a|an|some|strong|one|serious|several|still|got)){1,3} objections?\b|\bhold(?:ing)? (?:this |it |that )?(?:off|back|your horses)\b"
    r"|\b(?:would|['’]d) (?:like|love|want|prefer) to \w+(?: \w+){0,4} (?:first|before)\b",
    re.I,
)
# Somebody says that no new version is needed: "no need to resend, I can fix that up".
waives = Sense(
    r"\b(?:no need|not necessary|need not|needn['’]t|don['’]t (?:have|need)|no reason) (?:for you )?(?:to )?(?:re-?)?(?:send|spin|post|submit|roll)\b",
    "needs-revision",
    "negated",
)
# Another patch has the change, so that a new version is not needed: "no need to resend, it is part of another patch".
has_another = Sense(
    r"\b(?:included|contained|covered|done|fixed|addressed|merged|folded|squashed|superseded|replaced|handled|part|already)\b[^.;]{0,30}?"
    rf"\b(?:in|into|by|of|with) (?:another|an? (?:different|later|newer|other)|some other|the (?:other|following)|your|(?:his|her|their)) (?:[\w-]+ ){{0,2}}?{_WORK}\b",
    "needs-revision",
    "negated",
)
# Somebody asks for the work once more, and only the calendar holds it up: "please repost when net-next reopens".
asks_again_later = Sense(
    r"\b(?:please|pls|kindly)\b.{0,30}?\bre-?(?:post|send|submit|spin|base)\w*\b",
    "needs-revision",
    "conditional",
    but=_IF,
)
# A work cannot go on before something else, which is what being blocked means: "it can't go in before the bindings".
waits_in_time = Sense(
    r"\b(?:can(?:['’]t|not| not)|could(?:n['’]t| not)|must|should|needs? to|ha(?:s|ve) to)\b(?:(?!\b(?:if|unless)\b).){0,60}\b(?:before|until|till|after|behind)\b",
    "blocked",
    "conditional",
)
# What is in a tree is somebody else's cure of the same fault: "the same fix was applied last week".
is_fixed_otherwise = Sense(
    r"\b(?:the same|an? (?:identical|equivalent)) (?:fix|patch|change) (?:was|is|has|have|had|went|from|by|already)\b"
    r"|\ban? fix (?:(?:for (?:it|this|that)|was|is|has|been) ){1,3}already\b"
    r"|\b(?:fixed|addressed|solved|resolved|handled)\b.{0,60}\bby (?:commit\b|[0-9a-f]{7,40}\b)",
    "applied merged",
)
# It is nobody by name, but not the author, whose word is waited for: "I'd like to hear what others think".
asks_others = Sense(
    r"\b(?:hear|know|see|input|opinions?|comments?|views?|thoughts)\b[^.?!]{0,30}\b(?:others?|experts?|maintainers?|everybody|everyone|somebody|someone|anybody|anyone|people|folks)\b"
    r"|\b(?:others?|experts|maintainers)['’]? (?:opinions?|input|views?|thoughts|comments)\b",
    "needs-reply",
)
# An author says that a change is made, and not that he will make it: "we have reworked the loop".
tells_done = Sense(
    r"\b(?:i|we)(?:['’]ve| have) (?:also |already |now |just )?(?:incorporated|addressed|fixed|updated|added|changed|applied|included|reworked|dropped|removed)\b",
    "needs-revision",
    "asserted",
)
# What an author applies is a change, to the version to come: "I've applied this to v3".
changes_next = Sense(
    rf"\b(?:applied|folded|squashed|merged|added|pulled)\b[^.;]{{0,50}}?\b(?:to|in|into|for) (?:(?:the|my) )?(?:{_NEXT_VERSION})",
    "applied merged",
    "asserted",
)
# Somebody says that he has mended the same already: "I have already sent a fix", "but I fixed it already".
has_mended = Sense(
    r"\b(?:i|we)(?:['’]ve| have)? already (?:fixed|sent|posted|submitted|solved|addressed|corrected) (?:it|this|that|(?:a|the|an) (?:\w+ )?(?:patch|fix|one)(?: for (?:it|this|that))?)\b"
    r"|\b(?:i|we)(?:['’]ve| have)? (?:fixed|solved|corrected) (?:it|this|that) already\b",
    "needs-revision posted",
    "asserted",
)
# Somebody sends a patch of his own in the place of what he answers: "I'll post my own fix", "let me write a cleaner one".
sends_his_own = Sense(
    r"\b(?:(?:i|we)(?:['’](?:ll|ve|m|d))?|let me)\b(?! (?:think|suggest|prefer|hope|would|wonder|guess))[^.;?]{0,40}?\b"
    r"(?:re-?)?(?:send|sent|post|posted|submit|submitted|cook(?:ed)? up|write|prepare)\b[^.;?]{0,25}?\b"
    r"(?:my (?:own|version|patch|fix)\b|an? (?:proper|different|alternative|better|cleaner) (?:patch|fix|version|one)\b|on your behalf\b"
    r"|(?:something|an? (?:new )?patch) instead\b)",
    "planned posted in-progress needs-revision",
    "asserted hedged",
    but=r"\b(?:on top|separate(?:ly)?|follow-?up|later|next cycle|as well|too|also|in addition|for the other)\b",
)
# What a patch is for is in a tree without it: "that is already corrected in next".
tells_mended = Sense(
    r"\b(?:this|that|it|these|they|problem|issue|bug|warning|error|typo)(?: (?:is|are|was|were|has|have)|['’]s) (?:been )?already (?:been )?(?:fixed|addressed|solved|resolved|corrected)\b"
    r"|\balready (?:fixed|addressed|solved|resolved|corrected) (?:in|by|with|upstream)\b",
    "applied merged",
)
# What replaces a posting is but its next version, "v2 is out": the work goes on.
tells_new_version = Sense(
    r"\bv\d{1,2}\b[^.;]{0,40}?(?:\b(?:is|was|are)|['’]s)?(?: now| already| just)? (?:out|here|available|posted|sent|up|on the list)\b",
    "superseded",
)
_refuses_plainly = Sense(
    r"\b(?:wo|would|should)n['’]t\b|\b(?:will|would|rather) not\b|(?:\bnot|n['’]t)\b(?: \w+['’]?\w*){0,4} (?:go|plan|apply|tak|merg|pull|queu|pick|intend|want)\w*(?:ing\b| to\b)",
    certainty="negated",
    but=_AS_IT_IS,
)
# What comes by itself: "I'll queue it up after the merge window".
_comes_in_time = Sense(
    r"\b(?:after|once|when|as soon as|until) (?:\S+ ){0,8}?(?:merge[- ]window|releases?|released|round|-?rc-?\d|cycle|holidays?|vacation|weekend|break)\b",
    "ready",
    "conditional",
    but=_IF,
)


def speaks_of_a_part(claim: Claim, on_one: bool = False) -> bool:
    """Whether an author's words of dropping something mean a part of his posting, to be left out of the next version; `on_one`
    tells that he answers one of several patches, which is what he drops then."""
    if claim.status != "dropped":
        return False
    text = words_of(claim)
    meant = on_one and claim.certainty in ("asserted", "hedged") and not means_all(text)
    return meant or bool(_WILL_DROP_IT.search(text))


def tells_of_taking(claim: Claim) -> bool:
    """Whether somebody says that he takes a work, or means to: "I'll aim to have this in the next pull request"."""
    if claim.certainty not in ("asserted", "hedged", "conditional"):
        return False
    text = words_of(claim)
    plans = claim.status == "planned" and bool(_AIMS.search(text))
    return plans or (claim.status == "applied" and claim.certainty == "asserted") or takes_himself(claim)


def tells_of_version(claim: Claim, revision: int) -> bool:
    """Whether somebody says that a version that is there, up to a `revision`, has what was asked for: "Done in v2"."""
    named = _DONE_IN.search(words_of(claim)) if claim.status == "needs-revision" else None
    return named is not None and int(named[1]) <= revision


def takes_in_time(claim: Claim) -> bool:
    """Whether somebody takes a work, and only the calendar holds it up: "I'll queue it up after the merge window"."""
    return _comes_in_time(claim) and re.search(_TAKES, words_of(claim), re.I) is not None


def refuses(claim: Claim) -> bool:
    """Whether "I am not going to apply this" is said without a word of what would change that."""
    return claim.rule in TAKES and _refuses_plainly(claim)


def takes_other(claim: Claim, posting: Series) -> bool:
    """Whether somebody takes another's work in the place of this posting: "I'll take that instead of yours"."""
    if claim.status not in ("ready", "planned", "applied", "merged"):
        return False
    text = words_of(claim)
    if _THAT_INSTEAD.search(text):
        return True
    taken = _INSTEAD.search(text)
    return taken is not None and (taken["owner"] is None or taken["owner"].lower() not in posting.author.lower())


def speaks_of_commit(claim: Claim, before: str) -> bool:
    """Whether "which was merged in 6.9" is about a commit that the words `before` it name."""
    return claim.status in ("applied", "merged") and bool(_WHICH.match(claim.text) and _COMMIT_NAMED.search(before))


def tells_of_fix(before: str) -> bool:
    """Whether words say that a fault is mended already, by a commit that they name."""
    return bool(_FIXED_BY.search(before))


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
    text = words_of(claim)
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
