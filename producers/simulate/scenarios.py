"""The scenarios by name. A scenario is data: to add one, add an entry here.

Episodes begin within minutes of the start of a run. Those that end are repeated so that one is active
six hours after the start: a run begins six hours ago by default, and people look at the wall at once.
"""

from producers.simulate.bench import bench_centre
from producers.simulate.centre import Burst, Centre, Episode, Restart, Scenario, WrongTurn
from producers.simulate.faults.catalogue import NAMES as FAULTS
from producers.simulate.municipality import municipality

_REVENUE = ("accounts", "rates", "payment-arrangements", "meter-readings")
_POWER = ("outages", "prepaid-meters", "streetlights")
_PIPE = Burst("burst-pipes", "burst pipe", calls_an_hour=240)
_HANG = Restart(silent_s=40, agents_back_s=(20, 150))
_MENU = WrongTurn("streetlights", share=0.8, hangs_up_ms=(1_200, 4_900))

_MUNICIPALITY = {
    scenario.name: scenario
    for scenario in (
        Scenario("ordinary", "o"),
        Scenario("burst-pipe", "p", episodes=(Episode(5, every_min=170, burst=_PIPE),)),
        Scenario(
            "pay-day",
            "y",
            episodes=(
                Episode(queues=_REVENUE, more_calls=1.5),
                Episode(queues=("prepaid-meters",), more_calls=0.7),
            ),
        ),
        Scenario("sick-leave", "s", episodes=(Episode(15, queues=_POWER, missing_share=0.7),)),
        Scenario(
            "slow-system", "t", episodes=(Episode(5, every_min=150, lasts_min=90, handling=2.0),)
        ),
        Scenario("platform-outage", "r", episodes=(Episode(5, every_min=50, restart=_HANG),)),
        Scenario("quiet-night", "q", volume=0.12, absent_share=0.5),
        Scenario(
            "short-abandons",
            "m",
            episodes=(Episode(15, queues=("outages", "prepaid-meters"), wrong_turn=_MENU),),
        ),
        Scenario("bad-weather", "w", faults=FAULTS),
    )
}
NAMES = (*_MUNICIPALITY, "bench")


def centre_of(name: str) -> Centre:
    """The centre of a scenario; KeyError for a name that is not one of NAMES."""
    return bench_centre() if name == "bench" else municipality(_MUNICIPALITY[name])


def faults_of(name: str) -> tuple[str, ...]:
    """The faults of a scenario, by name."""
    return () if name == "bench" else _MUNICIPALITY[name].faults
