"""Adapters from other systems, call records and the simulator.

What a platform must say: `contract.py`; which there are: `platforms.py`. What is done for all of them:
finished files `sending.py` (history, live, survey), `live_file.py` and `timeline.py` (order and ticks),
`replay.py`; live ones `following.py` (Kafka away, health, progress), `session.py` (the position after the
flush), `ticking.py`, `position.py`; logs that grow `growing_log.py`, `growing_file.py` (rotation),
`generations.py`. The way into Kafka: `publisher.py`.
"""
