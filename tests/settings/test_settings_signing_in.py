"""Settings of signing in: whoever reads along, or cannot be reached, is told before anybody signs in."""

import pytest
from test_settings_all_obeyed import with_value

from newsletter.settings.meaning import check_meaning


def faults(**sign_in: object) -> list[str]:
    return [text for _, _, text in check_meaning(with_value("sign_in", sign_in))]


def test_nobody_may_sign_in_unless_somebody_is_named() -> None:
    assert faults() == []
    assert with_value("sign_in", {}).sign_in.is_on is False
    assert with_value("sign_in", {"operators": ["olga@example.org"]}).sign_in.is_on is True


@pytest.mark.parametrize(
    ("sign_in", "told"),
    [
        ({"editors": ["ed"]}, "`sign_in.editors` names what is not a plain e-mail address: 'ed'"),
        ({"operators": ["Ed <ed@example.org>"]}, "`sign_in.operators` names"),
        ({"idle": "soon"}, "`sign_in.idle`: 'soon' is not a length of time"),
        ({"lasts": "1 year"}, "`sign_in.lasts`: '1 year' is not a length of time"),
        ({"header": "Cookie"}, "`sign_in.header` must name a header that your proxy alone sets, found 'Cookie'"),
        ({"header": "X Forwarded"}, "`sign_in.header` must name"),
        ({"header": ""}, "`sign_in.header` must name"),
        ({"proxies": ["proxy.example.org"]}, "`sign_in.proxies`: 'proxy.example.org' does not appear to be"),
        ({"proxies": ["10.0.0.1/8"]}, "`sign_in.proxies`: 10.0.0.1/8 has host bits set"),
    ],
)
def test_what_cannot_work_is_told(sign_in: dict[str, object], told: str) -> None:
    assert [text for text in faults(**sign_in) if told in text]


@pytest.mark.parametrize(
    ("base_url", "fine"),
    [
        ("https://news.example.org", True),
        ("http://127.0.0.1:8025", True),
        ("http://localhost:8025", True),
        ("http://[::1]:8025", True),
        ("http://news.example.org", False),
        ("http://10.0.0.1", False),
        ("http://127.0.0.1.example.org", False),
    ],
)
def test_nobody_signs_in_where_others_read_along(base_url: str, fine: bool) -> None:
    settings = with_value("sign_in", {"editors": ["ed@example.org"]})
    settings = settings.model_copy(update={"web": settings.web.model_copy(update={"base_url": base_url})})
    assert any("whoever listens" in text for _, _, text in check_meaning(settings)) is not fine
