-- description: Starts, failures and completions of levels, and the share of starts that is completed.
-- grain: one row per application_id, level_id, level_version
-- completion_rate: completions / starts, from 0 to 1; null where no start was recorded
-- note: counts attempts, not players; a level retried five times has five starts
-- note: levels come in the order of their number; those that are no number come last
-- parameter: application_id varchar default '%'
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: to_date date default current_date
-- chart: bar x=level_id y=completion_rate series=application_id

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

attempts AS (
  SELECT
    application_id,
    level_id,
    level_version,
    sum(CASE WHEN event_type = 'level_started' THEN 1 ELSE 0 END) AS starts,
    sum(CASE WHEN event_type = 'level_failed' THEN 1 ELSE 0 END) AS failures,
    sum(CASE WHEN event_type = 'level_completed' THEN 1 ELSE 0 END) AS completions
  FROM level_events
  GROUP BY application_id, level_id, level_version
)

SELECT
  application_id,
  level_id,
  level_version,
  starts,
  failures,
  completions,
  CAST(completions AS double) / nullif(starts, 0) AS completion_rate
FROM attempts
ORDER BY
  application_id,
  TRY_CAST(level_id AS bigint) NULLS LAST,
  length(level_id) NULLS LAST,
  level_id NULLS LAST,
  level_version NULLS LAST
