"""Names are looked up at a real DNS server on this machine."""

import re
import socket
import threading
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from newsletter.net.names import DnsNames, NamesError

TEXTS = {"news.example.org.": ['"v=spf1 " "-all"', '"another"'], "empty.example.org.": []}


class Server:
    """Answers TXT questions until told to stop, and counts them."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.asked: list[str] = []
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def resolver(self) -> dns.resolver.Resolver:
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers = ["127.0.0.1"]
        resolver.port = self.socket.getsockname()[1]
        resolver.timeout = 60
        return resolver

    def close(self) -> None:
        self.socket.close()

    def _serve(self) -> None:
        while True:
            try:
                question, peer = self.socket.recvfrom(4096)
            except OSError:
                return
            self.socket.sendto(self._answer(dns.message.from_wire(question)).to_wire(), peer)

    def _answer(self, question: dns.message.Message) -> dns.message.Message:
        name = question.question[0].name.to_text()
        self.asked.append(name)
        answer = dns.message.make_response(question, recursion_available=True)
        if name == "broken.example.org.":
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif name not in TEXTS:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif TEXTS[name]:
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *TEXTS[name]))
        return answer


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


def test_the_parts_of_a_record_are_one_text_and_a_name_is_asked_for_once(server: Server) -> None:
    names = DnsNames(server.resolver(), patience=60)
    assert sorted(names.texts("news.example.org")) == ["another", "v=spf1 -all"]
    assert sorted(names.texts("news.example.org")) == ["another", "v=spf1 -all"]
    assert server.asked == ["news.example.org."]


@pytest.mark.parametrize("name", ["empty.example.org", "nobody.example.org"])
def test_no_record_and_no_such_name_are_no_texts(server: Server, name: str) -> None:
    assert DnsNames(server.resolver(), patience=60).texts(name) == ()


@pytest.mark.parametrize("name", ["broken.example.org", "a..example.org", "x" * 64 + ".example.org"])
def test_a_dns_that_does_not_answer_is_no_no(server: Server, name: str) -> None:
    with pytest.raises(NamesError, match=re.escape(name)):
        DnsNames(server.resolver(), patience=0.3).texts(name)
