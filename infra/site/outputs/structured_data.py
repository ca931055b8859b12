"""schema.org: one JSON-LD graph per page, made from the same data as the page.

`Chiropractic` is a system of medicine in schema.org's vocabulary, not a type of business, and a FAQPage is no longer
shown by search engines; so neither is here. Practice and practitioner are described on the practice's page, and named
by the same `@id` elsewhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from infra.site.edition import Edition
from infra.site.sources.model import Reference
from infra.site.sources.portrait import PORTRAIT
from infra.site.sources.practice_file import PracticeFile
from infra.site.sources.practitioner_table import PractitionerTable
from infra.site.sources.visit_table import Payment, VisitTable
from infra.site.views.article_view import ArticleView
from infra.site.views.render import data_block
from shared.messages import SOURCE_LOCALE
from shared.messages import mark as _
from shared.practice import Practice

type Node = dict[str, Any]

_REFERENCES = _("References")

# In English, as schema.org's own examples are.
_PAYMENT: Mapping[Payment, str] = {
    "card": "Credit Card",
    "cash": "Cash",
    "check": "Check",
    "bank-transfer": "Bank Transfer",
    "health-savings": "Health Savings Account",
}


def article_graph(edition: Edition, article: ArticleView) -> Markup:
    """The graph of a landing page."""
    practice = edition.practice
    steps = _steps(practice, article)
    return _document([_medical_page(practice, article, edition.locales_of(article.slug)), _trail(practice, steps)])


def references_graph(edition: Edition, article: ArticleView) -> Markup:
    """The graph of the page of an article's references."""
    practice, name = edition.practice, edition.localizers[article.locale].say(_REFERENCES)
    steps = {**_steps(practice, article), name: article.references_url}
    return _document([_references_page(practice, article, name), _trail(practice, steps)])


def practice_graph(edition: Edition, locale: str) -> Markup:
    """The graph of the practice's page."""
    return _document(_practice(edition, locale))


def _document(nodes: Sequence[Node]) -> Markup:
    return data_block({"@context": "https://schema.org", "@graph": nodes})


def _medical_page(practice: Practice, article: ArticleView, locales: Sequence[str]) -> Node:
    """`locales` are those the article is published in."""
    url = practice.origin + article.url
    node: Node = {
        "@type": "MedicalWebPage",
        "@id": url,
        "url": url,
        "inLanguage": article.locale,
        "name": article.title,
        "description": article.description,
        "datePublished": article.published.iso,
        "dateModified": article.modified.iso,
        "author": _named_person(practice),
        "publisher": _named_business(practice),
        "audience": {"@type": "MedicalAudience", "audienceType": "Patient"},
    }
    # Only for a second person who read this text: the author's own reading is no review, and a translation is not the
    # text that was reviewed.
    if article.reviewer and not article.translation and "review_overdue" not in article.notices:
        node["lastReviewed"] = article.last_reviewed.iso
        node["reviewedBy"] = {"@type": "Person", "name": article.reviewer.name}
    others = [practice.origin + f"/{locale}/articles/{article.slug}" for locale in locales if locale != SOURCE_LOCALE]
    if article.locale == SOURCE_LOCALE:
        node["workTranslation"] = [{"@id": other} for other in others]
    elif SOURCE_LOCALE in locales:
        node["translationOfWork"] = {"@id": practice.origin + f"/{SOURCE_LOCALE}/articles/{article.slug}"}
    return node


def _references_page(practice: Practice, article: ArticleView, name: str) -> Node:
    """Part of the article. `citation` is a property of any CreativeWork, and stands on the page that shows the list."""
    url = practice.origin + article.references_url
    return {
        "@type": "WebPage",
        "@id": url,
        "url": url,
        "inLanguage": article.locale,
        "name": name,
        "isPartOf": {"@id": practice.origin + article.url},
        "citation": [_citation(each.reference) for each in article.references],
    }


def _citation(reference: Reference) -> Node:
    """Its authors, whose names are one text, are in the list, for people."""
    return {
        "@type": "ScholarlyArticle" if reference.doi or reference.pmid else "CreativeWork",
        "name": reference.title,
        "datePublished": str(reference.year),
        "url": reference.link,
    }


def _practice(edition: Edition, locale: str) -> Sequence[Node]:
    person = edition.views[locale].practitioner
    photo = edition.assets.get(PORTRAIT)
    image = {"image": edition.practice.origin + photo.path} if photo else {}
    return [
        _business(edition.practice, edition.file),
        {**_person(edition.practice, edition.file.practitioner, person.title), **image},
    ]


def _business(practice: Practice, file: PracticeFile) -> Node:
    address = practice.address
    return {
        **_named_business(practice),
        "telephone": practice.phone,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": address.street,
            "addressLocality": address.locality,
            "addressRegion": address.region,
            "postalCode": address.postal_code,
            "addressCountry": address.country,
        },
        "openingHoursSpecification": [
            {
                "@type": "OpeningHoursSpecification",
                "dayOfWeek": [f"https://schema.org/{day}" for day in hours.days],
                "opens": hours.opens,
                "closes": hours.closes,
            }
            for hours in practice.hours
        ],
        "employee": {"@id": _person_id(practice)},
        **({"hasMap": file.access.directions} if file.access.directions else {}),
        "knowsLanguage": file.answers_in or (file.language,),
        **_visit(file.visit),
    }


def _visit(visit: VisitTable) -> Node:
    node: Node = {}
    if prices := [price for each in (visit.first_price, visit.later_price) if each for price in each]:
        low, high = min(prices), max(prices)
        node["priceRange"] = f"{visit.currency} {low}" + (f"-{high}" if high > low else "")
    if visit.payment:
        node["paymentAccepted"] = ", ".join(_PAYMENT[each] for each in visit.payment)
    return node


def _person(practice: Practice, person: PractitionerTable, title: str) -> Node:
    node: Node = {
        **_named_person(practice),
        "jobTitle": title,
        "honorificSuffix": ", ".join(each.short for each in person.credentials),
        "worksFor": {"@id": _business_id(practice)},
    }
    if credentials := list(_credentials(person)):
        node["hasCredential"] = [{"@type": "EducationalOccupationalCredential", **each} for each in credentials]
    if person.languages:
        node["knowsLanguage"] = person.languages
    return node


def _credentials(person: PractitionerTable) -> Iterator[Node]:
    for each in person.credentials:
        if each.long:
            yield {"name": each.long, **_recognized_by(each.awarded_by)}
    if person.degree:
        yield {"credentialCategory": "degree", "name": person.degree}
    if person.license_number:
        number = {"credentialCategory": "license", "identifier": person.license_number}
        yield {**number, **_recognized_by(person.license_issuer)}
    if person.board_certification:
        yield {"credentialCategory": "certification", "name": person.board_certification}


def _recognized_by(name: str | None) -> Node:
    return {"recognizedBy": {"@type": "Organization", "name": name}} if name else {}


def _steps(practice: Practice, article: ArticleView) -> Mapping[str, str]:
    """The way to an article: what each page on it is called, and its path."""
    return {practice.name: f"/{article.locale}/", article.title: article.url}


def _trail(practice: Practice, steps: Mapping[str, str]) -> Node:
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": practice.origin + path}
            for position, (name, path) in enumerate(steps.items(), start=1)
        ],
    }


def _named_business(practice: Practice) -> Node:
    return {
        "@type": "MedicalBusiness",
        "@id": _business_id(practice),
        "name": practice.name,
        "url": f"{practice.origin}/",
    }


def _named_person(practice: Practice) -> Node:
    """Its `url` is where the practice's page says who treats, in the reader's language."""
    return {
        "@type": "Person",
        "@id": _person_id(practice),
        "name": practice.practitioner.name,
        "url": f"{practice.origin}/#author",
    }


def _business_id(practice: Practice) -> str:
    return f"{practice.origin}/#practice"


def _person_id(practice: Practice) -> str:
    return f"{practice.origin}/#{practice.practitioner.id}"
