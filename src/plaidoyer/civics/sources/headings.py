"""What the columns of a table of members or areas are called, in English and in French."""

import re
from collections.abc import Mapping

from plaidoyer.civics.sources.ridings import LIGATURES
from plaidoyer.lib.words import folded

# The first that stands in the table counts.
MEANINGS = {
    "division": "ocd_id ocd division division_id area_id identifiant_ocd",
    "valid_from": "valid_from en_vigueur valide_des valid_since",
    "valid_until": "valid_through valid_until valid_to jusqu_au valide_jusqu_au",
    "province": "province province_territory province_territoire state etat constituency_province",
    "area_en": "riding_en constituency_en district_en area_en name_en nom_en nom_anglais",
    "area_fr": "riding_fr circonscription_fr district_fr area_fr name_fr nom_fr nom_francais",
    "area": "riding constituency circonscription district electoral_district federal_riding area "
    "circonscription_electorale nom_de_la_circonscription constituency_name",
    "number": "fed_code constituency_id district_code riding_number ed_code circonscription_id "
    "numero_de_circonscription",
    "departement": "departement_code code_departement",
    "departement_name": "departement",
    "chamber": "chamber chambre",
    "class": "senate_class",
    "given_name": "given_name first_name firstname prenom prenoms",
    "family_name": "family_name last_name lastname surname nom_de_famille",
    "name": "name full_name nom_complet nom member membre depute deputee",
    "honorific": "honorific honorific_title honorific_prefix civilite titre_honorifique",
    "person": "person_id member_id personid assnat_id acteur_uid bioguide identifier identifiant "
    "id",
    "party": "party_name party parti political_affiliation affiliation_politique groupe group "
    "caucus caucus_last_seen parti_politique",
    "party_short": "party_abbr groupe_abrege sigle party",
    "email": "email e_mail courriel mail adresse_electronique adresse_courriel email_address",
    "voice": "phone telephone tel voice",
    "form": "contact_form formulaire formulaire_de_contact",
    "address": "address postal_address adresse adresse_postale",
    "page": "source source_url page url",
    "start": "start_on start_date term_start start date_de_debut debut from_date depuis",
    "end": "end_on end_date term_end end date_de_fin fin until",
    "language": "preferred_language language langue",
}
SYNONYMS = {meaning: names.split() for meaning, names in MEANINGS.items()}


class Headings:
    """Which column of a table says what."""

    def __init__(self, names: Mapping[str, str]) -> None:
        plain = {plainly(name): name for name in names}
        # « Nom » beside « Prénom » is the family name.
        is_french = "prenom" in plain and "nom" in plain
        extra = {"family_name": ["nom"]} if is_french else {}
        self.columns = {
            meaning: plain[found]
            for meaning, synonyms in SYNONYMS.items()
            if (found := next((s for s in extra.get(meaning, []) + synonyms if s in plain), None))
        }

    def cell(self, row: Mapping[str, str], meaning: str) -> str:
        """What a row says there; "" where no column means that."""
        return row.get(self.columns.get(meaning, ""), "")

    def __contains__(self, meaning: object) -> bool:
        return meaning in self.columns

    @property
    def is_of_persons(self) -> bool:
        """Whether the rows are people, and not areas."""
        if "family_name" in self:
            return True
        return "name" in self and not {"person", "party", "email"}.isdisjoint(self.columns)


def plainly(name: str) -> str:
    """`Province / Territory` is province_territory, `Prénom` is prenom."""
    return re.sub("[^a-z0-9]+", "_", folded(name.translate(LIGATURES))).strip("_")
