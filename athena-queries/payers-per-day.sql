-- description: Players who pay and who pay for the first time, as shares of the day's players.
-- grain: one row per application_id, event_date with a player
-- dau: distinct players with an event on the day
-- payers: distinct players with a purchase of a positive amount on the day, in any currency
-- conversion_rate: payers / dau, from 0 to 1
-- first_time_payers: players whose first-ever purchase lies on the day
-- first_purchase_conversion_rate: first_time_payers / dau, from 0 to 1
-- note: GameAnalytics calls first_purchase_conversion_rate its conversion rate; Unity and PlayFab mean conversion_rate
-- note: reads the purchases of every day until to_date, because only they tell which was a player's first
-- parameter: application_id varchar default '%'
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: to_date date default current_date
-- parameter: application_id
-- parameter: to_date
-- parameter: from_date
-- chart: line x=event_date y=conversion_rate series=application_id

WITH active_players AS (
  SELECT
    application_id,
    event_date
  FROM player_days
  WHERE application_id LIKE ?
    AND event_date BETWEEN ? AND ?
),

daily_players AS (
  SELECT
    application_id,
    event_date,
    count(*) AS dau
  FROM active_players
  GROUP BY application_id, event_date
),

payer_days AS (
  SELECT
    application_id,
    player_id,
    event_date,
    min(event_date) OVER (PARTITION BY application_id, player_id) AS first_date
  FROM player_revenue
  WHERE application_id LIKE ?
    AND event_date <= ?
    AND purchases > 0
),

daily_payers AS (
  SELECT
    application_id,
    event_date,
    count(DISTINCT player_id) AS payers,
    count(DISTINCT CASE WHEN event_date = first_date THEN player_id END) AS first_time_payers
  FROM payer_days
  WHERE event_date >= ?
  GROUP BY application_id, event_date
)

SELECT
  daily_players.application_id,
  daily_players.event_date,
  daily_players.dau,
  coalesce(daily_payers.payers, 0) AS payers,
  CAST(coalesce(daily_payers.payers, 0) AS double) / daily_players.dau AS conversion_rate,
  coalesce(daily_payers.first_time_payers, 0) AS first_time_payers,
  CAST(coalesce(daily_payers.first_time_payers, 0) AS double) / daily_players.dau AS first_purchase_conversion_rate
FROM daily_players
LEFT JOIN daily_payers
  ON daily_payers.application_id = daily_players.application_id
  AND daily_payers.event_date = daily_players.event_date
ORDER BY daily_players.application_id, daily_players.event_date
