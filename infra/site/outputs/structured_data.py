"""schema.org: one JSON-LD graph per page, made from the same data as the page.

`Chiropractic` is a system of medicine in schema.org's vocabulary, not a type of business, and a FAQPage is no longer
shown by search engines; so neither is here.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from infra.site.sources.model import Reference
from infra.site.views.article_view import ArticleView
from infra.site.views.render import data_block
from shared.practice import Practice, Practitioner

type Node = dict[str, Any]

_MOST_INITIALS = 4


def article_graph(practice: Practice, article: ArticleView, locales: Sequence[str], source_locale: str) -> Markup:
    """The graph of a landing page. `locales` are those the article is published in."""
    return _document(
        [
            _medical_page(practice, article, locales, source_locale),
            _business(practice),
            _person(practice, article.author),
            _trail(practice, article),
        ]
    )


def practice_graph(practice: Practice, practitioner: Practitioner) -> Markup:
    """The graph of the practice's page. `practitioner` has their title in the page's language."""
    return _document([_business(practice), _person(practice, practitioner)])


def _document(nodes: Sequence[Node]) -> Markup:
    return data_block({"@context": "https://schema.org", "@graph": nodes})


def _medical_page(practice: Practice, article: ArticleView, locales: Sequence[str], source_locale: str) -> Node:
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
        "author": {"@id": _person_id(practice)},
        "publisher": {"@id": _business_id(practice)},
        "audience": {"@type": "MedicalAudience", "audienceType": "Patient"},
        "citation": [_citation(each.reference) for each in article.references],
    }
    # Only for a second person who read this text: the author's own reading is no review, and a translation is not the
    # text that was reviewed.
    if article.reviewer and not article.translation and "review_overdue" not in article.notices:
        node["lastReviewed"] = article.last_reviewed.iso
        node["reviewedBy"] = {"@type": "Person", "name": article.reviewer.name}
    others = [practice.origin + f"/{locale}/articles/{article.slug}" for locale in locales if locale != source_locale]
    if article.locale == source_locale:
        node["workTranslation"] = [{"@id": other} for other in others]
    elif source_locale in locales:
        node["translationOfWork"] = {"@id": practice.origin + f"/{source_locale}/articles/{article.slug}"}
    return node


def _citation(reference: Reference) -> Node:
    return {
        "@type": "ScholarlyArticle" if reference.doi or reference.pmid else "CreativeWork",
        "name": reference.title,
        "author": [_author(name) for name in reference.authors.removesuffix(", et al").split(", ")],
        "datePublished": str(reference.year),
        "url": reference.link,
    }


def _author(name: str) -> Node:
    """Someone cited: a person is written as surname and initials (`Boyce D`), anything else is an organisation."""
    initials = name.rpartition(" ")[2]
    is_person = initials.isalpha() and initials.isupper() and len(initials) <= _MOST_INITIALS
    return {"@type": "Person" if is_person else "Organization", "name": name}


def _business(practice: Practice) -> Node:
    address = practice.address
    return {
        "@type": "MedicalBusiness",
        "@id": _business_id(practice),
        "name": practice.name,
        "url": f"{practice.origin}/",
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
    }


def _person(practice: Practice, person: Practitioner) -> Node:
    return {
        "@type": "Person",
        "@id": _person_id(practice),
        "name": person.name,
        "jobTitle": person.title,
        "honorificSuffix": ", ".join(person.credentials),
        "worksFor": {"@id": _business_id(practice)},
    }


def _trail(practice: Practice, article: ArticleView) -> Node:
    steps: Mapping[str, str] = {practice.name: f"/{article.locale}/", article.title: article.url}
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": practice.origin + path}
            for position, (name, path) in enumerate(steps.items(), start=1)
        ],
    }


def _business_id(practice: Practice) -> str:
    return f"{practice.origin}/#practice"


def _person_id(practice: Practice) -> str:
    return f"{practice.origin}/#{practice.practitioner.id}"
