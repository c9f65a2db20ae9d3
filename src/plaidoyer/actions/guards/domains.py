"""Mail domains: which give mailboxes to anybody, and what organisers have said about others."""

from collections.abc import Iterable

from plaidoyer.actions.guards.models import DomainRule
from plaidoyer.lib import addresses

# Providers whose mailboxes everybody has: many acts from there say nothing. Beside those whose
# names are most often mistyped (lib.addresses), regional and smaller ones.
PUBLIC = frozenset(addresses.WELL_KNOWN) | frozenset(
    ["aim.com", "aliceadsl.fr", "altern.org", "aon.at", "arcor.de", "bigpond.com", "bluemail.ch", "blueyonder.co.uk", "cegetel.net", "cgocable.ca", "charter.net", "club-internet.fr", "cock.li", "cogeco.net", "cox.net", "ctemplar.com", "dartybox.com", "disroot.org", "duck.com", "earthlink.net", "eircom.net", "execulink.ca", "execulink.com", "fastmail.co.uk", "fastmail.fr", "free.fr", "freenet.de", "freesurf.fr", "globetrotter.net", "globetrotter.qc.ca", "gmx.at", "gmx.ch", "gmx.us", "hispeed.ch", "hotmail.com.ar", "hotmail.com.au", "hotmail.com.br", "hotmail.de", "hotmail.nl", "hushmail.com", "icloud.com.cn", "inbox.lv", "infomaniak.ch", "ik.me", "ikmail.com", "kpnmail.nl", "laposte.fr", "libertysurf.fr", "live.com.au", "live.com.mx", "live.nl", "live.se", "mailfence.com", "mailo.com", "net-c.com", "netc.fr", "netcourrier.com", "netscape.net", "netzero.net", "nordnet.fr", "nortextel.net", "northwestel.net", "noos.fr", "ntlworld.com", "numericable.fr", "numericable.com", "o2.pl", "online.de", "optonline.net", "optusnet.com.au", "orange.be", "outlook.be", "outlook.com.br", "outlook.de", "outlook.it", "outlook.jp", "pacbell.net", "planet.nl", "privaterelay.appleid.com", "proximus.be", "qc.aira.com", "rediffmail.com", "riseup.net", "runbox.com", "sbcglobal.net", "scarlet.be", "seznam.cz", "sfr.net", "shaw.com", "sunrise.ch", "swing.be", "talktalk.net", "tbaytel.net", "tele2.fr", "telefonica.net", "telia.com", "terra.com.br", "tin.it", "tiscali.co.uk", "tiscali.fr", "tiscali.it", "tlb.sympatico.ca", "tutamail.com", "tuta.io", "tutanota.de", "uol.com.br", "verizon.net", "vianet.ca", "videotron.qc.ca", "virgilio.it", "virginmedia.com", "vivaldi.net", "vl.videotron.ca", "vmedia.ca", "voila.fr", "voo.be", "vodafone.de", "wightman.ca", "windowslive.com", "wp.pl", "xplornet.ca", "xplornet.com", "xs4all.nl", "xtra.co.nz", "yahoo.be", "yahoo.co.in", "yahoo.co.jp", "yahoo.com.ar", "yahoo.com.au", "yahoo.com.br", "yahoo.com.mx", "yahoo.de", "yahoo.gr", "yahoo.ie", "yahoo.in", "yahoo.nl", "yandex.by", "yandex.kz", "zeelandnet.nl", "ziggo.nl", "zohomail.com"]
)


def of(address: str) -> str:
    """The mail domain of `address`, as the database reads it (models.MailDomain)."""
    return address.rpartition("@")[2].lower()


def rules(domains: Iterable[str]) -> dict[str, str]:
    """What organisers have said about those of `domains` they said something about; one query."""
    said = DomainRule.objects.filter(domain__in=set(domains))
    return dict(said.values_list("domain", "verdict"))
