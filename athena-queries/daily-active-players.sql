-- description: Players with at least one event, per game and UTC day (DAU).
-- grain: one row per application_id, event_date
-- dau: distinct player_id of accepted events of any type; events without player_id count for nobody
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: to_date date default current_date
-- chart: line x=event_date y=dau series=application_id

WITH player_events AS (
  SELECT
    application_id,
    CAST(event_at AS date) AS event_date,
    player_id
  FROM recent_events
  WHERE player_id IS NOT NULL
    AND CAST(event_at AS date) BETWEEN ? AND ?
)

SELECT
  application_id,
  event_date,
  count(DISTINCT player_id) AS dau
FROM player_events
GROUP BY application_id, event_date
ORDER BY application_id, event_date
