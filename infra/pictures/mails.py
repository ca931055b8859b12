"""Every kind of mail as a phone shows it: in English on a light screen, in Arabic on a dark one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Literal

from playwright.sync_api import Browser

from functions.followup.mails import backup, confirmation, reminder
from functions.followup.week import Week, digest
from functions.notify.compose import compose, compose_bundle
from functions.notify.sign_in import compose as compose_sign_in
from infra.pictures.png import packed
from infra.site.languages.localize import Localizer
from infra.site.languages.message_files import LOCALES, read, translations
from infra.site.outputs.mail import mail_parts
from infra.site.places import Places
from infra.site.sources.article import read_articles
from shared.consent import CONSENT_ID, CONSENT_VERSION
from shared.enquiry_blocks import Linked
from shared.lead import Enquiry, Lead, reference_of, seconds
from shared.letterhead import Letterhead
from shared.mail import Mail
from shared.practice import Practice

PHONE: Final[Mapping[str, Any]] = {
    "viewport": {"width": 390, "height": 600},
    "device_scale_factor": 2,
    "is_mobile": True,
}
SCHEMES: Final[Mapping[str, Literal["light", "dark"]]] = {"en": "light", "ar": "dark"}
# People who are nobody, under a number that is nobody's.
_PEOPLE: Final[Mapping[str, Sequence[str]]] = {
    "en": ("Jordan Reyes", "Maria Okafor", "王小明"),
    "ar": ("سلمى حداد", "Jordan Reyes", "王小明"),
}
_WORDS: Final[Mapping[str, str]] = {
    "en": "Do you have time on a Thursday after work?",
    "ar": "هل لديكم وقت يوم خميس بعد الظهر؟",
}
_STORED, _PROMISED, _NOW = "2026-11-27T18:03:00.000Z", "2026-11-30T18:00:00.000Z", "2026-11-30T18:30:00.000Z"
_WEEK_STARTS = "2026-11-23T07:00:00.000Z"
_LINK: Final = "https://www.example.com/enquiry"


def take(browser: Browser, practice: Practice, folder: Path) -> Iterator[Path]:
    """Take a picture of every kind of mail, in those languages of `SCHEMES` that the practice publishes in.

    Yields:
        Each file as it is written, such as `mail-alert-en.png`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for locale in filter(practice.locales.__contains__, SCHEMES):
        letterhead = _letterhead(practice, locale)
        with browser.new_context(color_scheme=SCHEMES[locale], **PHONE) as context:
            page = context.new_page()
            for name, mail in mails(letterhead, _PEOPLE[locale], _WORDS[locale]).items():
                html = letterhead.message(mail, "frontdesk@example.com").get_body(("html",))
                page.set_content(html.get_content() if html else "")
                path = folder / f"mail-{name}-{locale}.png"
                path.write_bytes(packed(page.screenshot(animations="disabled", full_page=True)))
                yield path


def mails(letterhead: Letterhead, people: Sequence[str], message: str) -> dict[str, Mail]:
    """One mail of every kind, by name: about `people`, of whom the first wrote `message`."""
    leads = [_lead(number, name, message, letterhead.locale) for number, name in enumerate(people)]
    first, *others = linked = [Linked(lead, f"{_LINK}/{lead.reference}") for lead in leads]
    week = Week(
        starts=seconds(_WEEK_STARTS),
        articles={leads[0].enquiry.article: 7},
        languages={"en": 4, "es": 2, "ar": 1},
        campaigns={"newsletter": 3},
        answered=5,
        median=5100,
        open=2,
        late=[first],
        kept_back=others[:1],
        year_without_closures=2027,
        chosen={"topic": {"first_visit": 4, "price": 1}},
    )
    bounced = [replace(lead, bounced_at=_NOW, bounce="Permanent General 5.1.1") for lead in leads]
    return {
        "alert": compose(leads[0], letterhead, detail="full", link=first.link),
        "bundle": compose_bundle(linked, letterhead),
        "reminder": reminder([first], letterhead, now=seconds(_NOW)),
        "sign-in": compose_sign_in(
            _LINK, "482913", asked_at=seconds(_NOW), until=seconds(_NOW) + 1200, letterhead=letterhead
        ),
        "digest": digest(week, letterhead),
        "backup": backup(bounced, letterhead),
        "confirmation": confirmation(
            leads[0].reference, seconds(_PROMISED), letterhead, reply_to="frontdesk@example.com"
        ),
    }


def _letterhead(practice: Practice, locale: str) -> Letterhead:
    localizers = {
        tag: Localizer(tag, translations(read(LOCALES, tag)), practice.address.country) for tag in practice.locales
    }
    practice = replace(practice, language=locale)
    titles = {
        each.slug: {tag: text.front.title for tag, text in each.texts.items()}
        for each in read_articles(Places().articles, practice.locales)
    }
    parts = mail_parts(practice, localizers, titles, Places().mail)
    return Letterhead(practice, "website@example.com", locale, localizers[locale].catalogue, parts)


def _lead(number: int, name: str, message: str, locale: str) -> Lead:
    lead_id = f"{number:032x}"
    enquiry = Enquiry(
        name=name,
        phone="+16025550142",
        phone_extension=None,
        email="jordan@example.com",
        preferred_contact="phone",
        preferred_time="afternoon",
        message=message,
        locale=locale,
        article="dry-needling-for-sciatica",
        source={},
        consent_version=CONSENT_VERSION,
        more={"topic": "suitability"},
    )
    return Lead(
        id=lead_id,
        reference=reference_of(lead_id),
        enquiry=enquiry,
        fingerprint="",
        article_revision="",
        consent_id=CONSENT_ID,
        stored_at=_STORED,
        expires_at=0,
        phone_as_written="(602) 555-0142",
        answer_by=_PROMISED,
    )
