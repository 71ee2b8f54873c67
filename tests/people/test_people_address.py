import pytest
from email_validator import validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.people.address import (
    LONGEST_LOCAL,
    address_hash,
    address_hasher,
    host_of,
    parse_address,
    plain_address,
    plain_parts,
)
from newsletter.people.address_kinds import address_book


@pytest.mark.parametrize(
    ("typed", "address", "key"),
    [
        ("mira@example.org", "mira@example.org", "mira@example.org"),
        ("  Mira.Lund@EXAMPLE.org ", "Mira.Lund@example.org", "mira.lund@example.org"),
        ("mira+talks@example.org", "mira+talks@example.org", "mira+talks@example.org"),
        ("post@bücher.example.org", "post@xn--bcher-kva.example.org", "post@xn--bcher-kva.example.org"),
        ("post@xn--bcher-kva.example.org", "post@xn--bcher-kva.example.org", "post@xn--bcher-kva.example.org"),
    ],
)
def test_an_address_keeps_its_local_part_and_is_compared_without_case(typed: str, address: str, key: str) -> None:
    parsed = parse_address(typed)
    assert (parsed.address, parsed.key, parsed.problems) == (address, key, ())


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "mira",
        "mira@",
        "@example.org",
        "mira@example",
        "mira@@example.org",
        "mira@example.org, noor@example.org",
        "Mira <mira@example.org>",
        "mira @example.org",
        "mira@example..org",
        "mira@example.org\nBcc: all@example.org",
        "mira\r\n@example.org",
        "mira\0@example.org",
        "mira@[127.0.0.1]",
        "мира@example.org",
        "a" * 65 + "@example.org",
        "a@" + "b." * 130 + "org",
    ],
)
def test_what_is_no_address_is_refused_in_a_sentence(typed: str) -> None:
    parsed = parse_address(typed)
    assert (parsed.address, parsed.key) == ("", "")
    assert len(parsed.problems) == 1


@given(st.text(max_size=300) | st.emails())
def test_whatever_is_typed_an_address_is_one_ascii_word_or_refused(typed: str) -> None:
    parsed = parse_address(typed)
    if not parsed.problems:
        assert parsed.address.isascii()
        assert parsed.address.isprintable()
        assert " " not in parsed.address
        assert parse_address(parsed.address).key == parsed.key


_ATOMS = st.text("abcXYZ019!#$%&'*+-/=?^_`{|}~", min_size=1, max_size=12)
_LABELS = st.text("abcXYZ019-", min_size=1, max_size=8) | st.sampled_from(
    ["example", "org", "test", "local", "arpa", "invalid", "xn--bcher-kva", "1", "a" * 63, "a" * 64, "c0m", "bücher"]
)
_LIKELY = st.builds(
    lambda local, domain: f"{'.'.join(local)}@{'.'.join(domain)}",
    st.lists(_ATOMS | st.sampled_from(["INFO", "info", "Postmaster", "", "x" * 60]), min_size=1, max_size=3),
    st.lists(_LABELS, min_size=1, max_size=5),
)


@settings(max_examples=400)
@given(_LIKELY | st.emails() | st.text(max_size=40))
def test_the_fast_way_takes_nothing_that_the_library_would_not_take_as_the_same_address(typed: str) -> None:
    fast = plain_address(typed)
    if fast is None:
        return
    found = validate_email(typed.strip(), check_deliverability=False, allow_smtputf8=False, strict=True)
    assert fast == (
        f"{found.local_part}@{found.ascii_domain}",
        f"{found.local_part.casefold()}@{found.ascii_domain}",
    )


@settings(max_examples=200)
@given(
    st.lists(
        _LIKELY | st.emails() | st.sampled_from(["a@bücher.example.org", "a@Kiel.example"]) | st.text(max_size=20)
    )
)
def test_what_is_taken_at_one_look_is_what_the_library_takes_one_by_one(texts: list[str]) -> None:
    for typed, (local, domain) in zip(texts, plain_parts(texts), strict=True):
        host = host_of(domain) if domain and len(local) <= LONGEST_LOCAL else ""
        if host:
            parsed = parse_address(typed)
            assert (parsed.key, parsed.problems) == (f"{local.lower()}@{host}", ())


def test_most_addresses_are_taken_at_one_look_and_a_loose_dot_or_a_line_end_spoils_no_other() -> None:
    ordinary = ["mira.lund@mail.example.org", "noor@example.org", "a@bücher.example.org"]
    assert [parts[0] for parts in plain_parts([*ordinary, "a..b@example.org", ".a@example.org", "x"])] == [
        "mira.lund", "noor", "a", "", "", "",
    ]  # fmt: skip
    assert host_of("bücher.example.org") == "xn--bcher-kva.example.org"
    assert plain_parts(["mira@example.org\nnoor@example.org", "ada@example.org"]) == [("", ""), ("", "")]


@given(st.binary(max_size=100), st.text(max_size=80))
def test_hashes_of_many_addresses_are_those_of_each(secret: bytes, key: str) -> None:
    assert address_hasher(secret)(key) == address_hash(secret, key)


@pytest.mark.parametrize("typed", ["mira.lund+talks@mail.example.org", "O'Hara@Example.co", "a@b-c.example.org"])
def test_ordinary_addresses_go_the_fast_way(typed: str) -> None:
    assert plain_address(typed) is not None


def test_an_address_that_only_mail_in_utf8_reaches_is_refused_with_that_reason() -> None:
    (problem,) = parse_address("мира@example.org").problems
    assert "RFC 6531" in problem
    assert "plain letters" in problem


@pytest.mark.parametrize(
    ("key", "kinds"),
    [
        ("info@example.org", ("role",)),
        ("no-reply+talks@example.org", ("role",)),
        ("mira@mailinator.com", ("disposable",)),
        ("postmaster@eu.yopmail.com", ("role", "disposable")),
        ("mira@notmailinator.com", ()),
        ("information@example.org", ()),
        ("vorstand@example.org", ("role",)),
        ("mira@eu.gone.example.org", ("disposable",)),
    ],
)
def test_addresses_of_roles_and_of_throwaway_services_are_told_apart(key: str, kinds: tuple[str, ...]) -> None:
    assert address_book(("Vorstand",), ("gone.example.org",)).kinds(key) == kinds


def test_the_hash_depends_on_the_key_and_tells_nothing_of_the_address() -> None:
    found = address_hash(b"one key", "mira@example.org")
    assert found == address_hash(b"one key", "mira@example.org")
    assert found != address_hash(b"another key", "mira@example.org")
    assert found != address_hash(b"one key", "noor@example.org")
    assert len(found) == 64
    assert "mira" not in found
