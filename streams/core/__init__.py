"""What is true about queues: pure functions of events and a time.

The theory of event time. Each word is used in this sense only.

- **Event time** is the time at which something happened, by the clock of the source that reports it. Records
  may come late and in any order; the figures do not depend on the order (streams.core.leg).
- The **clock** of a source is the greatest event time or tick seen from it. The clock of a queue is the
  least clock of all sources that ever sent an event for it and are not stale.
- The **watermark** of a queue is its clock less 5 s of allowed disorder, rounded down to a boundary. It
  never follows the wall clock, so a replay, a pause and a rebuild of the state give the same decisions.
- A **boundary** is a multiple of 5 s of event time. All decisions (alerts, minute rows, legs that are given
  up) are made at boundaries, when the watermark reaches them. A moment belongs to `[start, end)`.
- A source is **stale** when its partition received records for 30 s and none of them came from it, or
  after its `end_of_input`. Both can be read from the log alone. A stale source does not hold back the
  watermark of its queues. When all sources of a queue are stale, its event time stops and its snapshot
  says so.
- A queue is **quiet** up to a boundary when the facts known now cannot raise any rule up to there. The
  boundaries up to it are **passed**: they are noted, and nothing is computed. A new fact that could raise a
  rule ends the quiet.
- A queue in which somebody waits long is **steady** up to a boundary when no rule can be raised up to there while its
  agents stay as they are. Boundaries up to it are passed, too (streams.core.steady).
- A fact is **late** when it happened before the queue's boundary. It corrects the sums, the day and the
  history that it belongs to, for as long as its leg is kept (6 hours).
- A minute row shows what the wall showed at a whole minute. Late facts cause it to be cut again until the
  watermark is a minute past it. Then it is **frozen**: a later fact corrects history, but not the row.
"""
