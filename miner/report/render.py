"""Templates: those of the package, or a user's own of the same name in a folder of his. HTML is escaped by itself (autoescape)."""

from __future__ import annotations

import re
import traceback
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment

from miner.errors import ConfigError
from miner.report.escape import escape_markdown, without_surrogates
from miner.report.letter import Letter, tell_facts, tell_need, tell_title
from miner.report.mailtext import underline, wrap
from miner.report.sample import SAMPLES

FORMATS = {"text": "letter.txt.jinja", "html": "letter.html.jinja", "markdown": "letter.md.jinja"}
_GAPS = re.compile(r"\n{3,}")


def render_letter(letter: Letter, form: str, templates: str = "") -> str:
    """The letter as text, html or markdown. `templates` is a folder whose templates go before the package's; ConfigError for one
    that is none."""
    name = FORMATS[form]
    try:
        text = _environment(templates).get_template(name).render(letter=letter)
    except (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        if not templates:
            raise
        raise ConfigError(f"{_place_of(error, Path(templates).expanduser() / name)}: {error}") from error
    text = without_surrogates(text)
    if form == "html":
        return text.strip() + "\n"
    return _GAPS.sub("\n\n", "\n".join(line.rstrip() for line in text.split("\n"))).strip() + "\n"


def check_templates(templates: str) -> tuple[str, ...]:
    """The names of the templates in a folder that go before the package's. ConfigError for a folder that cannot be read, and for a
    template that is none, whichever format asks for it, or that fails on what a letter may have."""
    folder = Path(templates).expanduser()
    try:
        names = sorted(path.name for path in folder.iterdir() if path.suffix == ".jinja")
    except OSError as error:
        raise ConfigError(f"{folder}: {error.strerror}") from error
    for name in names:
        try:
            _environment(templates).get_template(name)
        except TemplateSyntaxError as error:
            raise ConfigError(f"{folder / name}, line {error.lineno}: {error.message}") from error
        except (TemplateError, OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{folder / name}: {error}") from error
    for form, name in FORMATS.items():
        if name in names:
            for letter in SAMPLES:
                render_letter(letter, form, templates)
    return tuple(names)


def _place_of(error: Exception, template: Path) -> str:
    """The template and the line in which rendering failed: jinja2 puts them into the traceback."""
    lines = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".jinja")]
    return f"{lines[-1].filename}, line {lines[-1].lineno}" if lines else str(template)


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
    filters: dict[str, Any] = {
        "wrap": wrap,
        "underline": underline,
        "markdown": escape_markdown,
        "join_pair": _pair,
        "facts": tell_facts,
        "need": tell_need,
        "titled": tell_title,
    }
    environment.filters.update(filters)
    return environment


def _pair(pair: tuple[str, int]) -> str:
    return f"{pair[1]} {pair[0]}"
