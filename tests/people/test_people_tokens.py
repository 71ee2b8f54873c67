import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.people.tokens import Claim, make_token, read_token

KEY = b"a key of this test"
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60)


@given(words, words, words)
def test_a_token_gives_back_what_was_put_in(purpose: str, subject: str, scope: str) -> None:
    token = make_token(KEY, purpose, subject, scope)
    assert read_token((KEY,), token, purpose) == Claim(purpose, subject, scope)


@given(words, words)
def test_a_token_can_stand_in_a_url_as_it_is(subject: str, scope: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]+", make_token(KEY, "leave", subject, scope))


def test_no_single_changed_character_is_accepted() -> None:
    token = make_token(KEY, "leave", "s1", "community")
    for place in range(len(token)):
        for letter in ALPHABET:
            changed = token[:place] + letter + token[place + 1 :]
            assert changed == token or read_token((KEY,), changed, "leave") is None


def mutated(dice: random.Random, token: str) -> str:
    """The token with a few letters changed, cut out, doubled, swapped or moved to another end."""
    letters = list(token)
    for _ in range(dice.randint(1, 4)):
        place = dice.randrange(len(letters))
        kind = dice.randrange(6)
        if kind < 2:
            letters[place] = dice.choice(ALPHABET)
        elif kind == 2 and len(letters) > 1:
            del letters[place]
        elif kind == 3:
            letters.insert(place, dice.choice(ALPHABET + "=+/ \n"))
        elif kind == 4:
            other = dice.randrange(len(letters))
            letters[place], letters[other] = letters[other], letters[place]
        else:
            letters[place] = letters[place].swapcase()
    return "".join(letters)


def accepted(count: int) -> int:
    """How many of so many mutations of several tokens are taken for one of ours."""
    dice = random.Random(35)
    subjects = [f"{dice.getrandbits(80):020x}" for _ in range(50)]
    tokens = [make_token(KEY, "leave", subject, "community") for subject in subjects]
    known, found = frozenset(tokens), 0
    for number in range(count):
        changed = mutated(dice, tokens[number % len(tokens)])
        found += changed not in known and read_token((b"the key before", KEY), changed, "leave") is not None
    return found


def test_check_35_of_ten_thousand_mutated_tokens_none_is_accepted() -> None:
    assert accepted(10_000) == 0


@pytest.mark.slow
def test_check_35_of_a_million_mutated_tokens_none_is_accepted() -> None:
    assert accepted(1_000_000) == 0


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "=",
        "a",
        "A" * 31,
        "A" * 400,
        "ü" * 40,
        "%41",
        make_token(KEY, "leave", "s1", "l") + "=",
        make_token(KEY, "leave", "s1", "l") + "A",
        make_token(KEY, "leave", "s1", "l")[:-1],
    ],
)
def test_what_we_did_not_make_is_refused(forged: str) -> None:
    assert read_token((KEY,), forged, "leave") is None


@given(st.text())
def test_any_text_at_all_is_refused(text: str) -> None:
    assert read_token((KEY,), text, "leave") is None


def test_a_token_for_one_thing_opens_no_other() -> None:
    token = make_token(KEY, "leave", "s1", "community")
    assert read_token((KEY,), token, "preferences") is None
    assert read_token((KEY,), token, "leav") is None


def test_old_keys_are_read_while_they_are_kept() -> None:
    old, new = b"last year's key", b"this year's key"
    token = make_token(old, "leave", "s1", "community")
    assert read_token((new, old), token, "leave") == Claim("leave", "s1", "community")
    assert read_token((new,), token, "leave") is None


def test_parts_cannot_run_into_each_other() -> None:
    with pytest.raises(ValueError, match="NUL"):
        make_token(KEY, "leave", "s1\0community", "")
    assert make_token(KEY, "leave", "s1", "2") != make_token(KEY, "leave", "s", "12")
