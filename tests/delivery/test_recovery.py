"""A database that was put back: what was open in it is in doubt, and the operator hears of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from monitor.delivery.recovery import RESTORED, settle_restored
from monitor.model import DeliveryState
from monitor.store import open_store
from tests.store.builders import NOON, delivery, later


def test_what_was_open_is_in_doubt(tmp_path: Path) -> None:
    """Each open delivery may go out once more, with its bytes; closed ones stay; the operator is told."""
    with open_store(tmp_path / "m.sqlite3") as store:
        with store.unit_of_work():
            store.deliveries.queue([delivery(name) for name in ("a", "b", "c")])
            a, b, _ = store.deliveries.due(NOON)
            store.deliveries.move(replace(a, state=DeliveryState.SENDING), event="claimed", at=NOON)
            store.deliveries.move(replace(b, state=DeliveryState.SENT), event="accepted", at=NOON)
        with store.unit_of_work():
            assert settle_restored(store, now=later(60), detail="from a backup of 12:00") == 2
        found = {d.recipient: d for d in store.deliveries.newest()}
        assert {name: (d.state, d.ambiguous) for name, d in found.items()} == {
            "a": (DeliveryState.RETRY, 1),
            "b": (DeliveryState.SENT, 0),
            "c": (DeliveryState.RETRY, 1),
        }
        assert found["c"].payload == delivery().payload
        (notice,) = store.notices.untold()
        assert notice.event == RESTORED
        assert notice.detail == "from a backup of 12:00; 2 of its deliveries were open and may arrive a second time"


def test_a_second_restore_is_told_too(tmp_path: Path) -> None:
    """It is another departure, even while the first is open."""
    with open_store(tmp_path / "m.sqlite3") as store:
        for hour in range(2):
            with store.unit_of_work():
                settle_restored(store, now=later(hour * 60), detail="again")
        assert len(store.notices.untold()) == 2
        assert len(store.notices.open()) == 1
