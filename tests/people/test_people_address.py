import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.people.address import address_hash, parse_address


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


def test_the_hash_depends_on_the_key_and_tells_nothing_of_the_address() -> None:
    found = address_hash(b"one key", "mira@example.org")
    assert found == address_hash(b"one key", "mira@example.org")
    assert found != address_hash(b"another key", "mira@example.org")
    assert found != address_hash(b"one key", "noor@example.org")
    assert len(found) == 64
    assert "mira" not in found
