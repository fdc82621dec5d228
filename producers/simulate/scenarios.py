"""What can be simulated, by name. A scenario is data: another one is another line here."""

from producers.simulate.bench import bench_centre
from producers.simulate.centre import Centre, Scenario
from producers.simulate.municipality import municipality

_MUNICIPALITY = {"ordinary": Scenario("ordinary", "o")}
NAMES = (*_MUNICIPALITY, "bench")


def centre_of(name: str) -> Centre:
    """The centre of a scenario; KeyError for a name that is not one of NAMES."""
    return bench_centre() if name == "bench" else municipality(_MUNICIPALITY[name])
