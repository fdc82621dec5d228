"""A delivery for people: the figures that `send` printed, and none where it is not known."""

from msgspec.structs import replace

from schemas.deliveries import DeliveredFile, DeliveryCounts, Withdrawal
from streams.admin.deliveries import KnownDelivery
from streams.admin.deliveries_text import COLUMNS, SHOWN, line, whole
from tests.support.deliveries import NINE, begun_delivery

FILES = tuple(DeliveredFile(f"{n}.csv", 1_000 + n, f"{n:064x}") for n in range(5))
BEGUN = begun_delivery(files=FILES)
COUNTS = DeliveryCounts(legs=9, known=4, corrected=1, changes={"agent": 1}, is_compared=True)
SENT = replace(BEGUN, state="sent", revision=2, at=NINE + 2_000, counts=COUNTS)


def test_a_line_names_the_files_and_the_figures() -> None:
    shown = line(KnownDelivery(SENT))
    assert set(shown) <= set(COLUMNS)
    assert set(SHOWN) <= set(COLUMNS)
    assert (shown["files"], shown["state"]) == ("0.csv, 1.csv, 2.csv and 2 more", "sent")
    assert [shown[name] for name in ("legs", "new", "known", "corrected")] == [9, 5, 3, 1]
    assert str(shown["digests"]).split() == [file.digest for file in FILES]


def test_what_nobody_counted_has_no_value() -> None:
    assert "legs" not in line(KnownDelivery(BEGUN))  # goes on, or its sender was killed
    unasked = replace(SENT, counts=DeliveryCounts(legs=9))
    assert (line(KnownDelivery(unasked))["legs"], line(KnownDelivery(unasked))["new"]) == (9, None)
    followed = begun_delivery(feed="live", counts=DeliveryCounts(records=8, events=7, refused=1))
    shown = line(KnownDelivery(followed))
    assert [shown[name] for name in ("records", "events", "refused")] == [8, 7, 1]
    assert (shown["feed"], "legs" in shown, shown["files"]) == ("live", False, None)
    assert line(KnownDelivery(replace(followed, replay=True)))["feed"] == "replay"


def test_one_delivery_whole() -> None:
    back = Withdrawal(SENT.delivery_id, NINE + 60_000, gone=7, restored=2, note="wrong zone")
    shown = dict(
        each.split(None, 1)
        for each in whole(KnownDelivery(SENT, back))
        if not each.startswith("file")
    )
    assert shown["began"] == "2026-03-02T09:00:00Z"
    assert shown["counts"] == "9 legs, 5 new, 3 known already, 1 corrected (agent 1), 0 refused"
    assert shown["withdrawn"] == "2026-03-02T09:01:00Z: 7 legs gone, 2 back to what others told"
    assert shown["because"] == "wrong zone"
    going_on = "\n".join(whole(KnownDelivery(BEGUN)))
    assert "sending, or its sender was killed" in going_on
    assert "counts" not in going_on
    assert going_on.count("sha-256") == 5
