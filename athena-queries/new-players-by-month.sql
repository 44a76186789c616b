-- description: Players seen for the first time, per game and month.
-- grain: one row per application_id, month with a new player
-- month: first day of the month, UTC
-- new_players: players whose first-ever event, of any type, lies in the month and in the period asked for
-- note: reads the players of every day until to_date, because only they tell which day was a player's first
-- parameter: application_id varchar default '%'
-- parameter: to_date date default current_date
-- parameter: from_date date default date_trunc('month', current_date) - INTERVAL '11' MONTH
-- chart: bar x=month y=new_players series=application_id

WITH first_days AS (
  SELECT
    application_id,
    player_id,
    min(event_date) AS first_date
  FROM player_days
  WHERE application_id LIKE ?
    AND event_date <= ?
  GROUP BY application_id, player_id
),

new_players AS (
  SELECT
    application_id,
    date_trunc('month', first_date) AS month
  FROM first_days
  WHERE first_date >= ?
)

SELECT
  application_id,
  month,
  count(*) AS new_players
FROM new_players
GROUP BY application_id, month
ORDER BY application_id, month
