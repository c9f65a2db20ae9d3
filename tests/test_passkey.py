"""A passkey in a real browser, whose authenticator is a virtual one (WebAuthn of the DevTools)."""

import pytest

from plaidoyer.testing import make_organiser

pytestmark = pytest.mark.browser
PASSWORD = "a river runs through it"
# A phone that is unlocked by finger and keeps its keys.
PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_a_passkey_is_set_up_and_then_opens_the_door_alone(product, browser):
    # Browsers know no passkeys for a bare address.
    product.settings["BASE_URL"] = home = f"http://localhost:{product.port}"
    with product.orm():
        make_organiser("ada", password=PASSWORD)
    product.start_web()
    context = browser.new_context(locale="en-CA")
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})

    page.goto(f"{home}/admin/")
    page.fill("input[name=login]", "ada")
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button >> nth=0")
    page.click("text=Add a passkey")
    page.click("form[data-passkey] button")
    page.wait_for_url("**/recovery-codes/")
    assert page.locator("main li code").count() == 10
    page.goto(f"{home}/admin/")
    assert page.url == f"{home}/admin/"

    context.clear_cookies()
    page.goto(f"{home}/admin/")
    page.click("form[data-passkey] button")
    page.wait_for_url("**/admin/")
    context.close()
