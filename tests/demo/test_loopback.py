"""The loopback server: what it is given it serves, what fails in an answer is said, and nothing is left open."""

import http.client
import threading

import pytest

from monitor.demo.loopback import HOST, LoopbackServer, Reply, Request


def echo(request: Request) -> Reply:
    return Reply(headers={"X-Method": request.method}, body=f"{request.path}?{request.query} ".encode() + request.body)


def test_a_request_is_handed_over_whole() -> None:
    """Method, path, query and body; the connection stays open for the next one."""
    with LoopbackServer(echo) as server:
        client = http.client.HTTPConnection(HOST, server.port, timeout=5)
        for _ in range(2):
            client.request("POST", "/a/b?c=d", body="e")
            reply = client.getresponse()
            assert (reply.status, reply.headers["X-Method"], reply.read()) == (200, "POST", b"/a/b?c=d e")
        client.close()


def test_a_lost_reply_is_a_closed_connection() -> None:
    """The client sees an end without an answer."""
    with LoopbackServer(lambda request: Reply(hang_up=True)) as server:
        client = http.client.HTTPConnection(HOST, server.port, timeout=5)
        client.request("GET", "/")
        with pytest.raises(http.client.RemoteDisconnected):
            client.getresponse()
        client.close()


def test_a_cut_body_is_shorter_than_it_claims() -> None:
    """The client learns of it from the length."""
    with LoopbackServer(lambda request: Reply(body=b"half", claimed_length=8)) as server:
        client = http.client.HTTPConnection(HOST, server.port, timeout=5)
        client.request("GET", "/")
        with pytest.raises(http.client.IncompleteRead):
            client.getresponse().read()
        client.close()


def test_an_answer_that_raises_is_said_at_the_end() -> None:
    """The client gets 500; whoever opened the server gets the fault."""

    def fail(request: Request) -> Reply:
        raise LookupError("no such page in the script")

    server = LoopbackServer(fail)
    server.__enter__()
    client = http.client.HTTPConnection(HOST, server.port, timeout=5)
    client.request("GET", "/")
    assert client.getresponse().status == 500
    client.close()
    with pytest.raises(LookupError, match="no such page"):
        server.__exit__(None, None, None)


def test_open_connections_and_threads_end_with_the_server() -> None:
    """A client that keeps its connection does not hold up the end, and no thread outlives it."""
    before = threading.active_count()
    with LoopbackServer(echo) as server:
        client = http.client.HTTPConnection(HOST, server.port, timeout=5)
        client.request("GET", "/")
        client.getresponse().read()
    client.close()
    assert threading.active_count() == before
    with pytest.raises(RuntimeError, match="not open"):
        _ = server.port
