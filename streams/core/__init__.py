"""What is true about queues: pure functions of events and a time.

The theory of event time. Each word is used in this sense only.

- **Event time** is the time at which something happened, by the clock of the source that reports it. Records
  may come late and in any order; what they add up to does not depend on it (streams.core.leg).
- The **clock** of a source is the greatest event time or tick seen from it. The clock of a queue is the
  least of those of the sources that ever spoke of it and are not stale: none of them may still be behind.
- The **watermark** of a queue is its clock less 5 s of allowed disorder, rounded down to a boundary. It
  never follows the wall clock, so a replay, a pause and a rebuild of the state decide the same.
- A **boundary** is a multiple of 5 s of event time. All decisions (alerts, minute rows, legs that are given
  up) fall on boundaries, when the watermark reaches them. A moment belongs to `[start, end)`.
- A source is **stale** when its partition received records for 30 s and none of them was its own, or after
  its `end_of_input`. All of this is in the log. A stale source holds no queue back; a queue all of whose
  sources are stale stands still and says so.
- A queue is **quiet** up to a boundary when no rule can be raised there by what is known now. Boundaries up
  to it are **passed**: noted, without a step. A new fact ends the quiet where it could raise a rule.
- A fact is **late** when it happened before the queue's boundary. It corrects the sums, days and history
  that it belongs to, for as long as its leg is kept (6 hours).
- A minute row shows what the wall showed at a whole minute. Late facts cut it again until the watermark is
  a minute past it; then it is **frozen**: history is corrected, the row is not.
"""
