"""The count ladder of the whole edition: from what was sent to what was answered."""

from dataclasses import astuple, dataclass

from django.utils.translation import gettext as _

from plaidoyer.lib import wording
from plaidoyer.reports.charts.drawing import Chart, bars


@dataclass(frozen=True, slots=True)
class Rungs:
    """How many came to each rung in the period."""

    submitted: int
    confirmed: int
    queued: int
    accepted: int
    replied: int


def tell(rungs: Rungs, language: str) -> Chart | None:
    """The chart in the active language, `language`; nothing was sent: None."""
    if not rungs.submitted:
        return None
    names = [
        _("Acts sent"),
        _("Acts confirmed"),
        _("Letters queued"),
        _("Letters accepted"),
        _("Letters answered"),
    ]
    values = [max(0, value) for value in astuple(rungs)]
    told = [
        (name, value, wording.number(value, language))
        for name, value in zip(names, values, strict=True)
    ]
    sentence = _(
        "Of %(sent)s acts sent, %(confirmed)s were confirmed by their authors; mail servers"
        " accepted %(accepted)s letters, and a person answered %(replied)s, as far as we know."
    ) % {
        "sent": told[0][2],
        "confirmed": told[1][2],
        "accepted": told[3][2],
        "replied": told[4][2],
    }
    return Chart(
        key="ladder",
        title=_("From sent to answered"),
        sentence=sentence,
        alt=_("Five bars, one for each step. The table below has the numbers."),
        columns=[_("Step"), _("Number")],
        rows=[[name, number] for name, _value, number in told],
        spec=bars([{"name": name, "value": value, "label": label} for name, value, label in told]),
        note=_(
            "One act may become several letters, one for each decision-maker; a petition becomes"
            " none."
        ),
    )
