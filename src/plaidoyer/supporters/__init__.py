"""Private persons who act, and what they allow us to do.

A supporter (OSDI person) is never in one table with a `civics.Person`, who holds public office.
Consent is append-only: wording, language, date, page. Rows here reveal political opinions.
"""
