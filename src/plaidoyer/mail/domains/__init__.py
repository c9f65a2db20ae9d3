"""Whether the world believes our mail: what the name servers say of our domain, and what to write.

`questions` asks them, `checks` judges the answers, `sentences` says it and gives the record to
copy, `health` keeps it. Asked at night, from the command line, or by a button; a page shows the
last answers.
"""


def problems() -> list[str]:
    """What keeps mail to many from being believed, a sentence each; none when all is green."""
    from plaidoyer.mail.domains import health

    return health.problems()
