"""Every rule matches its examples and leaves its counter-examples alone; a broken rule file is refused by name."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from miner.claims.find import load_ruleset
from miner.claims.phrases import PhraseError, parse_phrase
from miner.claims.rules import Rule, load_rules, read_rules

RULES = load_rules()[0]


@pytest.mark.parametrize(("rule", "text"), [pytest.param(r, t, id=f"{r.name}: {t}") for r in RULES for t in r.examples])
def test_example_matches(rules_of: Callable[[str], list[str]], rule: Rule, text: str) -> None:
    assert rule.name in rules_of(text)


@pytest.mark.parametrize(("rule", "text"), [pytest.param(r, t, id=f"{r.name}: {t}") for r in RULES for t in r.counter])
def test_counter_example_does_not(rules_of: Callable[[str], list[str]], rule: Rule, text: str) -> None:
    assert rule.name not in rules_of(text)


def test_every_rule_has_an_example() -> None:
    assert [rule.name for rule in RULES if not rule.examples] == []


@pytest.mark.parametrize("phrase", ["(a|b", "a)", "<nothing>", "a ^ b", ""])
def test_broken_phrase_is_refused(phrase: str) -> None:
    with pytest.raises(PhraseError):
        parse_phrase(phrase, {})


def test_a_short_is_counts_as_is(rules_of: Callable[[str], list[str]]) -> None:
    assert "applied" in rules_of("It's in my net tree now.")
    assert "applied" in rules_of("It’s in my net tree now.")


def test_a_rule_may_ask_for_more_than_its_word() -> None:
    text = '[[rule]]\nname = "x"\nstatus = "ready"\nconfidence = 0.5\npatterns = ["ok"]\nexamples = ["ok"]\n'
    (plain,), _ = read_rules(text)
    (careful,), _ = read_rules(text + "least = 0.2\n")
    assert plain.least < careful.least == 0.2


def test_a_firm_rule_is_tried_whatever_the_cheap_pass_says() -> None:
    ruleset = load_ruleset()
    assert ruleset.may_be_firm("There is no point in merging it now.")
    assert not ruleset.may_be_firm("There is no point in the list that it could be merged with.")
    assert not ruleset.may_be_firm("The two lists are merged.")
    assert ruleset.may_be_firm("I won't take this patch.")
    assert ruleset.may_be_firm("I’m not applying this.")


def test_unknown_key_is_refused() -> None:
    text = (
        '[[rule]]\nname = "x"\nstatus = "ready"\nconfidence = 0.5\npatterns = ["ok"]\nexamples = ["ok"]\ncolour = 1\n'
    )
    with pytest.raises(ValueError, match="rule x: unknown key colour"):
        read_rules(text)
