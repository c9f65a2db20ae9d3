"""An organiser's hands: they do in a real browser what a person does, and count what it takes.

Time is told by the keystroke-level model (Card, Moran and Newell, 1980): a key of a fair typist
takes 0.2 s; a click 3 s, with looking for the thing, reaching for the mouse and pointing. A choice
from a list is two clicks. What is longer than a line is not typed, it stands somewhere already:
marked, copied and pasted in 5 s. A page that loads takes a second more.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.waiting import wait_until

SECONDS = {"keys": 0.2, "clicks": 3.0, "pastes": 5.0, "pages": 1.0}
A_LINE = 60
# So many steps of the Tab key are tried before the hand goes to the mouse.
TABS = 6
# A calendar opens a moment after its field is reached, and closes when it is left.
IS_DAY = "!!window.jQuery?.(document.activeElement).data('xdsoft_datetimepicker')"
# Where the cursor is, whether that is a day, and whether a field comes soon after it.
AROUND = f"""(name) => {{
    const all = [...document.querySelectorAll("a[href], button, input, select, textarea")];
    const there = all.filter((one) => one.tabIndex >= 0 && one.checkVisibility());
    const here = there.indexOf(document.activeElement);
    const ahead = there.findIndex((one) => one.name === name) - here;
    return [document.activeElement.name, {IS_DAY}, ahead >= 0 && ahead <= 2 * {TABS}];
}}"""
# Its own: that of the day before may still be there.
CALENDAR = "jQuery(document.activeElement).data('xdsoft_datetimepicker').is(':visible')"


@dataclass
class Hands:
    """Whoever sits before `page`; what they did, by the part of the work it was for."""

    page: Any
    done: dict[str, Counter[str]] = field(default_factory=dict)
    part: str = ""

    @contextmanager
    def at(self, part: str) -> Iterator[None]:
        """All that is done inside is counted for that part of the work."""
        self.part = part
        yield
        self.part = ""

    def count(self, **what: int) -> None:
        self.done.setdefault(self.part, Counter()).update(what)

    @property
    def seconds(self) -> float:
        """How long all of it takes a person."""
        return sum(map(self.spent, self.done))

    def spent(self, part: str) -> float:
        """How long one part of the work takes, in seconds."""
        return sum(SECONDS[what] * n for what, n in self.done[part].items())

    def told(self) -> str:
        """The parts with their time, as lines."""
        return "\n".join(
            f"{part:24} {self.spent(part) / 60:5.1f} min  {dict(some)}"
            for part, some in self.done.items()
        )

    def click(self, selector: str) -> None:
        """One click that stays on the page."""
        self.put_calendars_away()
        self.page.click(selector)
        self.count(clicks=1)

    def put_calendars_away(self) -> None:
        """A calendar lies over what comes next until the field of its day is left."""
        while self.page.evaluate(IS_DAY):
            self.see_the_calendar()
            self.page.keyboard.press("Tab")
            self.count(keys=1)

    def see_the_calendar(self) -> None:
        """Asked from outside: the page lets no text become a script."""
        wait_until(lambda: self.page.evaluate(CALENDAR), what="a calendar")

    def follow(self, selector: str) -> None:
        """One click that leads to another page."""
        self.put_calendars_away()
        with self.page.expect_navigation():
            self.page.click(selector)
        self.count(clicks=1, pages=1)

    def menu(self, *names: str) -> None:
        """Through the menu at the side; the last name leads to a page."""
        for name in names:
            entry = f".sidebar .menuitem-label:text-is('{name}')"
            (self.follow if name == names[-1] else self.click)(entry)

    def reach(self, name: str) -> None:
        """Brings the cursor into a field: by the Tab key where it is near, else by a click."""
        for tabs in range(TABS):
            seen, is_day, near = self.page.evaluate(AROUND, name)
            if seen == name:
                return self.count(keys=tabs)
            if not near:
                break
            if is_day:
                self.see_the_calendar()
            self.page.keyboard.press("Tab")
        self.click(f"[name='{name}']:visible")
        return None

    def write(self, **texts: str | dict[str, str]) -> None:
        """Fields by name; words go into the box of each language."""
        for name, said in texts.items():
            if isinstance(said, dict):
                self.write(**{f"{name}_{code}": text for code, text in said.items()})
                continue
            self.reach(name)
            self.page.keyboard.press("Control+a")
            self.page.keyboard.insert_text(said)
            long = len(said) > A_LINE or "\n" in said
            self.count(**({"pastes": 1} if long else {"keys": len(said)}))

    def choose(self, **chosen: str) -> None:
        """From lists by name: the entry of these words, else the first that holds them."""
        for name, words in chosen.items():
            options = self.page.locator(f"select[name='{name}'] option")
            said = [option.strip() for option in options.all_inner_texts()]
            wanted = next((n for n, one in enumerate(said) if one == words), None)
            if wanted is None:
                wanted = next(n for n, one in enumerate(said) if words in one)
            self.page.select_option(f"select[name='{name}']", index=wanted)
            # Whoever chooses with the mouse has the cursor there.
            self.page.focus(f"select[name='{name}']")
            self.count(clicks=2)

    def tick(self, name: str, words: str = "") -> None:
        """A box, by its name and its words."""
        self.put_calendars_away()
        box = self.page.locator(f"[name='{name}']:visible")
        if words:
            label = self.page.locator("label", has_text=words).filter(has=box)
            box = label.locator("input")
        box.first.check()
        self.count(clicks=1)

    def row(self, rows: str, number: int) -> str:
        """The prefix of a row's fields; one more row is asked for where it is not there."""
        if not self.page.locator(f"[name='{rows}-{number}-id']").count():
            self.click(f"#id_{rows}-ADD")
        return f"{rows}-{number}"

    def save(self) -> None:
        """The button at the end of a form of the back office."""
        self.follow("footer button.button-longrunning, form button.button-longrunning")
        assert not (errors := self.page.locator(".error-message").all_inner_texts()), errors
