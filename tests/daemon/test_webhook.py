"""A desk that is a program: digests by signed webhook, from `monitor run` as a process."""

from __future__ import annotations

import json

from monitor.delivery.secret import Secret
from monitor.delivery.webhook import signature
from monitor.demo.loopback import Reply
from monitor.model import DeliveryState
from tests.daemon.world import World

OLD = ("1", "Pakistani Taliban keep truce for now")
NEW = ("2", "Pakistani Taliban call off truce with Islamabad")
SECRET = "a secret of some length, for tests"


def test_a_digest_is_posted_once_and_signed(world: World) -> None:
    """Refused for now at first, it comes a second time with the same id and body, and then never again."""
    world.publishes(OLD)
    world.writes(desk=f'{{id: south-asia, channels: [{{webhook: "{world.url("hook")}"}}]}}')
    world.site.pages["/hook"] = Reply(429, {"Retry-After": "1"})
    with world.daemon(MONITOR_WEBHOOK__SECRET=SECRET):
        world.comes_true(lambda: world.polled() >= 2, "the feed was polled twice")
        world.publishes(NEW, OLD)
        world.comes_true(lambda: world.polled("/hook"), "the webhook was called")
        world.site.pages["/hook"] = Reply(204)
        world.comes_true(lambda: world.said("delivery.sent"), "it was taken in the end")
        polls = world.polled()
        world.comes_true(lambda: world.polled() >= polls + 2, "polling goes on")
    calls = [request for request in world.site.requests if request.path == "/hook"]
    assert len({(call.headers["webhook-id"], call.body) for call in calls}) == 1
    last = calls[-1]
    head = last.headers
    assert head["webhook-signature"] == signature(
        Secret(SECRET), head["webhook-id"], head["webhook-timestamp"], last.body
    )
    document = json.loads(last.body)
    assert [story["headline"]["text"] for story in document["stories"]] == [NEW[1]]
    with world.store() as store:
        (delivery,) = store.deliveries.newest()
        assert (delivery.state, delivery.attempts) == (DeliveryState.SENT, len(calls))
