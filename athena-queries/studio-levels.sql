-- description: How hard the levels of the studio's titles are: attempts, failures and what players give up.
-- grain: one row per game_id, level_id, level_version
-- audience: studio
-- attempts: completions + failures
-- completion_rate: completions / starts; null where no start was recorded
-- failure_rate: failures / starts; null where no start was recorded
-- abandoned: starts that ended neither in a completion nor in a failure; never below 0
-- note: counts attempts, not players
-- note: levels come in the order of their number; those that are no number come last
-- parameter: studio_id varchar bound
-- parameter: game_id varchar default '%'
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: to_date date default current_date
-- chart: bar x=level_id y=failure_rate series=game_id

WITH level_events AS (
  SELECT
    games.game_id,
    games.name,
    events.level_id,
    events.level_version,
    events.event_type
  FROM games
  JOIN events
    ON events.application_id = games.game_id
  WHERE games.studio_id = ?
    AND games.game_id LIKE ?
    AND events.event_date BETWEEN ? AND ?
    AND events.event_type IN ('level_started', 'level_failed', 'level_completed')
),

counts AS (
  SELECT
    game_id,
    name,
    level_id,
    level_version,
    sum(CASE WHEN event_type = 'level_started' THEN 1 ELSE 0 END) AS starts,
    sum(CASE WHEN event_type = 'level_completed' THEN 1 ELSE 0 END) AS completions,
    sum(CASE WHEN event_type = 'level_failed' THEN 1 ELSE 0 END) AS failures
  FROM level_events
  GROUP BY game_id, name, level_id, level_version
)

SELECT
  game_id,
  name,
  level_id,
  level_version,
  starts,
  completions,
  failures,
  completions + failures AS attempts,
  CAST(completions AS double) / nullif(starts, 0) AS completion_rate,
  CAST(failures AS double) / nullif(starts, 0) AS failure_rate,
  greatest(starts - completions - failures, 0) AS abandoned
FROM counts
ORDER BY
  game_id,
  TRY_CAST(level_id AS bigint) NULLS LAST,
  length(level_id) NULLS LAST,
  level_id NULLS LAST,
  level_version NULLS LAST
