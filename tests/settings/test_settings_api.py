"""The settings of the HTTP API, before anybody is let in by them."""

import pytest
from support_workspace import settings_at

from newsletter.model.api import ApiSettings
from newsletter.settings.api import check_api


@pytest.mark.parametrize("origin", ["https://data.example.org", "http://127.0.0.1:8080", "https://a.example.org:444"])
def test_an_origin_is_taken_as_browsers_write_it(tmp_path, origin):
    settings = settings_at(tmp_path).model_copy(update={"api": ApiSettings(origins=(origin,))})
    assert list(check_api(settings)) == []


@pytest.mark.parametrize(
    "origin",
    ["*", "null", "", "data.example.org", "https://data.example.org/", "https://Data.example.org", "https://",
     "https://data.example.org:443", "ftp://data.example.org", "https://u@data.example.org", "https://x:99999"],
)  # fmt: skip
def test_what_no_browser_would_say_is_refused(tmp_path, origin):
    settings = settings_at(tmp_path).model_copy(update={"api": ApiSettings(origins=(origin,))})
    [(where, code, text)] = check_api(settings)
    assert (where, code) == (("api", "origins"), "settings.value")
    assert repr(origin) in text
