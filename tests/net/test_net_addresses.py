"""No address of this machine or a private network is asked, however it is written."""

import pytest

from newsletter.net.addresses import networks, pick_address
from newsletter.net.answer import RefusedError
from newsletter.net.location import follow, read_location

REFUSED_URLS = (
    "http://127.0.0.1/",
    "http://127.0.0.1:8080/",
    "http://127.8.9.10/",
    "http://127.1/",
    "http://127.0.1/",
    "http://0/",
    "http://0.0.0.0/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0X7F.1/",
    "http://2130706433/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://127.0.0.1./",
    "http://127.0.0.01/",
    "http://1.1.1.257/",
    "http://１２７.0.0.1/",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "http://10.0.0.1/",
    "http://10.255.255.255/",
    "http://172.16.0.1/",
    "http://172.31.255.254/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://100.100.100.200/latest/meta-data/",
    "http://169.254.169.254/latest/meta-data/",
    "http://169.254.170.2/v2/credentials",
    "http://2852039166/",
    "http://0xa9fea9fe/",
    "http://168.63.129.16/machine",
    "http://192.0.0.192/",
    "http://192.0.2.7/",
    "http://192.88.99.1/",
    "http://198.18.0.1/",
    "http://198.51.100.1/",
    "http://203.0.113.9/",
    "http://224.0.0.1/",
    "http://239.255.255.250/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://[::1]/",
    "http://[::]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::ffff:8.8.8.8]/",
    "http://[::ffff:0:127.0.0.1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[64:ff9b:1::1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:7f00:1::]/",
    "http://[2001:db8::1]/",
    "http://[100::1]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fec0::1]/",
    "http://[fc00::1]/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://[ff02::1]/",
    "http://user@93.184.215.14/",
    "http://user:pass@127.0.0.1/",
    "http://93.184.215.14@127.0.0.1/",
    "http://93.184.215.14\\@127.0.0.1/",
    "http://93.184.215.14:0/",
    "http://93.184.215.14:99999/",
    "http://93.184.215.14/\r\nHost: inside",
    "http://127.0.0.1\t.example.org/",
    "http:///etc/passwd",
    "http://[::1/",
    "http://exa mple.org/",
    "file:///etc/passwd",
    "ftp://93.184.215.14/x",
    "gopher://93.184.215.14/_",
    "dict://93.184.215.14/",
    "data:text/plain,hello",
    "jar:http://93.184.215.14!/",
    "//93.184.215.14/",
    "calendar.ics",
    "",
)


def never(host: str, port: int) -> list[str]:
    raise AssertionError(f"{host} was looked up")


def address_of(url: str) -> str:
    location = read_location(url)
    return pick_address(location.host, location.port, never)


@pytest.mark.parametrize("url", REFUSED_URLS)
def test_refused_before_a_connection_is_made(url: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        address_of(url)
    assert "127" not in str(refusal.value)


@pytest.mark.parametrize(
    "behind",
    [
        ["127.0.0.1"],
        ["93.184.215.14", "10.0.0.7"],
        ["::ffff:10.0.0.7"],
        ["fe80::1%2"],
        ["169.254.169.254"],
        ["?"],
        [],
    ],
)
def test_a_name_is_refused_for_any_address_behind_it(behind: list[str]) -> None:
    with pytest.raises(RefusedError):
        pick_address("calendar.example.org", 443, lambda host, port: behind)


@pytest.mark.parametrize("behind", [["93.184.215.14"], ["2606:2800:21f:cb07::1"], ["64:ff9b::5db8:d70e"]])
def test_a_public_address_passes(behind: list[str]) -> None:
    assert pick_address("calendar.example.org", 443, lambda host, port: behind) == behind[0]


def test_a_permitted_network_opens_itself_alone() -> None:
    allowed = networks(["10.1.2.0/24"])
    assert pick_address("10.1.2.3", 80, never, allowed) == "10.1.2.3"
    with pytest.raises(RefusedError):
        pick_address("10.1.3.3", 80, never, allowed)
    with pytest.raises(RefusedError):
        pick_address("::ffff:10.1.2.3", 80, never, allowed)


def test_an_address_is_taken_apart_as_it_will_be_asked() -> None:
    location = read_location("https://Bücher.example.org:8443/a b?q=é#part".replace(" ", "%20"))
    assert (location.host, location.port) == ("xn--bcher-kva.example.org", 8443)
    assert location.target == "/a%20b?q=%C3%A9"
    assert read_location("http://[2606:2800:21f::1]/x").authority == "[2606:2800:21f::1]"


def test_redirects_may_be_relative_but_never_lose_their_lock() -> None:
    start = read_location("https://lab.example.org/a/b")
    assert follow(start, "../c").url == "https://lab.example.org/c"
    with pytest.raises(RefusedError, match="from https to http"):
        follow(start, "http://lab.example.org/c")
