-- description: Players with at least one event, per game and UTC day (DAU).
-- grain: one row per application_id, event_date with a player
-- dau: distinct player_id of accepted events of any type; events without player_id count for nobody
-- parameter: application_id varchar default '%'
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: to_date date default current_date
-- chart: line x=event_date y=dau series=application_id

-- A player has one row for each day, so counting rows reads no player_id.
WITH active_players AS (
  SELECT
    application_id,
    event_date
  FROM player_days
  WHERE application_id LIKE ?
    AND event_date BETWEEN ? AND ?
)

SELECT
  application_id,
  event_date,
  count(*) AS dau
FROM active_players
GROUP BY application_id, event_date
ORDER BY application_id, event_date
