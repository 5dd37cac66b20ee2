"""Templates: those of the package, or a user's own of the same name in a folder of his. HTML is escaped by itself (autoescape)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from miner.errors import ConfigError
from miner.report.escape import escape_markdown, without_surrogates
from miner.report.letter import Letter
from miner.report.mailtext import underline, wrap

FORMATS = {"text": "letter.txt.jinja", "html": "letter.html.jinja", "markdown": "letter.md.jinja"}
_GAPS = re.compile(r"\n{3,}")


def render_letter(letter: Letter, form: str, templates: str = "") -> str:
    """The letter as text, html or markdown. `templates` is a folder whose templates go before the package's; ConfigError for one
    that is none."""
    name = FORMATS[form]
    try:
        text = _environment(templates).get_template(name).render(letter=letter)
    except TemplateError as error:
        where = f"{Path(templates).expanduser() / name}: " if templates else f"{name}: "
        raise ConfigError(f"{where}{error}") from error
    text = without_surrogates(text)
    if form == "html":
        return text.strip() + "\n"
    return _GAPS.sub("\n\n", "\n".join(line.rstrip() for line in text.split("\n"))).strip() + "\n"


@cache
def _environment(templates: str) -> SandboxedEnvironment:
    own = PackageLoader("miner.report")
    loader = ChoiceLoader([FileSystemLoader(Path(templates).expanduser()), own]) if templates else own
    environment = SandboxedEnvironment(
        loader=loader,
        autoescape=lambda name: name is None or ".html" in name,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = {"wrap": wrap, "underline": underline, "markdown": escape_markdown, "join_pair": _pair}
    environment.filters.update(filters)
    return environment


def _pair(pair: tuple[str, int]) -> str:
    return f"{pair[1]} {pair[0]}"
