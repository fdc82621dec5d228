"""Adapters from other systems, call records and the simulator.

Where to find what:

- `contract.py`: what the adapter of a platform must provide. `platforms.py`: the list of platforms.
- Finished files: `sending.py` (history, live, survey), `live_file.py`, `timeline.py` (order and ticks),
  `replay.py`.
- Live platforms: `following.py` (Kafka unreachable, health, progress), `session.py` (the position is
  written after the flush), `ticking.py`, `position.py`.
- Logs that grow: `growing_log.py`, `growing_file.py` (rotation), `generations.py`.
- Writing to Kafka: `publisher.py`.
"""
