-- description: How many players of the studio's titles reach each level and how many finish it.
-- grain: one row per game_id, level_id, level_version
-- audience: studio
-- starters: distinct players who started the level
-- completers: distinct players who completed it, started in the period or not
-- completer_rate: completers / starters; null where nobody started
-- starter_rate: starters / players who started any level of the game, from 0 to 1
-- note: counts players, not attempts; events without player_id are left out
-- note: levels come in the order of their number; those that are no number come last
-- parameter: studio_id varchar bound
-- parameter: game_id varchar default '%'
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: to_date date default current_date
-- chart: bar x=level_id y=starters series=game_id

WITH level_events AS (
  SELECT
    games.game_id,
    games.name,
    events.level_id,
    events.level_version,
    events.player_id,
    events.event_type
  FROM games
  JOIN events
    ON events.application_id = games.game_id
  WHERE games.studio_id = ?
    AND games.game_id LIKE ?
    AND events.event_date BETWEEN ? AND ?
    AND events.event_type IN ('level_started', 'level_completed')
    AND events.player_id IS NOT NULL
),

player_levels AS (
  SELECT
    game_id,
    name,
    level_id,
    level_version,
    player_id,
    max(CASE WHEN event_type = 'level_started' THEN 1 ELSE 0 END) AS has_started,
    max(CASE WHEN event_type = 'level_completed' THEN 1 ELSE 0 END) AS has_completed
  FROM level_events
  GROUP BY game_id, name, level_id, level_version, player_id
),

-- Each player is marked at one of the levels they started, so that the marks of a game add up to its players.
marked_levels AS (
  SELECT
    game_id,
    name,
    level_id,
    level_version,
    has_started,
    has_completed,
    CASE
      WHEN has_started = 1 AND row_number() OVER (
        PARTITION BY game_id, player_id, has_started
        ORDER BY level_id, level_version
      ) = 1 THEN 1
      ELSE 0
    END AS is_marked
  FROM player_levels
),

levels AS (
  SELECT
    game_id,
    name,
    level_id,
    level_version,
    sum(has_started) AS starters,
    sum(has_completed) AS completers,
    sum(is_marked) AS marks
  FROM marked_levels
  GROUP BY game_id, name, level_id, level_version
)

SELECT
  game_id,
  name,
  level_id,
  level_version,
  starters,
  completers,
  CAST(completers AS double) / nullif(starters, 0) AS completer_rate,
  CAST(starters AS double) / nullif(sum(marks) OVER (PARTITION BY game_id), 0) AS starter_rate
FROM levels
ORDER BY
  game_id,
  TRY_CAST(level_id AS bigint) NULLS LAST,
  length(level_id) NULLS LAST,
  level_id NULLS LAST,
  level_version NULLS LAST
