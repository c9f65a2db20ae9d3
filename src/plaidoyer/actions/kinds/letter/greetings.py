"""How a letter begins: one rule for each language, because no phrase with blanks would do."""

from plaidoyer.civics.models import Person

# Titles are abbreviated before a name, and written out where one speaks to somebody.
WRITTEN_OUT = {"Mme": "Madame", "M.": "Monsieur"}


def english(person: Person | None, title: str) -> str:
    if person is None:
        return "Dear Sir or Madam,"
    # "The Honourable" is how one speaks of somebody, never to them.
    if title and not title.lower().startswith("the "):
        return f"Dear {title} {person.family_name},"
    return f"Dear {person.given_name} {person.family_name},"


def french(person: Person | None, title: str) -> str:
    title = WRITTEN_OUT.get(title, title)
    return f"{title}," if title.startswith(("Madame", "Monsieur")) else "Madame, Monsieur,"


RULES = {"en": english, "fr": french}


def greeting(person: Person | None, language: str) -> str:
    """The first line of a letter to `person`, or to an office that nobody is known to hold."""
    title = person.honorific_prefix.get(language, "") if person else ""
    return RULES.get(language.split("-")[0], english)(person, title)
