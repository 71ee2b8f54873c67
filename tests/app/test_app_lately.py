"""What was made lately: the least recently asked for gives way, and what is kept never takes more than the room."""

from hypothesis import given
from hypothesis import strategies as st

from newsletter.app.lately import Lately

steps = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9)), max_size=40)


def test_what_was_asked_for_last_stays_and_the_oldest_gives_way() -> None:
    lately: Lately[str, int] = Lately(room=2)
    lately.keep("a", 1)
    lately.keep("b", 2)
    assert lately.get("a") == 1
    lately.keep("c", 3)

    assert [lately.get(key) for key in "abc"] == [1, None, 3]


def test_a_value_that_takes_another_ones_place_takes_its_room_too() -> None:
    lately: Lately[str, str] = Lately(room=5)
    lately.keep("a", "large", 4)
    lately.keep("a", "small", 1)
    lately.keep("b", "other", 4)

    assert (lately.get("a"), lately.get("b")) == ("small", "other")


def test_what_is_larger_than_the_room_is_not_kept_and_takes_nobodys_place() -> None:
    lately: Lately[str, int] = Lately(room=5)
    lately.keep("a", 1, 5)
    lately.keep("b", 2, 6)
    assert (lately.get("a"), lately.get("b")) == (1, None)


def test_nothing_is_left_of_what_is_forgotten() -> None:
    lately: Lately[str, int] = Lately(room=5)
    lately.keep("a", 1, 5)
    lately.forget()
    lately.keep("b", 2, 5)
    assert (lately.get("a"), lately.get("b")) == (None, 2)


@given(steps)
def test_what_is_kept_are_the_last_ones_and_never_more_than_the_room(kept: list[tuple[int, int]]) -> None:
    lately: Lately[int, int] = Lately(room=20)
    for key, size in kept:
        lately.keep(key, size, size)

    last = list(dict.fromkeys(key for key, _ in reversed(kept)))
    sizes = dict(kept)
    there = [key for key in last if lately.get(key) is not None]
    assert there == last[: len(there)]
    assert sum(sizes[key] for key in there) <= 20
