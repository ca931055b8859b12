"""What needs a translator's or a reviewer's hand, and the way to say that it has been seen to.

    python -m infra.site.translations.check                           list it
    python -m infra.site.translations.check --accept LOCALE [BLOCK ...]    these blocks match the source again

Drift is shown as a difference of the source: what it said when the block was translated, and what it says now.
"""

import argparse
import difflib
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from infra.site.errors import ContentError
from infra.site.places import Places
from infra.site.sources.article import Article, ArticleText, parse_text, read_article
from infra.site.sources.practice_file import load
from infra.site.sources.yaml_file import parse_markdown
from infra.site.translations.publication import Drift, Publication, drifts, publications
from infra.site.translations.stamps import accept
from shared.messages import SOURCE_LOCALE

_REVISIONS_SEARCHED = 200


def read_all(folder: Path) -> list[Article]:
    """Every article with every translation there is, published or not. Raises ContentError."""
    paths = sorted(each.parent for each in folder.glob("*/article.yaml"))
    return [read_article(path, {SOURCE_LOCALE, *(each.stem for each in path.glob("*.md"))}) for path in paths]


def report(articles: Iterable[Article], today: date, wanted: Sequence[str] = ()) -> Iterator[str]:
    """The lines of the list; `wanted` are the practice's locales, with or without a translation.

    Raises ContentError where a translation and its own source text differ.
    """
    for article in articles:
        yield article.slug
        due = article.facts.next_review_due
        yield f"  {SOURCE_LOCALE:<8} source; next review due {due}" + (" - OVERDUE" if due < today else "")
        locales = [locale for locale in article.texts if locale != SOURCE_LOCALE]
        for publication in publications(article, locales, today):
            yield f"  {publication.locale:<8} {publication.status}; {_provenance(publication)}"
            drifted = drifts(article.source, publication.text)
            former = _former_blocks(article.source, publication.text, drifted)
            for drift in drifted:
                yield f"    {drift}"
                if drift.change == "changed in the source":
                    yield from (f"      {line}" for line in _difference(drift.block, article.source, former))
        yield from (f"  {locale:<8} no translation yet" for locale in wanted if locale not in article.texts)


def needs_attention(articles: Iterable[Article], today: date) -> bool:
    """Whether any translation has drifted or any review is overdue."""
    return any(
        article.facts.next_review_due < today
        or any(drifts(article.source, text) for locale, text in article.texts.items() if locale != SOURCE_LOCALE)
        for article in articles
    )


def _provenance(publication: Publication) -> str:
    translation = publication.text.front.translation
    if translation is None:
        return "source"
    by = f" by {translation.translator.name}" if translation.translator else ""
    reviewed = f"reviewed by {translation.reviewer.name}" if translation.reviewer else "reviewed by nobody qualified"
    return f"translated {translation.date}, {translation.method}{by}, {reviewed}"


def _difference(block: str, source: ArticleText, former: Mapping[str, str]) -> Iterator[str]:
    if block not in former:
        yield "(the text it was translated from is not in the git history)"
        return
    old, new = _sentences(former[block]), _sentences(source.blocks[block].whole)
    yield from difflib.unified_diff(old, new, "as translated", "now", lineterm="", n=1)


def _sentences(text: str) -> list[str]:
    return [sentence for line in text.splitlines() for sentence in re.split(r"(?<=[.!?])\s+", line) if sentence]


def _former_blocks(source: ArticleText, translation: ArticleText, drifted: Sequence[Drift]) -> dict[str, str]:
    """For each changed block, the source text that the translation was made from, as far as git still has it."""
    stamps = translation.front.translation.sources if translation.front.translation else {}
    wanted = {drift.block: stamps[drift.block] for drift in drifted if drift.change == "changed in the source"}
    found: dict[str, str] = {}
    for content in _versions(source.file.path) if wanted else ():
        try:
            blocks = parse_text(parse_markdown(content, source.file.path), SOURCE_LOCALE).blocks
        except ContentError:
            continue  # a version from before the format was what it is
        for id_, stamp in wanted.items():
            if id_ in blocks and blocks[id_].fingerprint == stamp:
                found.setdefault(id_, blocks[id_].whole)
        if found.keys() == wanted.keys():
            break
    return found


def _versions(path: Path) -> Iterator[str]:
    """The committed contents of a file, newest first; none where there is no git or no history."""
    for revision in _git(
        path.parent, "log", f"--max-count={_REVISIONS_SEARCHED}", "--format=%H", "--", path.name
    ).split():
        yield _git(path.parent, "show", f"{revision}:./{path.name}")


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout.decode(errors="replace") if done.returncode == 0 else ""


def main(arguments: Sequence[str] | None = None, *, sources: Places | None = None) -> int:
    """List, or accept; returns the exit status: 1 where something is to be done."""
    parser = argparse.ArgumentParser(prog="python -m infra.site.translations.check", description="Check the articles.")
    parser.add_argument(
        "--accept", metavar="LOCALE", help="record that this translation matches the source as it is now"
    )
    parser.add_argument("blocks", nargs="*", metavar="BLOCK", help="only these blocks, such as opening or risks.minor")
    options = parser.parse_args(arguments)
    today = datetime.now(UTC).date()
    try:
        places = sources or Places()
        articles = read_all(places.articles)
        if options.accept:
            _say(_accepted(article, options.accept, options.blocks) for article in articles)
            return 0
        _say(report(articles, today, load(places.practice).locales))
    except ContentError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 1 if needs_attention(articles, today) else 0


def _accepted(article: Article, locale: str, blocks: Sequence[str]) -> str:
    return f"{article.slug} {locale}: {len(accept(article, locale, blocks))} blocks accepted"


def _say(lines: Iterable[str]) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
