"""A simulation reported by several platform nodes; all queues of a centre belong to one node."""

from msgspec.structs import replace

from producers.simulate.centre import Centre
from producers.simulate.reporter import Said
from schemas.agents import AgentState
from schemas.calls import Mark


class Nodes:
    """Sets the node of each event as its source; marks are repeated for every node.

    All facts of a leg come from one node: a wrong clock shifts whole calls, and silence or a restart
    concerns only the node's own queues. An agent belongs to the node of his first queue.
    """

    def __init__(self, centre: Centre, source: str, count: int) -> None:
        centres = list(dict.fromkeys(demand.centre for demand in centre.demands))
        self.names = tuple(f"{source}-{place + 1}" for place in range(count))
        self._of_queue = {
            demand.queue: self.names[centres.index(demand.centre) % count]
            for demand in centre.demands
        }

    def spread(self, said: list[Said]) -> list[Said]:
        spread: list[Said] = []
        for topic, event in said:
            if isinstance(event, Mark):
                spread += [
                    (topic, replace(event, event_id=f"{event.event_id}:{name}", source=name))
                    for name in self.names
                ]
            else:
                queue = event.queues[0] if isinstance(event, AgentState) else event.queue
                spread.append((topic, replace(event, source=self._of_queue[queue])))
        return spread
