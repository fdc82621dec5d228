-- Every version goes into `leg_versions`, and from there into `legs`, inside the server: the writer
-- sends a leg once. A copy of rows, not a sum: repeated after a crash it gives the same rows again.

CREATE MATERIALIZED VIEW IF NOT EXISTS legs_from_versions TO legs AS SELECT * FROM leg_versions;
