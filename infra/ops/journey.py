"""The pages of a stage, tried from outside as a reader's browser asks for them: `make journey STAGE=dev`.

`python -m infra.ops.journey WHERE`; WHERE is a stack's name, or the pages' address. The form is sent by the stack's own
canary alone, since any other enquiry would be alerted like anybody's; at an address nothing is sent.
"""

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

from botocore.exceptions import BotoCoreError, ClientError

from infra.ops.doctor.findings import Finding, Level, wrong
from infra.ops.doctor.outside import Answer, Unreachable, fetch
from infra.ops.stack import Stack, physical_id
from infra.site.sources import practice_file
from infra.site.views.policy import security_headers
from shared.aws import aws_client
from shared.http import HTML, JSON, POLICY

_DO: Final = "docs/operations.md#apierrorsalarm"
_CHAIN: Final = "docs/operations.md#canarysilentalarm"
_LINK: Final = re.compile(r'href="(/[a-zA-Z-]+/articles/[^"#?]+)"')
_ASSET: Final = re.compile(r'(?:src|href)="(/assets/[^"]+\.(?:css|js))"')
# What a page with the form has, whatever it looks like.
_FORM: Final = '<form id="enquiry-form" method="post" action="/api/leads"'


class Astray(Exception):
    """A step cannot be taken; the message says what was met instead."""


@dataclass(frozen=True)
class Site:
    """Pages at an address.

    Attributes:
        address: Of the home page, with the slash at its end.
        locales: The languages that the practice has.
        fetch: Asks for a page.
    """

    address: str
    locales: Sequence[str]
    fetch: Callable[..., Answer] = fetch

    def ask(self, path: str, status: int = 200, *, method: str = "GET", **headers: str) -> Answer:
        """What is answered there. Raises Astray where that is another status, or lacks a header of safety."""
        url = urljoin(self.address, path)
        answer = self.fetch(url, method, {name.replace("_", "-"): value for name, value in headers.items()})
        if answer.status != status:
            raise Astray(f"{method} {url} answers {answer.status}, not {status}")
        expected = dict(security_headers(answer.body))
        if status == 304:
            del expected[POLICY]  # that of the page, which is not sent again
        self._expect(url, answer, expected)
        return answer

    def page(self, path: str, locale: str) -> str:
        """A page's text. Raises Astray where it is none in that language."""
        answer = self.ask(path)
        self._expect(path, answer, {"content-type": HTML, "content-language": locale})
        text = answer.body.decode()
        if f'<html lang="{locale}"' not in text:
            raise Astray(f"{path} is no page in {locale}")
        return text

    @staticmethod
    def _expect(url: str, answer: Answer, headers: Mapping[str, str]) -> None:
        for name, value in headers.items():
            if (found := answer.headers.get(name)) != value:
                raise Astray(f"{url} answers with {name}: {found or 'nothing'}, not {value}")


def languages(site: Site) -> None:
    """The bare address leads each reader to their language."""
    for locale in site.locales:
        led = site.ask("", 302, accept_language=locale).headers.get("location", "")
        if urljoin(site.address, led) != urljoin(site.address, f"{locale}/"):
            raise Astray(f"a reader of {locale} is led to {led or 'nowhere'}")


def articles(site: Site) -> None:
    """Home leads to an article with the form, in every language."""
    for locale in site.locales:
        home = site.page(f"{locale}/", locale)
        links = [path for path in _LINK.findall(home) if path.startswith(f"/{locale}/")]
        if not links:
            raise Astray(f"/{locale}/ leads to no article in its language")
        if _FORM not in site.page(links[0], locale):
            raise Astray(f"{links[0]} has no form")


def assets(site: Site) -> None:
    """Style and script are there, for good."""
    found = _ASSET.findall(site.page(f"{site.locales[0]}/", site.locales[0]))
    if not found:
        raise Astray("the home page names neither style nor script")
    for path in found:
        if "immutable" not in (said := site.ask(path).headers.get("cache-control", "")):
            raise Astray(f"{path} may be kept: {said or 'nobody knows for how long'}")


def kept(site: Site) -> None:
    """What a reader has already is not sent again."""
    tag = site.ask(f"{site.locales[0]}/").headers.get("etag")
    if not tag:
        raise Astray("the home page has no etag")
    site.ask(f"{site.locales[0]}/", 304, if_none_match=tag)


def form(site: Site) -> None:
    """The form's function starts, and takes an enquiry."""
    allowed = site.ask("api/leads", 204, method="OPTIONS").headers.get("allow", "")
    if "POST" not in allowed:
        raise Astray(f"/api/leads takes {allowed or 'nothing'}")


def api(site: Site) -> None:
    """Programs get articles and the description of the API."""
    for path in (f"api/articles?locale={site.locales[0]}", "openapi.json"):
        kind = site.ask(path).headers.get("content-type", "")
        if not kind.startswith(JSON.partition(";")[0]):
            raise Astray(f"/{path} is {kind or 'nothing known'}")


def inbox(site: Site) -> None:
    """The practice's pages let nobody in who has not signed in."""
    led = site.ask("inbox", 303).headers.get("location", "")
    if not led.startswith("/inbox/sign-in"):
        raise Astray(f"whoever has not signed in is led to {led or 'nowhere'}")
    site.ask(led)


STEPS: Final = (languages, articles, assets, kept, form, api, inbox)


def walk(site: Site) -> Iterator[Finding]:
    """What each step comes to."""
    for step in STEPS:
        try:
            step(site)
        except (Astray, Unreachable) as error:
            yield wrong(f"{(step.__doc__ or '').rstrip('.')}? {error}", _DO)
        else:
            yield Finding(Level.OK, (step.__doc__ or "").rstrip("."))


def chain(stack: Stack) -> Finding:
    """What the canary says that it is asked to go the whole way at once."""
    # It gives the chain two minutes, and what is before and after some more; asked twice, it would go twice.
    client = aws_client("lambda", read_timeout=300, retries={"total_max_attempts": 1})
    function = physical_id(stack.name, "CanaryFunction")
    answer = client.invoke(FunctionName=function, Payload=json.dumps({"anyway": True}).encode())
    if "FunctionError" in answer:
        said = json.loads(answer["Payload"].read()).get("errorMessage", "")
        return wrong(f"An enquiry goes the whole way? The canary failed: {said}", _CHAIN)
    return Finding(Level.OK, "An enquiry goes the whole way: stored, alerted, proven, answered and erased")


def main(arguments: Sequence[str] | None = None) -> int:
    """Go, and say how it went; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m infra.ops.journey", description="Try a stage's pages.")
    parser.add_argument("where", help="the stack's name, such as needlepoint-prod, or the pages' address")
    where = parser.parse_args(arguments).where
    stack = None if "://" in where else Stack(where)
    try:
        address = stack.outputs["PageUrl"] if stack else where
        found = list(walk(Site(f"{address.rstrip('/')}/", practice_file.load().locales)))
        if stack:
            found.append(chain(stack))
    except (BotoCoreError, ClientError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.writelines(f"{line}\n" for finding in found for line in finding.lines())
    return int(any(finding.level is Level.WRONG for finding in found))


if __name__ == "__main__":
    sys.exit(main())
