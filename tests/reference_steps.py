"""How an organiser enters the reference case, screen by screen (tests/reference_case.py)."""

import datetime
import re

from plaidoyer.demo import book
from plaidoyer.lib.words import Words
from tests.hands import Hands
from tests.reference_case import (
    BEFORE,
    NOW,
    OFFICES,
    PERIOD,
    PUBLISHERS,
    TOLD,
    WON,
    happened,
    link,
    won_before,
)

# Those of the half-year, then those won before that have news.
SHEETS = [*TOLD, *WON]


def found_the_organisation(ed: Hands) -> None:
    """Its name and the address that every mailing shows."""
    with ed.at("organisation"):
        ed.menu("Settings", "Organisation")
        ed.write(name=Words(fr="Coalition des rivières", en="Rivers Coalition"))
        ed.write(postal_address="12, quai des Tisserands\nPort-Aldre AR1 2LD")
        ed.save()


def bring_earlier_wins(ed: Hands) -> None:
    """The seven campaigns of the half-year before come from a spreadsheet."""
    with ed.at("earlier wins by CSV"):
        ed.menu("Settings", "Bundles")
        file = {"name": "won.csv", "mimeType": "text/csv", "buffer": won_before()}
        ed.page.set_input_files("[name=file]", file)
        ed.count(clicks=3)
        ed.follow("main form button")
        ed.follow("main form button:has-text('Look')")
        ed.follow("main form button:has-text('Add all')")


def draft(ed: Hands, slug: str, period: dict[str, datetime.date], title: Words) -> None:
    """A new edition with its introduction; its items are there by themselves."""
    with ed.at("first edition" if slug == BEFORE else "edition"):
        ed.menu("Editions")
        ed.follow("a:has-text('Add edition')")
        ed.write(title=title, slug=slug)
        ed.write(starts_on=str(period["first"]), ends_on=str(period["last"]))
        ed.save()
        sheets = {one["slug"]: one for one in book.read("editions.toml")["editions"]}
        ed.write(**{"edition-introduction": sheets[slug]["introduction"]})
        if slug == NOW:
            for part in ("our_part", "thanks", "appeal"):
                ed.write(**{f"edition-{part}": sheets[slug][part]})
        ed.follow(".desk-bar button[value=save]")


def publish(anne: Hands, title: str) -> None:
    """Anne approves each item, and publishes."""
    anne.menu("Editions")
    anne.follow(f"main a:text-is('{title}')")
    for box in anne.page.locator("[name=read]").all():
        box.check()
        anne.count(clicks=1)
    anne.follow("button[value=approve]")
    anne.follow("a:has-text('Publish…')")
    assert not anne.page.locator(".desk-problems li").all_inner_texts()
    anne.follow("button:text-is('Publish now')")


def enter_campaigns(ed: Hands) -> None:
    """Thirteen campaigns with what they ask, and of whom: the first time with an official page."""
    shown: set[str] = set()
    with ed.at("campaigns"):
        ed.menu("Campaigns")
        for sheet in TOLD:
            ed.follow("a:has-text('Add campaign')")
            ed.write(name=sheet["name"], summary=sheet["summary"])
            for n, demand in enumerate(sheet["demands"]):
                ed.row("demands", n)
                ed.write(**{f"demands-{n}-words": demand["words"]})
            for n, key in enumerate(sheet["targets"]):
                ed.row("targets", n)
                enter_target(ed, n, OFFICES[key])
                if key not in shown:
                    ed.write(**{f"targets-{n}-source": f"{OFFICES[key]['url']}/contact"})
                    shown.add(key)
            ed.write(opened_on=str(sheet["opened_on"]))
            ed.save()
            if any("asked_of" in demand for demand in sheet["demands"]):
                ask_each_of_their_own(ed, sheet)


def enter_target(ed: Hands, n: int, office: dict) -> None:
    """From the list whoever is in it, else by their words."""
    listed = ed.page.locator(f"select[name='targets-{n}-who'] option").all_inner_texts()
    name = office.get("office", office["organization"])["en"]
    if any(name in one for one in listed):
        ed.choose(**{f"targets-{n}-who": name})
        return
    ed.write(**{f"targets-{n}-body": office["organization"]})
    if "office" in office:
        ed.write(**{f"targets-{n}-office": office["office"]})


def ask_each_of_their_own(ed: Hands, sheet: dict) -> None:
    """Each demand is made to one of those who are asked."""
    ed.follow(f"main a:has-text('{sheet['name']['en']}')")
    for n, demand in enumerate(sheet["demands"]):
        [key] = demand["asked_of"]
        ed.tick(f"demands-{n}-targets", OFFICES[key]["office"]["en"])
    ed.save()


def enter_parliament(ed: Hands) -> None:
    """The official petition with its counts and places, and the vote with its result."""
    with ed.at("petition and vote"):
        sheet = next(one for one in TOLD if "petition" in one)
        petition, house = sheet["petition"], OFFICES["assembly"]["organization"]["en"]
        ed.menu("Decision-makers", "Official petitions")
        ed.follow("a:has-text('Add official petition')")
        ed.choose(legislature=house)
        ed.write(identifier=petition["identifier"], title=petition["title"], url=petition["url"])
        ed.write(sponsor=petition["sponsor"])
        for name in ("opens_on", "closes_on", "presented_on"):
            ed.write(**{name: str(petition[name])})
        for n, rank in enumerate(petition["ranks"]):
            ed.row("ranks", n)
            ed.write(**{f"ranks-{n}-rank": str(rank["rank"])})
            ed.choose(
                **{f"ranks-{n}-scope": {"all": "all time", "session": "session"}[rank["scope"]]}
            )
            ed.write(
                **{f"ranks-{n}-as_of": str(rank["as_of"]), f"ranks-{n}-source": rank["source"]}
            )
        for n, seen in enumerate(petition["snapshots"][-3:]):
            ed.row("snapshots", n)
            ed.write(**{f"snapshots-{n}-signatures": str(seen["signatures"])})
            ed.write(**{f"snapshots-{n}-taken_at": f"{seen['taken_at']:%Y-%m-%d %H:%M}"})
            ed.write(**{f"snapshots-{n}-source": petition["url"]["en"]})
        ed.save()
        ed.menu("Decision-makers", "Motions")
        ed.follow("a:has-text('Add motion')")
        motion = book.read("votes.toml")["motions"]["bill-58"]
        ed.choose(legislature=house)
        ed.write(identifier=motion["identifier"], title=motion["title"])
        ed.row("vote_events", 0)
        ed.write(**{"vote_events-0-held_on": "2026-06-23"})
        ed.choose(**{"vote_events-0-result": "adopted as amended"})
        ed.write(**{"vote_events-0-yes_count": "204", "vote_events-0-no_count": "117"})
        ed.write(**{"vote_events-0-source": motion["vote_events"][0]["source"]})
        ed.save()
        for slug in ("bathing", "living-water"):
            sheet = next(one for one in TOLD if one["slug"] == slug)
            ed.menu("Campaigns")
            ed.follow(f"main a:has-text('{sheet['name']['en']}')")
            if slug == "bathing":
                ed.tick("official_petitions")
            else:
                ed.row("asked_votes", 0)
                ed.choose(**{"asked_votes-0-vote": "2026-06-23", "asked_votes-0-option": "yes"})
                ed.write(**{"asked_votes-0-reason": Words(fr="Notre demande.", en="Our demand.")})
            ed.save()


def enter_forms(ed: Hands) -> None:
    """Letters to the minister, a drive before the vote, an open letter."""
    sheets = {one["slug"]: one for one in TOLD}
    told = {
        "letter": (sheets["otters"], sheets["otters"]["forms"][0]),
        "vote_drive": (sheets["living-water"], sheets["living-water"]["forms"][0]),
        "open_letter": (sheets["three-ministers"], sheets["three-ministers"]["forms"][0]),
    }
    with ed.at("forms"):
        for kind, (sheet, form) in told.items():
            ed.menu("Forms")
            ed.follow("a:has-text('Add form')")
            ed.follow(f"a[href='?kind={kind}']")
            ed.choose(campaign=sheet["name"]["en"])
            ed.write(name=form["name"], opens_at=f"{sheet['opened_on']} 07:00")
            if kind == "open_letter":
                ed.write(**{"options-text": form["options"]["text"]})
            else:
                letter = sheets["otters"]["forms"][0]["options"]
                if kind == "vote_drive":
                    ed.choose(**{"options-motion": "58"})
                    ed.tick("options-to", "every member who sits")
                ed.write(**{"options-subject": letter["subject"], "options-body": letter["body"]})
            ed.save()


def approve_forms(anne: Hands) -> None:
    """Anne reads what the letters say and whom they go to, and lets them leave."""
    with anne.at("approvals"):
        anne.menu("Forms")
        while anne.page.locator(waits := "main a:has-text('Read and approve') >> nth=0").count():
            anne.follow(waits)
            anne.follow("main form button:text-is('Let these letters leave')")


def record(ed: Hands, press: str) -> None:
    """What came of it: a link is pasted and read, then what it moved is said."""
    with ed.at("milestones"):
        for sheet in SHEETS:
            for milestone in happened(sheet):
                enter_milestone(ed, sheet, milestone, link(press, milestone))


def enter_milestone(ed: Hands, sheet: dict, milestone: dict, url: str) -> None:
    moves = milestone.get("moves", [])
    if ed.page.locator(another := "a:has-text('Record another')").count():
        ed.follow(another)
    else:
        ed.menu("Milestones")
        ed.follow("a:has-text('Add milestone')")
    ed.write(**{"evidence-0-url": url})
    ed.follow("button[name=read] >> nth=0")
    proof = milestone["evidence"][0]
    assert ed.page.input_value("[name=evidence-0-title]") == proof["title"]
    assert ed.page.input_value("[name=happened_on]") == str(proof["published_on"])
    read = PUBLISHERS[proof["publisher"]]["language"]
    assert ed.page.input_value(f"[name=title_{read}]") == proof["title"]
    other = {"fr": "en", "en": "fr"}[read]
    ed.write(**{f"title_{other}": milestone["title"][other]})
    if milestone["happened_on"] != proof["published_on"]:
        ed.write(happened_on=str(milestone["happened_on"]))
    ed.choose(kind=KINDS.get(milestone["kind"], milestone["kind"]))
    for n, move in enumerate(moves):
        ed.row("movements", n)
        of = next(one for one in TOLD if one["slug"] == move.get("campaign", sheet["slug"]))
        demand = of["demands"][move["demand"] - 1]["words"]["en"]
        ed.choose(**{f"movements-{n}-pair": demand[:60]})
        ed.choose(**{f"movements-{n}-standing": move["standing"].replace("_", " ")})
    if not moves:
        ed.tick("campaigns", sheet["name"]["en"])
    ed.save()
    assert "/inspect/" in ed.page.url, ed.page.locator(".error-message").all_inner_texts()


KINDS = {"handover": "hand-over"}


def approve_milestones(anne: Hands) -> None:
    """Whatever claims a success or a loss waits for Anne; from one she comes to the next."""
    with anne.at("approvals"):
        anne.menu("Outcomes board")
        anne.follow(".todo a[href*='/milestones/inspect/'] >> nth=0")
        while anne.page.locator(approve := "form[action*='/approve/'] button").count():
            anne.follow(approve)


def name_a_figure(ed: Hands) -> None:
    """A number that the thanks tell by its name."""
    with ed.at("figure by name"):
        ed.menu("Figures")
        ed.follow("a:has-text('Add figure')")
        sheet = next(one for one in TOLD if one["slug"] == "otters")
        ed.write(name="otter-letters")
        ed.choose(campaign=sheet["name"]["en"])
        ed.write(noun=Words(fr="lettres à la ministre", en="letters to the minister"))
        ed.choose(source="own acts", rung="confirmed")
        ed.tick("forms", sheet["forms"][0]["name"]["en"])
        ed.save()


def write(ed: Hands) -> None:
    """The edition: every item in both languages, and why six of them are major."""
    draft(ed, NOW, PERIOD, Words(fr="Six mois au fil de l’eau", en="Six months on the water"))
    with ed.at("edition"):
        for sheet in SHEETS:
            entry = sheet["items"][NOW]
            card = ed.page.locator(
                ".desk-item", has=ed.page.locator(f'h3:text-is("{sheet["name"]["en"]}")')
            )
            key = f"item-{card.get_attribute('data-key')}"
            text = Words(
                {code: re.sub(r"\{acts\}", "", one) for code, one in entry["text"].items()}
            )
            ed.write(**{f"{key}-title": entry["title"], f"{key}-text": text})
            if "major_reason" in entry:
                ed.click(f"#{key} details:has([name='{key}-is_major']) summary")
                ed.tick(f"{key}-is_major")
                ed.write(**{f"{key}-major_reason": entry["major_reason"]})
        ed.follow(".desk-bar button[value=save]")
