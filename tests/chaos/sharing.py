"""How the workers of a system share the partitions."""

from tests.chaos.system import System

NAMES = ("w1", "w2", "w3", "w4")


def shares(system: System) -> list[int]:
    """How many partitions of `calls` each ready worker has."""
    return [
        sum(line.startswith("queuewatch_position_offset{") and '"calls"' in line for line in lines)
        for worker in system.workers
        if worker.is_ready() and (lines := (worker.get("/metrics") or "").splitlines())
    ]


def shared_by(system: System, workers: int) -> None:
    """Every partition has an owner, and each of so many workers has some."""
    system.until(
        lambda: (
            sum(found := shares(system)) == system.partitions
            and len(found) == workers
            and all(found)
        ),
        f"{workers} workers share the partitions",
    )
