"""`monitor deliveries …`: what went out, what waits and why, and the operator's two moves: again, and never."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import Annotated

import typer

from monitor.cli.output import print_fields, print_json, print_table
from monitor.delivery import policy
from monitor.delivery.states import Event, is_possible
from monitor.errors import InputError
from monitor.model import ChannelKind, Delivery, DeliveryState
from monitor.pipeline.outbox import TROUBLES
from monitor.settings import load_settings
from monitor.store.sqlite import SqliteStore, open_store

app = typer.Typer(no_args_is_help=True, help="Deliveries: list, show, retry, drop.")

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Ids = Annotated[list[int], typer.Argument(metavar="ID…", help="As `monitor deliveries list` shows them.")]


@app.command("list")
def list_them(
    state: Annotated[DeliveryState | None, typer.Option(help="Only those in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List deliveries, newest first."""
    with open_store(load_settings().database, read_only=True) as store:
        found = store.deliveries.in_state(state)[::-1][:limit] if state else store.deliveries.newest(limit)
    if as_json:
        print_json([_fields(delivery) for delivery in found])
        return
    print_table(
        ["id", "state", "to", "by", "digest", "created", "attempts", "next", "detail"],
        [
            (
                delivery.id,
                delivery.state,
                delivery.recipient + (f" {delivery.part}/{delivery.parts}" if delivery.parts > 1 else ""),
                _way(delivery),
                delivery.digest_id,
                delivery.created_at,
                delivery.attempts,
                delivery.next_attempt_at,
                delivery.receipt or delivery.detail,
            )
            for delivery in found
        ],
        empty=f"no delivery is {state.value}" if state else "no deliveries yet",
    )


def _way(delivery: Delivery) -> str:
    """Say by which channel, and whether it belongs to an earlier message there."""
    if delivery.root_id is None:
        return delivery.channel.value
    return f"{delivery.channel}, {'edits' if delivery.is_edit else 'answers'} {delivery.root_id}"


@app.command()
def show(
    delivery_id: Annotated[int, typer.Argument(metavar="ID", help="As `monitor deliveries list` shows it.")],
    as_json: AsJson = False,
    payload: Annotated[
        bool, typer.Option("--payload", help="Print what goes over the wire, and nothing else.")
    ] = False,
) -> None:
    """Print one delivery with everything that happened to it."""
    with open_store(load_settings().database, read_only=True) as store:
        delivery = _get(store, delivery_id)
        history = store.deliveries.history(delivery_id)
    if payload:
        typer.get_binary_stream("stdout").write(delivery.payload)
        return
    fields = {**_fields(delivery), "subject": _subject(delivery)}
    if as_json:
        events = [{"at": at, "event": event, "state": state, "detail": detail} for at, event, state, detail in history]
        print_json({**fields, "history": events})
        return
    print_fields({name.replace("_", " "): value for name, value in fields.items()})
    print_table(["at", "event", "state after", "detail"], history, empty="")


@app.command()
def retry(ids: Ids) -> None:
    """Send deliveries again, now and for five more days. Dead ones, unknown ones, and ones that wait for their time.

    One that is unknown may have arrived: its recipient may get it twice, with the same Message-ID.
    """
    now = datetime.now(UTC)
    _move_all(ids, Event.RETRIED, lambda delivery: policy.retry(delivery, now=now))


@app.command()
def drop(ids: Ids) -> None:
    """Give deliveries up: they will not be sent.

    Dead ones are let go too. `monitor doctor` names none of them any more.
    """
    _move_all(ids, Event.DROPPED, policy.drop)


def _move_all(ids: list[int], event: Event, decide: Callable[[Delivery], policy.Move]) -> None:
    """Move all of them or none, so that a mistyped id changes nothing."""
    with open_store(load_settings().database) as store, store.unit_of_work():
        now = datetime.now(UTC)
        for delivery_id in dict.fromkeys(ids):
            delivery = _get(store, delivery_id)
            if not is_possible(delivery.state, event):
                raise InputError(f"delivery {delivery_id} is {delivery.state.value} and cannot be {event.value}")
            if event is Event.RETRIED and not delivery.payload:
                raise InputError(f"delivery {delivery_id} was pruned: what it said is gone")
            moved, happened = decide(delivery)
            store.deliveries.move(moved, event=happened, at=now, was=delivery.state)
            if happened is Event.DROPPED:
                for departure in TROUBLES:
                    store.notices.clear(departure, str(delivery_id), now)
    for delivery_id in dict.fromkeys(ids):
        typer.echo(f"delivery {delivery_id} {event.value}")


def _get(store: SqliteStore, delivery_id: int) -> Delivery:
    delivery = store.deliveries.get(delivery_id)
    if delivery is None:
        raise InputError(f"there is no delivery {delivery_id}")
    return delivery


def _fields(delivery: Delivery) -> dict[str, object]:
    return {
        "id": delivery.id,
        "state": delivery.state,
        "to": delivery.recipient,
        "by": delivery.channel,
        "digest": delivery.digest_id,
        "edits": delivery.root_id if delivery.is_edit else None,
        "answers": None if delivery.is_edit else delivery.root_id,
        "part": delivery.part,
        "parts": delivery.parts,
        "message_id": delivery.message_id,
        "created_at": delivery.created_at,
        "attempts": delivery.attempts,
        "ambiguous": delivery.ambiguous,
        "next_attempt_at": delivery.next_attempt_at,
        "give_up_at": delivery.give_up_at,
        "detail": delivery.detail,
        "receipt": delivery.receipt,
        "bytes": len(delivery.payload),
    }


def _subject(delivery: Delivery) -> str | None:
    if delivery.channel is not ChannelKind.EMAIL:
        return None
    message = message_from_bytes(delivery.payload, policy=default)
    return str(message["Subject"] or "") or None
