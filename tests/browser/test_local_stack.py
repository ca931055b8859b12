"""The local stack's own pages: their buttons work in a browser, which sends headers that a test's request does not."""

from playwright.sync_api import Browser, expect

from infra.local.stack import LocalStack


def test_a_button_makes_a_service_fail_and_another_mends_it(browser: Browser, site: LocalStack, origin: str) -> None:
    page = browser.new_page()
    page.goto(f"{origin}/_local/")

    page.get_by_role("button", name="Secrets Manager is down").click()

    expect(page.get_by_text("Now: Secrets Manager is down.")).to_be_visible()
    assert site.endpoint.faults.current()["secretsmanager"] == "unavailable"
    page.get_by_role("button", name="Mend it").click()
    expect(page.get_by_text("secretsmanager works.")).to_be_visible()
    page.close()
