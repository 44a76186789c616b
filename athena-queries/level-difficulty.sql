-- description: How hard levels are: attempts, failures and what players give up, per level.
-- grain: one row per application_id, level_id, level_version
-- attempts: completions + failures
-- completion_rate: completions / starts; null where no start was recorded
-- failure_rate: failures / starts; null where no start was recorded
-- abandoned: starts that ended neither in a completion nor in a failure; never below 0
-- abandon_rate: abandoned / starts; null where no start was recorded
-- attempts_per_completion: attempts / completions; null for a level that nobody finished
-- note: counts attempts, not players
-- note: levels come in the order of their number; those that are no number come last
-- parameter: application_id varchar default '%'
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: to_date date default current_date
-- chart: bar x=level_id y=failure_rate series=application_id

WITH level_events AS (
  SELECT
    application_id,
    level_id,
    level_version,
    event_type
  FROM events
  WHERE application_id LIKE ?
    AND event_date BETWEEN ? AND ?
    AND event_type IN ('level_started', 'level_failed', 'level_completed')
),

counts AS (
  SELECT
    application_id,
    level_id,
    level_version,
    sum(CASE WHEN event_type = 'level_started' THEN 1 ELSE 0 END) AS starts,
    sum(CASE WHEN event_type = 'level_completed' THEN 1 ELSE 0 END) AS completions,
    sum(CASE WHEN event_type = 'level_failed' THEN 1 ELSE 0 END) AS failures
  FROM level_events
  GROUP BY application_id, level_id, level_version
)

SELECT
  application_id,
  level_id,
  level_version,
  starts,
  completions,
  failures,
  completions + failures AS attempts,
  CAST(completions AS double) / nullif(starts, 0) AS completion_rate,
  CAST(failures AS double) / nullif(starts, 0) AS failure_rate,
  greatest(starts - completions - failures, 0) AS abandoned,
  CAST(greatest(starts - completions - failures, 0) AS double) / nullif(starts, 0) AS abandon_rate,
  CAST(completions + failures AS double) / nullif(completions, 0) AS attempts_per_completion
FROM counts
ORDER BY
  application_id,
  TRY_CAST(level_id AS bigint) NULLS LAST,
  length(level_id) NULLS LAST,
  level_id NULLS LAST,
  level_version NULLS LAST
