"""config.toml and lists.toml: what is right is read, what is wrong is named with file, line and key."""

from pathlib import Path

import pytest

from newsletter.model.workspace import Settings
from newsletter.settings.personas import read_personas
from newsletter.settings.reading import SettingsError, TomlFile, read_settings

CONFIG = """\
[community]
id = "lab"
name = "A Lab"
timezone = "America/Los_Angeles"
postal_address = "1 Shore Avenue"

[sender]
address = "Hours <hours@news.example.org>"

[[sources]]
name = "pages"
format = "markdown"
path = "content/*.md"

[[sources]]
name = "talks"
format = "csv"
path = "content/talks.csv"

[digests.weekly]
title = "Hours"
list = "community"
cadence = "weekly on Friday at 09:00"
window = "7 days from next Monday"
"""
LISTS = """\
[topics.dives]
title = "Dives"
tags = ["dive"]

[lists.community]
title = "Hours"
digests = ["weekly"]
topics = ["dives"]
"""


def read(config: str = CONFIG, lists: str = LISTS) -> Settings:
    return read_settings(
        TomlFile("config.toml", config), TomlFile("subscribers/lists.toml", lists), root=Path("/nowhere")
    )


def first_problem(config: str = CONFIG, lists: str = LISTS) -> tuple[str, int | None, str]:
    with pytest.raises(SettingsError) as caught:
        read(config, lists)
    problem = caught.value.problems[0]
    return problem.origin.path, problem.origin.line, problem.text


def line_of(text: str, needle: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if needle in line)


def test_a_small_workspace_is_read_with_the_defaults_of_the_contract() -> None:
    settings = read()
    assert [source.name for source in settings.sources] == ["pages", "talks"]
    assert settings.digests["weekly"].review == "required"
    assert settings.provider.kind == "outbox"
    assert settings.provider.batch == 100


def test_a_misspelt_key_is_refused_with_its_line_and_the_likely_word() -> None:
    config = CONFIG.replace("cadence =", "cadance =")
    path, line, text = first_problem(config)
    assert (path, line) == ("config.toml", line_of(config, "cadance"))
    assert "`digests.weekly.cadance`" in text
    assert "did you mean `cadence`" in text


def test_a_misspelt_key_in_the_second_source_points_at_the_second_source() -> None:
    config = CONFIG.replace('path = "content/talks.csv"', 'paht = "content/talks.csv"')
    path, line, text = first_problem(config)
    assert (path, line) == ("config.toml", line_of(config, "paht"))
    assert "sources.1.paht" in text


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('timezone = "America/Los_Angeles"', 'timezone = "Amerika/Seattle"', "'Amerika/Seattle' is not a time zone"),
        ('"weekly on Friday at 09:00"', '"weakly on Friday"', "digests.weekly.cadence"),
        ('"7 days from next Monday"', '"some days"', "digests.weekly.window"),
        ('list = "community"', 'list = "comunity"', "goes to list 'comunity'"),
        ('path = "content/*.md"', 'path = "../../etc/*.md"', "must lie inside the workspace"),
        ('name = "talks"', 'name = "pages"', "two sources are named 'pages'"),
        ("Hours <hours@news.example.org>", "Hours by post", "not an e-mail address"),
    ],
)
def test_what_cannot_be_meant_is_named_with_its_line(old: str, new: str, words: str) -> None:
    config = CONFIG.replace(old, new)
    path, line, text = first_problem(config)
    assert path == "config.toml"
    assert words in text
    assert line == max(number for number, row in enumerate(config.splitlines(), 1) if new in row)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("", "has no `path`, `url`, `url_env` or `git`"),
        ('url = "https://x.example.org"\npath = "a.csv"', "has `path` and `url`; keep one"),
        ('url = "https://x.example.org"\nurl_env = "X"', "has `url` and `url_env`; keep one"),
        ('git = "https://x.example.org/s.git"', "has a `git` but no `path`"),
        ('path = "a.csv"\nref = "main"', "needs a `git`"),
        ('url = "file:///etc/passwd"', "must begin with https://"),
        ('git = "ext::sh"\npath = "a.csv"', "must be an address such as"),
        ('git = "https://x.example.org/s.git"\npath = "a.csv"\nref = "--upload-pack=x"', "`ref` must be"),
        ('git = "https://x.example.org/s.git"\npath = "../a.csv"', "must lie inside the repository"),
    ],
)
def test_a_source_has_one_place(place: str, words: str) -> None:
    path, _, text = first_problem(CONFIG.replace('path = "content/talks.csv"', place))
    assert path == "config.toml"
    assert words in text


@pytest.mark.parametrize(
    "place", ['url_env = "https://x.example.org/canary.ics"', 'url = "https://ada:canary@x.example.org/"']
)
def test_a_secret_written_into_the_settings_is_not_repeated(place: str) -> None:
    assert "canary" not in first_problem(CONFIG.replace('path = "content/talks.csv"', place))[2]


@pytest.mark.parametrize(
    ("place", "where"),
    [
        ('url = "https://x.example.org/a.csv"', "https://x.example.org/a.csv"),
        ('url_env = "LAB_URL"', "$LAB_URL"),
        (
            'git = "https://x.example.org/s.git"\nref = "v1"\npath = "a/*.csv"',
            "https://x.example.org/s.git#v1:a/*.csv",
        ),
    ],
)
def test_a_place_far_away_is_named_as_it_may_be_shown(place: str, where: str) -> None:
    talks = read(CONFIG.replace('path = "content/talks.csv"', place)).sources[1]
    assert (talks.is_remote, talks.where) == (True, where)


def test_a_list_may_only_offer_digests_and_topics_that_exist() -> None:
    lists = LISTS.replace('["dives"]', '["dives", "jobs"]').replace('tags = ["dive"]', 'tags = ["dive"]')
    path, line, text = first_problem(lists=lists)
    assert (path, line) == ("subscribers/lists.toml", line_of(lists, "jobs"))
    assert "topic 'jobs'" in text


def test_broken_toml_is_named_with_line_and_column() -> None:
    path, line, text = first_problem(CONFIG + "\nbroken = = 1\n")
    assert (path, line) == ("config.toml", len(CONFIG.splitlines()) + 2)
    assert "not valid TOML" in text


def test_a_missing_table_is_named() -> None:
    _, _, text = first_problem(CONFIG.replace("[sender]", "[community.sender]"))
    assert "community.sender" in text


def test_every_fault_is_told_at_once() -> None:
    config = CONFIG.replace('format = "csv"', 'format = "xls"').replace('title = "Hours"', 'titel = "Hours"')
    with pytest.raises(SettingsError) as caught:
        read(config)
    assert len(caught.value.problems) == 3


def test_a_language_nobody_knows_is_named_with_its_line() -> None:
    config = CONFIG.replace('name = "talks"', 'name = "talks"\nlocale = "xx-Nowhere"')
    path, line, text = first_problem(config)
    assert (path, line) == ("config.toml", line_of(config, "xx-Nowhere"))
    assert "write one such as de, fr or pt-BR" in text
    assert (
        read(CONFIG.replace('name = "talks"', 'name = "talks"\nlocale = "pt-BR"'), LISTS).sources[1].locale == "pt-BR"
    )


def test_a_community_speaks_english_or_a_language_there_are_words_for() -> None:
    assert read().community.language == "en"
    spoken = CONFIG.replace('id = "lab"', 'id = "lab"\nlanguage = "de-AT"')
    assert read(spoken).community.language == "de-AT"
    path, line, text = first_problem(CONFIG.replace('id = "lab"', 'id = "lab"\nlanguage = "tlh"'))
    assert (path, line) == ("config.toml", 3)
    assert "'tlh'" in text
    assert "en, ar, de, es, fr, ja" in text


def test_a_persona_reads_in_its_own_language_or_the_communitys() -> None:
    settings = read(CONFIG.replace('id = "lab"', 'id = "lab"\nlanguage = "fr"'))
    text = '[personas.home]\n\n[personas.tokyo]\nlanguage = "ja"\n'
    home, tokyo = read_personas(TomlFile("personas.toml", text), settings)
    assert (home.language, tokyo.language) == ("fr", "ja")
    assert read_personas(None, settings)[0].language == "fr"
    with pytest.raises(SettingsError) as caught:
        read_personas(TomlFile("personas.toml", text.replace("ja", "xx")), settings)
    [problem] = caught.value.problems
    assert (problem.code, problem.origin.line) == ("settings.language", 4)


ELSEWHERE = """
[lists.staff]
title = "Staff"
digests = ["weekly"]
address = "staff@lists.example.org"
leave_url = "https://lists.example.org/staff"
"""


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('leave_url = "https://lists.example.org/staff"', "", "has an `address` but no `leave_url`"),
        ('"https://lists.example.org/staff"', '"lists.example.org"', "must begin with https:// or mailto:"),
        ('"staff@lists.example.org"', '"Staff <staff@lists.example.org>"', "one e-mail address without a name"),
        ("lists.staff", "lists." + "s" * 36, "35 characters at most"),
    ],
)
def test_a_list_that_is_kept_elsewhere_says_where(old: str, new: str, says: str) -> None:
    assert read(lists=LISTS + ELSEWHERE).lists["staff"].address == "staff@lists.example.org"
    path, _, text = first_problem(lists=LISTS + ELSEWHERE.replace(old, new))
    assert path == "subscribers/lists.toml"
    assert says in text
