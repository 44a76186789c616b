-- description: Players seen for the first time, per game and UTC day.
-- grain: one row per application_id, event_date with a new player
-- new_players: players whose first-ever event, of any type, lies on the day; a registration event is not needed
-- note: reads the players of every day until to_date, because only they tell which day was a player's first
-- parameter: application_id varchar default '%'
-- parameter: to_date date default current_date
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- chart: line x=event_date y=new_players series=application_id

WITH first_days AS (
  SELECT
    application_id,
    player_id,
    min(event_date) AS first_date
  FROM player_days
  WHERE application_id LIKE ?
    AND event_date <= ?
  GROUP BY application_id, player_id
)

SELECT
  application_id,
  first_date AS event_date,
  count(*) AS new_players
FROM first_days
WHERE first_date >= ?
GROUP BY application_id, first_date
ORDER BY application_id, first_date
