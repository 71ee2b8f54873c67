"""What the doctor makes of SPF, DKIM and DMARC records."""

from base64 import b64encode
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.health.dkim import judge_dkim
from newsletter.health.dmarc import judge_dmarc
from newsletter.health.spf import judge_spf, read_spf

Zone = Mapping[str, Sequence[str]]
RSA = {1024: b64encode(bytes(162)).decode(), 2048: b64encode(bytes(294)).decode(), 512: b64encode(bytes(94)).decode()}
ED25519 = b64encode(bytes(32)).decode()


def code(finding: object) -> str:
    return getattr(finding, "code", "")


def chain(length: int) -> dict[str, list[str]]:
    """A domain whose record includes the next, and so on."""
    zone = {f"n{n}.example.org": [f"v=spf1 include:n{n + 1}.example.org -all"] for n in range(length)}
    return zone | {f"n{length}.example.org": ["v=spf1 -all"]}


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        (
            {
                "example.org": ["v=spf1 include:_spf.example.net -all"],
                "_spf.example.net": ["v=spf1 ip4:192.0.2.1 ~all"],
            },
            "",
        ),
        ({"example.org": ["V=SPF1 A MX ~ALL", "some other text"]}, ""),
        ({"example.org": ["v=spf1 redirect=_spf.example.net"], "_spf.example.net": ["v=spf1 mx -all"]}, ""),
        ({}, "doctor.spf-missing"),
        ({"example.org": ["v=spf10 -all", "spf1 -all"]}, "doctor.spf-missing"),
        ({"example.org": ["v=spf1 -all", "v=spf1 mx -all"]}, "doctor.spf-double"),
        ({"example.org": ["v=spf1 mx +all"]}, "doctor.spf-open"),
        ({"example.org": ["v=spf1 mx all"]}, "doctor.spf-open"),
        (
            {"example.org": ["v=spf1 redirect=_spf.example.net"], "_spf.example.net": ["v=spf1 all"]},
            "doctor.spf-open",
        ),
        ({"example.org": ["v=spf1 mx"]}, "doctor.spf-neutral"),
        ({"example.org": ["v=spf1 mx ?all"]}, "doctor.spf-neutral"),
        ({"example.org": ["v=spf1 include:n0.example.org -all"], **chain(9)}, ""),
        ({"example.org": ["v=spf1 include:n0.example.org -all"], **chain(10)}, "doctor.spf-lookups"),
        ({"example.org": ["v=spf1 " + "a:mail.example.org " * 11 + "-all"]}, "doctor.spf-lookups"),
    ],
)
def test_spf(zone: Zone, expected: str) -> None:
    assert code(judge_spf("example.org", lambda name: zone.get(name, ()))) == expected


def test_an_spf_record_that_includes_itself_comes_to_an_end() -> None:
    zone = {
        "example.org": ["v=spf1 include:b.example.org -all"],
        "b.example.org": ["v=spf1 include:example.org -all"],
    }
    assert read_spf("example.org", lambda name: zone.get(name, ())).lookups == 2


@given(st.text())
def test_no_record_of_anybody_stops_the_examination(text: str) -> None:
    for record in (text, f"v=spf1 {text}", f"v=DKIM1; p={text}", f"v=DMARC1; {text}"):
        judge_spf("example.org", lambda name, record=record: [record])
        judge_dkim("s1", "example.org", [record])
        judge_dmarc("example.org", "example.org", lambda name, record=record: [record])


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([f"v=DKIM1; k=rsa; p={RSA[2048]}"], ""),
        ([f"p={RSA[2048]}", "unrelated"], ""),
        ([f"v=DKIM1; k=ed25519; p={ED25519}"], ""),
        ([f"v=DKIM1; p={RSA[2048][:100]} {RSA[2048][100:]}"], ""),
        ([], "doctor.dkim-missing"),
        (["v=DKIM1"], "doctor.dkim-missing"),
        ([f"p={RSA[2048]}", f"p={RSA[1024]}"], "doctor.dkim-double"),
        (["v=DKIM1; p="], "doctor.dkim-revoked"),
        (["v=DKIM1; p=not a key!"], "doctor.dkim-broken"),
        ([f"v=DKIM1; p={RSA[512]}"], "doctor.dkim-broken"),
        ([f"v=DKIM1; k=rsa; p={ED25519}"], "doctor.dkim-broken"),
        ([f"v=DKIM1; p={RSA[1024]}"], "doctor.dkim-weak"),
        ([f"v=DKIM1; t=y:s; p={RSA[2048]}"], "doctor.dkim-testing"),
    ],
)
def test_dkim(records: Sequence[str], expected: str) -> None:
    finding = judge_dkim("s1", "example.org", records)
    assert code(finding) == expected
    assert "s1._domainkey.example.org" in finding.text


@pytest.mark.parametrize(
    ("domain", "signing", "zone", "expected"),
    [
        ("example.org", "example.org", {"_dmarc.example.org": ["v=DMARC1; p=none"]}, ""),
        ("news.example.org", "example.org", {"_dmarc.example.org": ["v=DMARC1; p=reject"]}, ""),
        ("example.org", "em.example.org", {"_dmarc.example.org": ["v=DMARC1;p=quarantine;adkim=r"]}, ""),
        ("Example.org", "EXAMPLE.ORG.", {"_dmarc.example.org": ["v=DMARC1; p=none; adkim=s"]}, ""),
        ("example.org", "example.org", {}, "doctor.dmarc-missing"),
        ("example.org", "example.org", {"_dmarc.org": ["v=DMARC1; p=none"]}, "doctor.dmarc-missing"),
        ("example.org", "example.org", {"_dmarc.example.org": ["v=DMARC1; p=none"] * 2}, "doctor.dmarc-double"),
        ("example.org", "example.org", {"_dmarc.example.org": ["v=DMARC1; rua=mailto:a@b.c"]}, "doctor.dmarc-policy"),
        ("example.org", "example.org", {"_dmarc.example.org": ["v=DMARC1; p=all"]}, "doctor.dmarc-policy"),
        ("example.org", "example.net", {"_dmarc.example.org": ["v=DMARC1; p=none"]}, "doctor.dmarc-alignment"),
        ("example.org", "em.example.org", {"_dmarc.example.org": ["v=DMARC1;p=none;adkim=s"]},
         "doctor.dmarc-alignment"),
        # A registry that publishes for all below it makes nobody of one house with their neighbours.
        (
            "one.example.org",
            "two.example.org",
            {"_dmarc.one.example.org": ["v=DMARC1; p=none"], "_dmarc.example.org": ["v=DMARC1; p=none; psd=y"]},
            "doctor.dmarc-alignment",
        ),
    ],
)  # fmt: skip
def test_dmarc(domain: str, signing: str, zone: Zone, expected: str) -> None:
    assert code(judge_dmarc(domain, signing, lambda name: zone.get(name, ()))) == expected
