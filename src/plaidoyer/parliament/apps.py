from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ParliamentConfig(AppConfig):
    name = "plaidoyer.parliament"
    verbose_name = _("Parliament")

    def ready(self) -> None:
        from plaidoyer.civics.sources import register
        from plaidoyer.parliament import planners
        from plaidoyer.parliament.sources import openparliament, ourcommons_votes, votes_csv

        planners.load()
        for source in (ourcommons_votes.Votes, openparliament.OpenParliament, votes_csv.VotesCsv):
            register(source())
