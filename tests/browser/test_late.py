"""What comes late takes nothing from a person who began without it: no focus, no typed words, no press of a button."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import go, hold, without_script

pytestmark = pytest.mark.browser


def test_a_password_is_typed_on_when_its_button_comes(site: str, page: Page) -> None:
    arrives = without_script(page, site + "/account/login", "reveal")
    password = page.get_by_label("Password", exact=True)
    password.press_sequentially("copper ")
    arrives()
    expect(page.get_by_role("button", name="Show: Password")).to_be_visible()
    page.keyboard.type("lantern")
    expect(password).to_have_value("copper lantern")


def test_the_button_lies_inside_of_the_password(site: str, page: Page) -> None:
    go(page, site + "/account/login")
    field = page.get_by_label("Password", exact=True).bounding_box()
    button = page.get_by_role("button", name="Show: Password").bounding_box()
    assert field
    assert button
    assert field["x"] < button["x"]
    assert button["x"] + button["width"] <= field["x"] + field["width"]
    assert field["y"] <= button["y"]
    assert button["y"] + button["height"] <= field["y"] + field["height"]


def test_a_summary_of_errors_takes_the_focus_only_from_nobody(site: str, page: Page) -> None:
    go(page, site + "/dev/components")
    expect(page.locator(".error-summary").first).to_be_focused()
    arrives = without_script(page, site + "/dev/components", "error-summary")
    name = page.get_by_label("Your name").first
    name.press_sequentially("Ada")
    arrives()
    expect(name).to_be_focused()


def test_a_location_does_not_replace_what_was_typed_while_it_was_looked_for(site: str, page: Page) -> None:
    go(page, site + "/dev/home")
    page.evaluate("navigator.geolocation.getCurrentPosition = found => { window.found = found; }")
    where = page.get_by_role("combobox", name="Where")
    page.get_by_role("button", name="Use my location").click()
    where.fill("Austin")
    page.evaluate("window.found({ coords: { latitude: 1, longitude: 2 } })")
    expect(where).to_have_value("Austin")


def test_a_location_that_is_refused_late_leaves_the_focus_where_it_went(site: str, page: Page) -> None:
    go(page, site + "/dev/home")
    page.evaluate("navigator.geolocation.getCurrentPosition = (_, failed) => { window.failed = failed; }")
    page.get_by_role("button", name="Use my location").click()
    what = page.locator("#what")
    what.focus()
    page.evaluate("window.failed({ code: 1, PERMISSION_DENIED: 1 })")
    expect(page.get_by_text("did not share the location")).to_be_visible()
    expect(what).to_be_focused()


def test_escape_before_the_suggestions_came_keeps_them_away(site: str, page: Page) -> None:
    hold(page, "**/api/v1/places**")
    go(page, site + "/dev/home")
    where = page.get_by_role("combobox", name="Where")
    with page.expect_request("**/api/v1/places**"):
        where.press_sequentially("aust")
    with page.expect_event("requestfailed"):
        where.press("Escape")
    expect(where).to_have_value("aust")


def test_the_fields_of_a_search_that_was_sent_can_still_be_changed(site: str, page: Page) -> None:
    go(page, site + "/dev/results?case=many")
    what, where = page.locator(".sentence #what"), page.locator(".sentence #where")
    what.fill("")
    where.fill("78701")
    held = hold(page, "**/therapists?**")
    with page.expect_request("**/therapists?**") as asked:
        where.evaluate("field => { setTimeout(() => field.form.requestSubmit()); }")
    assert "where=78701" in asked.value.url
    assert "what=" not in asked.value.url
    held.take().fulfill(status=204)  # stopped: the page stays
    expect(what).to_be_enabled()


def test_the_map_is_offered_when_its_button_works(site: str, page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    arrives = without_script(page, site + "/dev/results?case=one", "map")
    button = page.get_by_role("button", name="Show the map")
    expect(button).to_have_count(0)
    arrives()
    expect(button).to_be_visible()


def test_what_was_typed_before_the_mirror_came_is_shown(site: str, page: Page) -> None:
    go(page, site + "/dev/home")
    shown = page.evaluate(
        """async () => {
            const scripts = document.querySelector("script[src*='/js/main.js']").src;
            document.body.innerHTML = "<form><input name=town><input name=old value=kept></form>" +
                "<p data-mirrors=town>none</p><p data-mirrors=old>from the page</p>";
            document.querySelector("input").value = "Austin";
            (await import(scripts.replace("main.js", "mirror.js"))).default(document.querySelector("form"));
            return [...document.querySelectorAll("p")].map(one => one.textContent);
        }"""
    )
    assert shown == ["Austin", "from the page"]


def test_who_is_typing_on_the_page_after_the_steps_is_not_sent_back(site: str, page: Page) -> None:
    go(page, site + "/dev/home")
    backs = page.evaluate(
        """async () => {
            const main = document.querySelector("script[src*='/js/main.js']").src;
            const pass = (await import(main.replace("main.js", "past-steps.js"))).default;
            let backs = 0;
            history.back = () => { backs += 1; };
            performance.getEntriesByType = () => [{ type: "back_forward", redirectCount: 1 }];
            pass();
            document.querySelector("#where").focus();
            pass();
            return backs;
        }"""
    )
    assert backs == 1


PICKS = """<input aria-label="Note"><aside id="pick-bar">nobody</aside>
<div class="pick" id="pick-a"><form data-module="pick" action="/picked/a"><button name="go" value="add">Add A</button></form></div>
<div class="pick" id="pick-b"><form data-module="pick" action="/picked/b"><button name="go" value="add">Add B</button></form></div>"""


def test_picks_are_sent_one_after_the_other_and_leave_a_person_who_went_on_alone(site: str, page: Page) -> None:
    go(page, site + "/dev/home")
    held = hold(page, "**/picked/*")
    page.evaluate(
        """async html => {
            const main = document.querySelector("script[src*='/js/main.js']").src;
            document.querySelector("main").innerHTML = html;
            (await import(main)).bind();
            await import(main.replace("main.js", "pick.js"));
        }""",
        PICKS,
    )
    with page.expect_request("**/picked/a"):
        page.get_by_role("button", name="Add A").click()
    page.get_by_role("button", name="Add B").click()
    note = page.get_by_label("Note")
    note.press_sequentially("left ")
    first = held.take()
    assert not held.routes
    with page.expect_request("**/picked/b"):
        first.fulfill(content_type="text/html", body=PICKS.replace("Add A", "A is on").replace("nobody", "one"))
    expect(page.locator("#pick-bar")).to_have_text("one")
    page.keyboard.type("hip")
    expect(note).to_have_value("left hip")
    page.get_by_role("button", name="Add B").focus()
    held.take().fulfill(content_type="text/html", body=PICKS.replace("Add B", "B is on").replace("nobody", "two"))
    expect(page.locator("#pick-bar")).to_have_text("two")
    expect(page.get_by_role("button", name="B is on")).to_be_focused()
