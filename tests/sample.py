"""A small article with the tests' practice, to break in one place at a time, or to ask a function for."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from functions.content.compiled_site import CompiledSite
from functions.content.routes import answer
from infra.site import Report, compile_from
from infra.site.languages.message_files import extract, po_path
from infra.site.places import Places
from infra.site.sources.article import Article, read_article
from infra.site.translations.stamps import accept
from shared.http import Request, Response
from tests.practice import PRACTICE, PRACTICE_FILE

SLUG = "needles"
LOCALES = PRACTICE.locales
TODAY = date(2026, 11, 23)

FACTS = """\
published: 2026-01-05
modified: 2026-02-06
last_reviewed: 2026-03-07
next_review_due: 2027-03-07
author: rosa-quill
reviewer: null
service_region: US-AZ
references:
  - id: one2020
    authors: "One A"
    year: 2020
    title: "First"
    source: "J 1:1"
    design: "trial"
    doi: "10.1000/one"
  - id: two2021
    authors: "Two B"
    year: 2021
    title: "Second"
    source: "J 2:2"
    design: "review"
    pmid: "12345"
"""

FRONT = """\
---
title: "Needles and backs"
description: "What needles do for backs."
summary: "A needle may help."
takeaways:
  - id: short
    text: "It may help for 10 days. [@one2020]"
red_flags:
  - id: numb
    text: "numbness in both legs"
see_doctor:
  - id: night
    text: "it hurts most at night"
contraindications:
  - id: fear
    text: "You are afraid of needles."
risks:
  - id: minor
    text: >-
      Bruises came in 37% of 20,464 sessions. [@one2020]
evidence: "The studies are small. [@one2020; @two2021]"
alternatives:
  - id: waiting
    text: "Waiting."
conflict_of_interest: "We sell this."
disclaimer: "This is no advice."
"""

BODY = """\
---

If you cannot feel your legs, **go to hospital now**.

## What is it? {#what .clinical}

A thin needle. [@two2021]

- one
- two

## Call us {#call .editorial}

Please call.
"""

TRANSLATION = """\
translation:
  method: machine  # not reviewed
  translator: null
  reviewer: null
  date: 2026-11-23
  sources: {}
"""


@dataclass
class Sample:
    """The sample's files below `folder`."""

    folder: Path
    slug: str = SLUG
    locales: tuple[str, ...] = LOCALES

    @property
    def article(self) -> Path:
        return self.folder / "articles" / self.slug

    @property
    def out(self) -> Path:
        return self.folder / "out"

    @property
    def sources(self) -> Places:
        return Places(
            articles=self.folder / "articles",
            home=self.folder / "home",
            released=self.folder / "released",
            locales=self.folder / "locales",
            practice=self.folder / "practice.toml",
        )

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.article / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} is in {name} {text.count(old)} times"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def read(self) -> Article:
        return read_article(self.article, self.locales)

    def accept(self, *locales: str) -> None:
        for locale in locales:
            accept(self.read(), locale)

    def compile(self, **options: Any) -> Report:
        return compile_from(self.sources, self.out, **{"today": TODAY, **options})

    def site(self) -> CompiledSite:
        return CompiledSite(str(self.out / "compiled" / "site"))

    def get(self, path: str, query: dict[str, str] | None = None, **headers: str) -> Response:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return answer(Request("GET", path, query or {}, names, b""), self.site())


def write_sample(folder: Path, catalogues: Path, *, slug: str = SLUG, locales: tuple[str, ...] = LOCALES) -> Sample:
    """Write the sample with these catalogues, its translations confirmed."""
    sample = Sample(folder, slug, locales)
    sample.article.mkdir(parents=True)
    (sample.article / "article.yaml").write_text(FACTS, encoding="utf-8")
    (sample.article / "en.md").write_text(FRONT + BODY, encoding="utf-8")
    for locale in locales[1:]:
        front = FRONT.replace("Needles and backs", f"[{locale}] Needles and backs")
        (sample.article / f"{locale}.md").write_text(front + TRANSLATION + BODY, encoding="utf-8")
    (folder / "locales").symlink_to(catalogues, target_is_directory=True)
    practice = PRACTICE_FILE.read_text(encoding="utf-8")
    sample.sources.practice.write_text(practice.replace(_list(LOCALES), _list(locales)), encoding="utf-8")
    sample.accept(*locales[1:])
    return sample


def write_catalogues(folder: Path) -> Path:
    """Catalogues in which every message is its English text with the locale before it, so that a leak shows."""
    messages = extract(PRACTICE)
    for locale in LOCALES[1:]:
        for message in messages:
            if message.id:
                message.string = f"[{locale}] {message.id}"
        path = po_path(folder, locale)
        path.parent.mkdir(parents=True)
        entries = (f"msgid {_quoted(each.id)}\nmsgstr {_quoted(each.string)}\n" for each in messages if each.id)
        path.write_text(
            'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n' + "\n".join(entries), "utf-8"
        )
    return folder


def front_matter(path: Path) -> Any:
    """The front matter of a Markdown file."""
    return yaml.safe_load(path.read_text(encoding="utf-8").split("---\n")[1])


def _list(locales: tuple[str, ...]) -> str:
    return json.dumps(list(locales))


def _quoted(text: Any) -> str:
    return '"' + str(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
