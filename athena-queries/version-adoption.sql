-- description: Players by the version of the game they play, per game and UTC day.
-- grain: one row per application_id, event_date, app_version
-- app_version: the latest version that a player's events of the day name; null where none does
-- players: distinct players of the day; each counts once
-- player_rate: players / all players of the game on that day, from 0 to 1
-- parameter: application_id varchar default '%'
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: to_date date default current_date
-- chart: line x=event_date y=player_rate series=app_version

WITH active_players AS (
  SELECT
    application_id,
    event_date,
    app_version
  FROM player_days
  WHERE application_id LIKE ?
    AND event_date BETWEEN ? AND ?
),

player_groups AS (
  SELECT
    application_id,
    event_date,
    app_version,
    count(*) AS players
  FROM active_players
  GROUP BY application_id, event_date, app_version
)

SELECT
  application_id,
  event_date,
  app_version,
  players,
  CAST(players AS double) / sum(players) OVER (PARTITION BY application_id, event_date) AS player_rate
FROM player_groups
ORDER BY application_id, event_date, players DESC, app_version NULLS LAST
