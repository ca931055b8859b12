"""The leads function: what it stores, and what it answers."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from functions.leads import app
from functions.leads.sentences import number_in_text
from infra.site.views.policy import policy_of
from shared.consent import CONSENT_VERSION
from shared.lead import REFERENCE_ALPHABET, SECONDS_PER_DAY, seconds
from shared.opening_hours import OpeningHours
from tests.integration.conftest import Stack

JSON = {"content-type": "application/json", "accept": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded", "accept": "text/html,*/*;q=0.8"}
ENQUIRY = {
    "name": "Ana Ruiz",
    "phone": "(602) 555-0100",
    "email": "ana@example.com",
    "preferred_contact": "phone",
    "preferred_time": "morning",
    "message": "My left leg hurts.",
    "consent": True,
    "locale": "es",
    "article": "dry-needling-for-sciatica",
}


@pytest.fixture(autouse=True)
def _environment(stack: Stack) -> Iterator[None]:
    with stack.environment_of("leads"):
        yield


def send(stack: Stack, fields: dict[str, Any] = ENQUIRY, **headers: str) -> dict[str, Any]:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return stack.post(json.dumps(fields).encode(), {**JSON, **names})


def send_form(stack: Stack, **changes: str) -> dict[str, Any]:
    fields = {**ENQUIRY, "consent": "true", **changes}
    return stack.post(urlencode({name: value for name, value in fields.items() if value}).encode(), FORM)


def document(result: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(result["body"])
    return answer


def test_an_enquiry_is_stored_with_all_that_a_call_back_needs(stack: Stack) -> None:
    result = send(stack, ENQUIRY | {"topic": "first_visit", "source": {"utm_source": "newsletter"}})

    assert result["statusCode"] == 201
    (lead,) = stack.leads()
    answer = document(result)
    assert answer == {
        "reference": lead["reference"],
        "received_at": lead["stored_at"],
        "answer_by": lead["answer_by"],
    }
    assert re.fullmatch(f"[{REFERENCE_ALPHABET}]{{4}}-[{REFERENCE_ALPHABET}]{{4}}", answer["reference"])
    assert lead["phone"] == "+16025550100"
    assert lead["message"] == "My left leg hurts."
    assert lead["more"] == {"topic": {"S": "first_visit"}}
    assert lead["source"] == {"utm_source": {"S": "newsletter"}}
    assert (lead["consent_id"], lead["consent_version"], lead["locale"]) == ("enquiry-contact", CONSENT_VERSION, "es")
    assert lead["article_revision"]
    stored_at = datetime.fromisoformat(lead["stored_at"]).timestamp()
    assert int(lead["expires_at"]) == int(stored_at) + 365 * SECONDS_PER_DAY
    assert lead["alert_owed"]


def test_a_form_keeps_its_campaign_until_it_is_stored(stack: Stack) -> None:
    refused = send_form(stack, utm_source='"news" & more', utm_term="", name="")["body"]

    assert 'href="/en/articles/dry-needling-for-sciatica?utm_source=%22news%22%20%26%20more"' in refused
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', refused))
    assert unescape(fields["utm_source"]) == '"news" & more'
    assert "utm_term" not in fields

    assert send_form(stack, utm_source=unescape(fields["utm_source"]))["statusCode"] == 303
    (lead,) = stack.leads()
    assert lead["source"] == {"utm_source": {"S": '"news" & more'}}


def test_a_repeated_key_gets_the_first_answer(stack: Stack) -> None:
    first = send(stack, idempotency_key='"k-1"')
    others = [send(stack, idempotency_key=key) for key in ("k-1", ' "k-1"', '"k-1";version=1')]

    assert first["statusCode"] == 201
    assert [(other["statusCode"], other["body"]) for other in others] == [(200, first["body"])] * 3
    assert len(stack.leads()) == 1


@pytest.mark.parametrize("spelt_out", [{}, {"consent_version": CONSENT_VERSION, "source": {"utm_term": " "}}])
def test_the_same_enquiry_is_known_though_its_fingerprint_is_another(stack: Stack, spelt_out: dict[str, Any]) -> None:
    # given a lead that an earlier release has stored, whose fingerprint was made in another way
    first = send(stack, idempotency_key="k-1")
    (lead,) = stack.leads()
    stack.dynamodb.update_item(
        TableName=stack.table,
        Key={"pk": {"S": lead["pk"]}, "sk": {"S": lead["sk"]}},
        UpdateExpression="SET fingerprint = :other",
        ExpressionAttributeValues={":other": {"S": "0" * 64}},
    )

    again = send(stack, ENQUIRY | spelt_out, idempotency_key="k-1")
    other = send(stack, ENQUIRY | {"name": "Eva Ruiz"}, idempotency_key="k-1")

    assert (again["statusCode"], again["body"]) == (200, first["body"])
    assert json.loads(other["body"])["code"] == "idempotency_key_reused"


@pytest.mark.parametrize(
    ("locale", "example"),
    [
        ("en", "+1 201-555-0123"),
        ("es", "+52 222 123 4567"),
        ("fr", "+33 6 12 34 56 78"),
        ("zh-Hant", "+886 912 345 678"),
        ("ar", "+966 51 234 5678"),
    ],
)
def test_a_number_from_elsewhere_is_asked_for_with_an_example_from_where_readers_are_at_home(
    stack: Stack, locale: str, example: str
) -> None:
    as_json = send(stack, ENQUIRY | {"phone": "06 12 34 56 78", "locale": locale})
    as_form = send_form(stack, phone="06 12 34 56 78", locale=locale)

    (error,) = document(as_json)["errors"]
    assert (error["field"], error["code"]) == ("phone", "country_code_needed")
    assert number_in_text(example) in error["detail"]
    assert number_in_text("(201) 555-0123") in error["detail"]
    assert error["detail"] in as_form["body"]
    assert stack.leads() == []


def test_an_internationalised_address_is_stored_as_it_is_sent_to(stack: Stack) -> None:
    first = send(stack, ENQUIRY | {"email": "bo@müller.example"})
    again = send(stack, ENQUIRY | {"email": "bo@xn--mller-kva.example"})  # as a browser sends it

    (lead,) = stack.leads()
    assert (first["statusCode"], again["statusCode"]) == (201, 200)
    assert lead["email"] == "bo@xn--mller-kva.example"


def test_a_key_with_other_content_is_refused(stack: Stack) -> None:
    send(stack, idempotency_key="k-1")

    result = send(stack, ENQUIRY | {"message": "Other"}, idempotency_key="k-1")

    assert result["statusCode"] == 422
    assert document(result)["code"] == "idempotency_key_reused"
    assert len(stack.leads()) == 1


def test_a_correction_carries_the_reference_of_what_it_replaces(stack: Stack) -> None:
    first = send(stack, idempotency_key='"k \\"1\\""')
    corrected = send(stack, ENQUIRY | {"message": "Both legs.", "replaces": 'k "1"'}, idempotency_key="k-2")

    assert (first["statusCode"], corrected["statusCode"]) == (201, 201)
    leads = {lead["reference"]: lead for lead in stack.leads()}
    assert "replaces" not in leads[document(first)["reference"]]
    assert leads[document(corrected)["reference"]]["replaces"] == document(first)["reference"]


def test_what_an_enquiry_replaces_makes_it_no_other_enquiry(stack: Stack) -> None:
    first = send(stack, ENQUIRY | {"replaces": "k-0"}, idempotency_key="k-1")

    again = send(stack, idempotency_key="k-1")

    assert (again["statusCode"], again["body"]) == (200, first["body"])


def test_without_a_key_the_same_content_is_the_same_lead(stack: Stack) -> None:
    first, again = send(stack), send(stack)
    other = send(stack, ENQUIRY | {"name": "Eva Ruiz"})

    assert first["body"] == again["body"] != other["body"]
    assert len(stack.leads()) == 2


def test_who_fell_into_the_honeypot_reaches_the_practice_the_second_time(stack: Stack) -> None:
    send(stack, ENQUIRY | {"aside": "filled by an extension"})

    again = send(stack)

    assert again["statusCode"] == 201
    assert sorted("alert_owed" in lead for lead in stack.leads()) == [False, True]


def test_pressing_twice_around_midnight_is_one_lead(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    midnight = 20_000 * SECONDS_PER_DAY
    monkeypatch.setattr(app.time, "time", lambda: midnight - 0.5)
    first = send(stack)

    monkeypatch.setattr(app.time, "time", lambda: midnight + 0.5)
    again = send(stack)

    assert (first["statusCode"], again["statusCode"]) == (201, 200)
    assert first["body"] == again["body"]
    monkeypatch.setattr(app.time, "time", lambda: midnight + 60.0)
    assert send(stack, ENQUIRY | {"name": "Eva Ruiz"})["statusCode"] == 201
    assert len(stack.leads()) == 2


def in_the_way(monkeypatch: pytest.MonkeyPatch, operation: str, error: Any, *, times: int) -> None:
    """Let the first calls of one operation meet somebody else's transaction on the same lead."""
    client = app.wiring.dynamodb
    call, conflicts = getattr(client, operation), iter(range(times))

    def meet(**wanted: Any) -> Any:
        if next(conflicts, None) is not None:
            raise ClientError(error, operation)
        return call(**wanted)

    monkeypatch.setattr(client, operation, meet)


CANCELED: Any = {
    "Error": {"Code": "TransactionCanceledException"},
    "CancellationReasons": [{"Code": "TransactionConflict"}, {"Code": "None"}],
}


def test_pressing_twice_at_once_around_midnight_is_one_lead_too(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.time, "time", lambda: 20_000 * SECONDS_PER_DAY + 0.5)
    in_the_way(monkeypatch, "transact_write_items", CANCELED, times=2)

    assert send(stack)["statusCode"] == 201
    assert len(stack.leads()) == 1


def test_a_transaction_in_the_way_of_a_write_is_waited_for(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    in_the_way(monkeypatch, "put_item", {"Error": {"Code": "TransactionConflictException"}}, times=2)

    assert send(stack)["statusCode"] == 201
    assert len(stack.leads()) == 1


def test_a_conflict_that_does_not_end_is_told(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.time, "time", lambda: 20_000 * SECONDS_PER_DAY + 0.5)
    in_the_way(monkeypatch, "transact_write_items", CANCELED, times=1000)

    assert send(stack)["statusCode"] == 503


@pytest.mark.parametrize(
    "key", ["", '""', "x" * 256, "käse", '"a\tb"', '"', '"a', '"a","a"', "a,a", '"a\\b"', '"a";b=1,"c"']
)
def test_a_malformed_key_is_refused_by_name(stack: Stack, key: str) -> None:
    result = send(stack, idempotency_key=key)

    assert result["statusCode"] == 400
    assert document(result)["code"] == "idempotency_key_invalid"
    assert stack.leads() == []


def test_faults_are_told_in_the_visitors_language(stack: Stack) -> None:
    result = send(stack, ENQUIRY | {"name": "", "consent": False})

    assert result["statusCode"] == 422
    assert result["headers"]["content-language"] == "es"
    answer = document(result)
    assert [(error["field"], error["code"]) for error in answer["errors"]] == [
        ("name", "required"),
        ("consent", "consent_needed"),
    ]
    assert answer["errors"][0]["detail"] != "Enter your name."
    assert stack.leads() == []


@pytest.mark.parametrize(("accepted", "served"), [("es-MX,es;q=0.9", "es"), ("de", "en"), ("", "en")])
def test_where_the_body_cannot_be_read_the_browsers_languages_decide(stack: Stack, accepted: str, served: str) -> None:
    result = stack.post(b"{", {**JSON, "accept-language": accepted})

    assert (result["statusCode"], result["headers"]["content-language"]) == (400, served)


def test_a_form_leads_to_the_thank_you_page(stack: Stack) -> None:
    result = send_form(stack)

    (lead,) = stack.leads()
    assert result["statusCode"] == 303
    assert result["headers"]["location"] == thanks(lead)
    assert result["headers"]["cache-control"] == "no-store"


def thanks(lead: dict[str, Any]) -> str:
    """The page that a lead leads to, in which the promise is on Phoenix's clock."""
    promised = datetime.fromisoformat(lead["answer_by"]) - timedelta(hours=7)
    return f"/es/thank-you/{lead['reference']}/{promised:%Y-%m-%dT%H%M}"


@pytest.mark.parametrize("fields", [ENQUIRY, ENQUIRY | {"aside": "x"}])
def test_json_is_told_the_promise_too_and_the_page_that_says_it(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, fields: dict[str, Any]
) -> None:
    first = send(stack, fields, idempotency_key="k-1")
    (lead,) = stack.leads()
    # The promise is frozen: whoever sends the same again next week is told the same.
    monkeypatch.setattr(app.time, "time", lambda: datetime.now(UTC).timestamp() + 7 * SECONDS_PER_DAY)
    again = send(stack, fields, idempotency_key="k-1")

    hours = OpeningHours.of(app.wiring.practice)
    assert seconds(lead["answer_by"]) == hours.answer_by(seconds(lead["stored_at"]))
    assert (first["statusCode"], again["statusCode"]) == (201, 200)
    assert (document(first)["answer_by"], document(again)["answer_by"]) == (lead["answer_by"], lead["answer_by"])
    assert (first["headers"]["location"], again["headers"]["location"]) == (thanks(lead), thanks(lead))


def test_a_practice_that_is_closed_for_long_promises_nothing(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.wiring, "hours", OpeningHours.of(replace(app.wiring.practice, hours=(), special_hours=())))

    result = send(stack)

    (lead,) = stack.leads()
    assert document(result)["answer_by"] is None
    assert "answer_by" not in lead
    assert result["headers"]["location"] == f"/es/thank-you/{lead['reference']}"


def test_a_form_with_faults_comes_back_as_it_was_typed(stack: Stack) -> None:
    result = send_form(
        stack, name='Ana "<b>" & Söhne', phone="12", consent="", topic="price", preferred_time="afternoon"
    )

    page = result["body"]
    assert result["statusCode"] == 422
    assert result["headers"]["content-type"].startswith("text/html")
    assert 'value="Ana &quot;&lt;b&gt;&quot; &amp; Söhne"' in page
    assert 'value="12"' in page
    assert "My left leg hurts." in page
    assert '<option value="afternoon" selected>' in page
    assert '<option value="price" selected>' in page
    assert re.search('<p class="error" id="field-phone-error">[^<]+', page)
    assert re.search('<p class="error" id="field-name-error"></p>', page)
    assert re.search('<input id="field-phone"[^>]+aria-invalid="true"', page)
    assert 'href="#field-phone"' in page
    assert 'href="#field-consent"' in page
    assert not re.search("[\ue000\ue001]", page)
    assert stack.leads() == []


def test_a_form_that_comes_back_is_kept_for_going_back_by_the_visitors_browser_alone(stack: Stack) -> None:
    assert send_form(stack, name="")["headers"]["cache-control"] == "private, no-cache"


def test_a_form_that_comes_back_allows_the_style_that_it_carries(stack: Stack) -> None:
    for language in ("es", "fr"):
        result = send_form(stack, name="", show="" if language == "es" else language)

        assert result["headers"]["content-language"] == language
        assert "<style>" in result["body"]
        assert result["headers"]["content-security-policy"] == policy_of(result["body"])


def test_a_form_is_shown_in_another_language_as_it_was_typed_and_stores_nothing(stack: Stack) -> None:
    result = send_form(stack, phone="12", show="fr")

    page = result["body"]
    assert (result["statusCode"], result["headers"]["content-language"]) == (422, "fr")
    assert 'value="Ana Ruiz"' in page
    assert "My left leg hurts." in page
    assert re.search('<p class="error" id="field-phone-error">Indiquez', page)
    # Consent was given to a text in Spanish.
    assert " checked" not in re.findall(r'<input id="field-consent"[^>]*>', page)[0]
    assert send_form(stack, show="fr")["statusCode"] == 422
    assert stack.leads() == []


def test_a_program_switches_no_language(stack: Stack) -> None:
    answer = document(send(stack, ENQUIRY | {"show": "fr"}))

    assert [error["field"] for error in answer["errors"]] == ["show"]


def test_who_agreed_to_an_earlier_text_is_asked_again(stack: Stack) -> None:
    same, earlier = (
        send_form(stack, name="", consent_version=version)["body"] for version in (CONSENT_VERSION, "2026-01-01")
    )

    box = re.compile(r'<input id="field-consent"[^>]*>')
    assert " checked" in box.findall(same)[0]
    assert " checked" not in box.findall(earlier)[0]


def test_the_summary_leads_to_what_is_on_the_page_and_names_the_rest(stack: Stack) -> None:
    page = send_form(stack, name="", mood="good")["body"]

    targets = re.findall(r'href="#(field-[\w-]+)"', page)
    assert targets == ["field-name"]
    assert 'id="field-name"' in page
    assert "<li>No existe ese campo.</li>" in page


def test_a_summary_without_fields_has_no_list(stack: Stack) -> None:
    page = stack.post(b"name=a&name=b&locale=en", FORM)["body"]

    assert 'class="error-summary"' in page
    assert "<ul></ul>" not in page


def test_a_refusal_that_cannot_be_shown_is_a_problem_too(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(app.Answers, "refused", breaks)

    assert send(stack, ENQUIRY | {"name": ""})["statusCode"] == 500


def test_an_unreadable_form_still_gets_its_page(stack: Stack) -> None:
    result = stack.post(b"name=%FF", {**FORM, "accept-language": "es"})

    assert result["statusCode"] == 400
    assert 'lang="es"' in result["body"]


@pytest.mark.parametrize(
    ("changes", "reasons", "is_alerted"),
    [
        ({"message": "http://a http://b http://c"}, ["links"], True),
        ({"name": "www.ana.example"}, ["link_in_name"], True),
        ({"aside": "x"}, ["honeypot"], False),
        ({"aside": "x", "name": "www.ana.example"}, ["honeypot", "link_in_name"], False),
    ],
)
def test_what_looks_like_spam_is_kept_with_its_reasons_and_only_the_honeypots_catch_raises_no_alert(
    stack: Stack, changes: dict[str, str], reasons: list[str], is_alerted: bool
) -> None:
    result = send(stack, ENQUIRY | changes)

    (lead,) = stack.leads()
    assert result["statusCode"] == 201
    assert [reason["S"] for reason in lead["spam_reasons"]] == reasons
    assert ("alert_owed" in lead) is is_alerted


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("602.5550100", "602.5550100"), (" 602.555\u202f0100 ", "602.555 0100"), ("+86 138 0013 8000", None)],
)
def test_a_number_without_its_country_is_kept_as_it_was_typed(stack: Stack, typed: str, kept: str | None) -> None:
    send(stack, ENQUIRY | {"phone": typed})

    (lead,) = stack.leads()
    assert lead.get("phone_as_typed") == kept


def test_without_the_table_the_visitor_keeps_everything_and_gets_the_number(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://dynamodb")

    for write in ("put_item", "transact_write_items"):
        monkeypatch.setattr(app.wiring.dynamodb, write, unreachable)

    as_json, as_form = send(stack), send_form(stack)

    assert as_json["statusCode"] == as_form["statusCode"] == 503
    assert as_json["headers"]["retry-after"]
    assert "(602)\u00a0555\u20110187" in document(as_json)["detail"]
    assert "(602)\u00a0555\u20110187" in as_form["body"]
    assert 'value="Ana Ruiz"' in as_form["body"]


def test_whatever_breaks_is_a_problem_and_its_log_holds_no_personal_data(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def breaks(*_: Any, **__: Any) -> None:
        raise RuntimeError("Ana Ruiz +16025550100")

    monkeypatch.setattr(app, "new_lead", breaks)

    result = send(stack)

    logged = capsys.readouterr().out
    assert (result["statusCode"], document(result)["code"]) == (500, "internal_error")
    assert "RuntimeError" in logged
    assert "Ana" not in logged
    assert "602" not in logged


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_only_post_takes_enquiries(stack: Stack, method: str) -> None:
    result = stack.request(method, b"", {"accept": "application/json"})

    assert (result["statusCode"], result["headers"]["allow"]) == (405, "OPTIONS, POST")


def test_options_says_what_can_be_done(stack: Stack) -> None:
    result = stack.request("OPTIONS", b"", {})

    assert (result["statusCode"], result["headers"]["allow"], result["body"]) == (204, "OPTIONS, POST", "")


@pytest.mark.parametrize("key", ['"k-1"', None], ids=["with a key", "without"])
def test_who_repeats_an_enquiry_that_was_erased_brings_it_back_only_by_sending_it_anew(
    stack: Stack, key: str | None
) -> None:
    def sent(message: str = "Once.", key: str | None = key) -> dict[str, Any]:
        fields = ENQUIRY | {"message": message}
        return send(stack, fields, idempotency_key=key) if key else send(stack, fields)

    sent()
    stack.erasure().erase(stack.leads()[0]["id"])

    again = sent()

    assert again["statusCode"] == 422
    assert json.loads(again["body"])["code"] == "enquiry_erased"
    (left,) = stack.leads()
    assert set(left) == {"pk", "sk", "erased_at", "expires_at"}
    # another key, or other words, are a person's doing
    assert sent("Once more.", key and '"k-2"')["statusCode"] == 201
