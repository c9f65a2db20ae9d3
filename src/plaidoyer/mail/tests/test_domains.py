"""What the name servers say of our domain, asked over the wire, and what we say of it."""

import os
import re
import subprocess
import time

import pytest
from click.testing import CliRunner
from django.utils.translation import override

from plaidoyer.config.cli import main
from plaidoyer.mail import domains, signatures
from plaidoyer.mail.domains import health
from plaidoyer.mail.domains.sentences import say
from plaidoyer.mail.tests.names import serving
from plaidoyer.testing import make_organiser
from tests.databases import PROGRAM

DOMAIN = "act.river.example"
RELAY = "relay.river.example"


def zone(**changes):
    """The records of a domain that does all well; `changes` by what they concern."""
    records = {
        "spf": ((DOMAIN, "TXT"), ['"v=spf1 a:relay.river.example -all"']),
        "mx": ((DOMAIN, "MX"), [f"10 {DOMAIN}."]),
        "a": ((DOMAIN, "A"), ["93.184.216.10"]),
        "relay": ((RELAY, "A"), ["93.184.216.34"]),
        "ptr": (("34.216.184.93.in-addr.arpa", "PTR"), [f"{RELAY}."]),
        "dkim": ((f"s1._domainkey.{DOMAIN}", "TXT"), []),
        "dmarc": (
            (f"_dmarc.{DOMAIN}", "TXT"),
            ['"v=DMARC1; p=quarantine; rua=mailto:d@river.example"'],
        ),
        "sts": ((f"_mta-sts.{DOMAIN}", "TXT"), ['"v=STSv1; id=1"']),
        "tls": ((f"_smtp._tls.{DOMAIN}", "TXT"), ['"v=TLSRPTv1; rua=mailto:t@river.example"']),
    }
    wanted = {key: changes.get(name, said) for name, (key, said) in records.items()}
    return {key: said for key, said in wanted.items() if said}


@pytest.fixture(autouse=True)
def ours(settings, tmp_path):
    settings.MAIL_DOMAIN, settings.SMTP_HOST, settings.SMTP_SECURITY = DOMAIN, RELAY, "starttls"
    settings.DKIM_DIR, settings.DKIM_SELECTORS = tmp_path, ["s1"]


@pytest.fixture
def key():
    """The record of our selector, as it is to be published."""
    return re.findall(r"TXT (.*)", signatures.make_key("s1"))


def keys_of(said):
    """What was found by looking where the world says `said`."""
    with serving(said) as server:
        return {one.key for one in health.look(resolver=server.address)}


def test_a_domain_that_does_all_well_is_green(key):
    assert keys_of(zone(dkim=key)) == {
        *("spf.good", "dkim.good", "dmarc.good", "mx.good"),
        *("relay.secret", "relay.named", "sts.good", "tlsrpt.good"),
    }


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"spf": []}, "spf.none"),
        ({"spf": ['"v=spf1 -all"', '"v=spf1 mx -all"']}, "spf.several"),
        ({"spf": ['"v=spf1 +all"']}, "spf.everybody"),
        ({"spf": ['"v=spf1 ip4:203.0.113.9 -all"']}, "spf.not_relay"),
        ({"spf": ['"v=spf1 a:relay.river.example ?all"']}, "spf.open"),
        ({"spf": ['"v=spf1 ' + "a:x.example " * 11 + '-all"']}, "spf.long"),
        ({"dkim": []}, "dkim.none"),
        ({"dkim": ['"v=DKIM1; p="']}, "dkim.revoked"),
        ({"dkim": ['"v=DKIM1; k=rsa; p=MFwwDQYJ"']}, "dkim.other"),
        ({"dmarc": []}, "dmarc.none"),
        ({"dmarc": ['"v=DMARC1; p=none"']}, "dmarc.unheard"),
        ({"dmarc": ['"v=DMARC1; p=none; rua=mailto:d@x.example"']}, "dmarc.watching"),
        ({"dmarc": ['"v=DMARC1; p=reject; pct=50; rua=mailto:d@x.example"']}, "dmarc.old"),
        ({"dmarc": ['"v=DMARC1; p=none"', '"v=DMARC1; p=reject"']}, "dmarc.several"),
        ({"mx": []}, "mx.none"),
        ({"mx": ["0 ."]}, "mx.null"),
        ({"mx": ["10 nowhere.river.example."]}, "mx.nowhere"),
        ({"ptr": []}, "relay.nameless"),
        ({"ptr": ["other.example."]}, "relay.one_way"),
        ({"sts": []}, "sts.none"),
        ({"tls": []}, "tlsrpt.none"),
    ],
)
def test_each_fault_is_found_and_has_its_words(key, changes, found):
    with serving(zone(**{"dkim": key, **changes})) as server:
        findings = {one.key: one for one in health.look(resolver=server.address)}

    assert found in findings
    for language in ("en", "fr"):
        with override(language):
            said = say(findings[found])
            assert said.words
            assert "%(" not in said.words


def test_a_record_above_holds_for_the_names_below(key):
    above = {("_dmarc.river.example", "TXT"): ['"v=DMARC1; p=reject; rua=mailto:d@x.example"']}

    assert "dmarc.good" in keys_of(zone(dkim=key, dmarc=[]) | above)
    registry = {("_dmarc.example", "TXT"): ['"v=DMARC1; p=reject; psd=y; rua=mailto:d@x.ca"']}
    assert "dmarc.none" in keys_of(zone(dkim=key, dmarc=[]) | registry)


def test_silence_is_told_from_a_no_and_waits_for_nobody_long():
    with serving({}) as server:
        address = server.address
    began = time.monotonic()

    found = {one.key for one in health.look(resolver=address)}

    assert found <= {f"{one}.silent" for one in ("spf", "dkim", "dmarc", "mx", "relay", "line")}
    assert time.monotonic() - began < 15


def test_records_that_lead_in_circles_or_are_noise_break_nothing(key):
    circle = zone(spf=[f'"v=spf1 include:{DOMAIN} redirect={DOMAIN} -all"'], dkim=key)
    noise = zone(
        spf=['"v=spf1 ip4:x/y a:%{i} mx:' + "a" * 70 + '.example ~"', '"\\255\\000"'],
        dkim=['"p=*"'],
        dmarc=['"v=DMARC1;;;=;p"'],
        mx=["65535 x."],
    )

    assert "spf.long" in keys_of(circle)
    assert "dkim.other" in keys_of(noise)


def run(*arguments, **environment):
    """What `plaidoyer mail ...` prints, and its exit code, as an operator runs it."""
    done = subprocess.run(
        [PROGRAM, "mail", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_an_operator_makes_a_key_publishes_it_and_sees_the_domain_green(tmp_path):
    ours = {"MAIL_DOMAIN": DOMAIN, "DKIM_DIR": str(tmp_path), "SMTP_HOST": RELAY}
    ours |= {"SMTP_SECURITY": "tls", "DKIM_SELECTORS": ""}
    code, made = run("make-key", "2026a", **ours)
    assert code == 0
    assert made.startswith(f"2026a._domainkey.{DOMAIN}. IN TXT ")
    assert 'DKIM_SELECTORS="2026a"' in made
    again, refused = run("make-key", "2026a", **ours)
    assert (again, refused) == (1, "Error: there is a key for '2026a'; take another name\n")
    record = re.search(r"TXT (.*)", run("show-record", "2026a", **ours)[1])[1]
    name = (f"2026a._domainkey.{DOMAIN}", "TXT")

    with serving(zone()) as server:
        ours["DNS_RESOLVER"] = server.address
        code, before = run("check-domain", **ours | {"DKIM_SELECTORS": "2026a"})
        server.zone[name] = [record]
        green, after = run("check-domain", **ours | {"DKIM_SELECTORS": "2026a"})

    assert code == 1
    assert f"TO MEND  Our signature (DKIM): Nothing stands at {name[0]}" in before
    assert record in before
    assert green == 0
    assert "TO MEND" not in after


@pytest.mark.parametrize("selector", ["", "../x", "A", "a b", "é", "a" * 70, "-a"])
def test_a_selector_that_is_none_is_refused_in_one_line(selector):
    for command in ("make-key", "show-record"):
        said = CliRunner().invoke(main, ["mail", command, "--", selector])
        assert said.exit_code == 1
        assert "no selector" in said.output


def test_another_domain_and_a_bad_name_server_are_answered_in_a_line():
    assert CliRunner().invoke(main, ["mail", "show-record", "none"]).exit_code == 1
    with serving(zone()) as server:
        asked = ["mail", "check-domain", "other.example", "--resolver", server.address]
        other = CliRunner().invoke(main, [*asked, "--selector", "x"])
        strange = CliRunner().invoke(main, ["mail", "check-domain", "a..b", *asked[3:]])
    nobody = CliRunner().invoke(main, ["mail", "check-domain", "--resolver", "nobody"])

    assert "no SPF record at other.example" in other.output
    assert "x._domainkey.other.example" in other.output
    assert other.exit_code == strange.exit_code == 1
    assert nobody.exit_code == 0
    assert "No name server answered" in nobody.output


@pytest.mark.django_db
def test_organisers_ask_anew_by_a_button_and_read_the_lines_to_copy(client, settings, key):
    client.force_login(make_organiser())
    assert "They have not been asked yet." in client.get("/admin/mail-domain/").text
    assert domains.problems()

    with serving(zone(dkim=key, spf=[])) as server:
        settings.DNS_RESOLVER = server.address
        client.post("/admin/mail-domain/")

    page = client.get("/admin/mail-domain/").text
    assert f"There is no SPF record at {DOMAIN}" in page
    assert f"{DOMAIN}. IN TXT &quot;v=spf1 a:{RELAY} -all&quot;" in page
    [problem] = domains.problems()
    assert "SPF" in problem
