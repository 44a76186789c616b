-- description: Players seen for the first time, per game and month.
-- grain: one row per application_id, month
-- month: first day of the month, UTC
-- new_players: players whose first-ever event, of any type, lies in the month and in the period asked for
-- note: reads all events, because only they tell which was a player's first
-- parameter: from_date date default date_trunc('month', current_date) - INTERVAL '11' MONTH
-- parameter: to_date date default current_date
-- chart: bar x=month y=new_players series=application_id

WITH first_events AS (
  SELECT
    application_id,
    player_id,
    min(event_at) AS first_event_at
  FROM recent_events
  WHERE player_id IS NOT NULL
  GROUP BY application_id, player_id
),

new_players AS (
  SELECT
    application_id,
    date_trunc('month', CAST(first_event_at AS date)) AS month
  FROM first_events
  WHERE CAST(first_event_at AS date) BETWEEN ? AND ?
)

SELECT
  application_id,
  month,
  count(*) AS new_players
FROM new_players
GROUP BY application_id, month
ORDER BY application_id, month
