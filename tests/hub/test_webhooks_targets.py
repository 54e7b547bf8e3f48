"""Where webhooks may lead: never to what only the hub can reach."""

from __future__ import annotations

import asyncio

import pytest

from wms.hub.webhooks_targets import NotAllowed, Targets

EVERYWHERE = Targets()
AT_HOME = Targets(["127.0.0.0/8", "10.1.0.0/16", "fd00::/8"])


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "https://",
        "https:///path",
        "https://example.com:99999/",
        "https://user:secret@example.com/",
        "https://user@example.com/",
        "https://example.com/#part",
        "https://example.com/a b",
        "https://example.com/\\evil",
        "https://exämple.com/",
        "https://example.com/\r\nX: y",
        f"https://{'a' * 64}.com/",
        "https://a..b/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://10.0.0.1/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[fe80::1%25eth0]/",
        "https://[fd00::1]/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "https://100.64.0.1/",
    ],
)
def test_what_is_not_public_https_is_refused_at_once(url: str) -> None:
    with pytest.raises(NotAllowed):
        EVERYWHERE.require(url)


@pytest.mark.parametrize("url", ["https://example.com/", "https://8.8.8.8:8443/x?y=1", "https://[2606:4700::1111]/"])
def test_public_https_may_be_called(url: str) -> None:
    EVERYWHERE.require(url)


@pytest.mark.parametrize(
    "url", ["https://localhost/", "https://127.1/", "https://0x7f000001/", "https://2130706433/", "https://0177.0.0.1/"]
)
def test_names_and_odd_spellings_of_this_machine_are_found_out_when_looked_up(url: str) -> None:
    EVERYWHERE.require(url)  # it can be anything
    with pytest.raises((NotAllowed, OSError)):
        asyncio.run(EVERYWHERE.find(url))


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/x", "https://10.1.2.3/", "http://[fd00::5]/"])
def test_a_listed_network_may_be_called_and_without_tls(url: str) -> None:
    AT_HOME.require(url)


@pytest.mark.parametrize("url", ["http://10.2.0.1/", "https://192.168.0.1/", "http://8.8.8.8/"])
def test_the_list_opens_nothing_else(url: str) -> None:
    with pytest.raises(NotAllowed):
        AT_HOME.require(url)


def test_the_addresses_that_were_judged_are_the_ones_to_connect_to() -> None:
    local = Targets(["127.0.0.0/8", "::1/128"])
    target = asyncio.run(local.find("http://localhost:8080/a/b?c=%2F"))
    assert target.host == "localhost"
    assert set(target.addresses) <= {"127.0.0.1", "::1"}
    assert (target.path, target.authority, target.tls) == ("/a/b?c=%2F", "localhost:8080", False)
    literal = asyncio.run(local.find("http://[::1]/"))
    assert (literal.addresses, literal.authority, literal.path) == (("::1",), "[::1]", "/")
