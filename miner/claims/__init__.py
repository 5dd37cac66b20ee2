"""Find status claims: the clauses in which somebody says where a piece of work stands.

    sentences   own text -> sentences with their offsets          (no spaCy: the cheap pass)
    parts       a sentence about several parts of a work -> a clause for each
    phrases     the phrase language of rules.toml -> token patterns
    rules       rules.toml -> compiled rules, each with the words that a sentence must hold
    matching    patterns tried on the tokens of a sentence
    tokens      the tokenizer, tuned for development mail
    context     certainty: asked, negated, conditional, hedged
    scopes      cues.toml -> which words deny, doubt or condition a claim
    details     who is waited for, depends_on, holder
    targets     the tree, branch or release, and what a claim is about
    features    a sentence and its place -> the words that the classifier sees
    gate        the cheap pass for the classifier
    classifier  scores of a sentence for each status and certainty
    verdict     what rules and scores say together
    explain     why a sentence is a claim or not
    named       words that one work of a table waits for another
    asks        what a reviewer asks for, for `miner diff`
    find        the stage itself

Trailers (`miner/trailers.py`) are claims as well. The rules are data: `rules.toml` names each one, with examples that it must match and sentences that it must not.
"""

from __future__ import annotations

from miner.claims.asks import find_asks
from miner.claims.classifier import load_classifier
from miner.claims.explain import explain_given, explain_message
from miner.claims.find import find_claims
from miner.claims.gate import load_gate
from miner.claims.named import find_waits
from miner.claims.rules import load_rules
from miner.claims.sentences import find_unread
from miner.claims.verdict import LEAST_APART

__all__ = [
    "LEAST_APART",
    "check_model",
    "explain_given",
    "explain_message",
    "find_asks",
    "find_claims",
    "find_unread",
    "find_waits",
]


def check_model() -> str:
    """How many rules and features there are, once all of them could be loaded. Raises OSError or ValueError if not."""
    gate = load_gate()
    return (
        f"{len(load_rules()[0])} rules, {len(load_classifier().rows)} words, {(gate.words != 0).sum()} words and"
        f" {(gate.pair_weights != 0).sum()} pairs of words of the cheap pass"
    )
