-- description: Players of the studio's titles with at least one event (DAU), and those seen for the first time, per UTC day.
-- grain: one row per game_id, event_date with a player
-- audience: studio
-- dau: distinct player_id of accepted events of any type; events without player_id count for nobody
-- new_players: those among them whose first-ever event in the game, of any type, lies on the day
-- note: reads the players of every day until to_date, because only they tell which day was a player's first
-- parameter: studio_id varchar bound
-- parameter: game_id varchar default '%'
-- parameter: to_date date default current_date
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- chart: line x=event_date y=dau series=game_id

WITH player_dates AS (
  SELECT
    games.game_id,
    games.name,
    player_days.event_date,
    min(player_days.event_date) OVER (PARTITION BY games.game_id, player_days.player_id) AS first_date
  FROM games
  JOIN player_days
    ON player_days.application_id = games.game_id
  WHERE games.studio_id = ?
    AND games.game_id LIKE ?
    AND player_days.event_date <= ?
)

SELECT
  game_id,
  name,
  event_date,
  count(*) AS dau,
  sum(CASE WHEN event_date = first_date THEN 1 ELSE 0 END) AS new_players
FROM player_dates
WHERE event_date >= ?
GROUP BY game_id, name, event_date
ORDER BY game_id, event_date
