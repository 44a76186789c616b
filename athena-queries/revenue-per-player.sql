-- description: Net revenue per active and per paying player of a period (ARPU, ARPPU), per game and currency.
-- grain: one row per application_id, currency_type in which a player bought or was refunded something
-- revenue: sum of the amounts in the currency itself, never converted; refunds are negative
-- players: distinct players with an event in the period
-- payers: distinct players with a positive amount in this currency
-- arpu: revenue / players
-- arppu: revenue / payers; null where there were refunds only
-- note: purchases that name no player are left out, unlike in the reports of revenue by time
-- parameter: application_id varchar default '%'
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: to_date date default current_date
-- parameter: application_id
-- parameter: from_date
-- parameter: to_date
-- chart: bar x=currency_type y=arpu series=application_id

WITH purchases AS (
  SELECT
    application_id,
    player_id,
    currency_type,
    revenue,
    purchases
  FROM player_revenue
  WHERE application_id LIKE ?
    AND event_date BETWEEN ? AND ?
),

revenue_by_currency AS (
  SELECT
    application_id,
    currency_type,
    sum(revenue) AS revenue,
    count(DISTINCT CASE WHEN purchases > 0 THEN player_id END) AS payers
  FROM purchases
  GROUP BY application_id, currency_type
),

active_players AS (
  SELECT
    application_id,
    player_id
  FROM player_days
  WHERE application_id LIKE ?
    AND event_date BETWEEN ? AND ?
),

players_by_game AS (
  SELECT
    application_id,
    count(DISTINCT player_id) AS players
  FROM active_players
  GROUP BY application_id
)

SELECT
  revenue_by_currency.application_id,
  revenue_by_currency.currency_type,
  revenue_by_currency.revenue,
  players_by_game.players,
  revenue_by_currency.payers,
  CAST(revenue_by_currency.revenue AS double) / players_by_game.players AS arpu,
  CAST(revenue_by_currency.revenue AS double) / nullif(revenue_by_currency.payers, 0) AS arppu
FROM revenue_by_currency
JOIN players_by_game
  ON players_by_game.application_id = revenue_by_currency.application_id
ORDER BY revenue_by_currency.application_id, revenue_by_currency.currency_type NULLS LAST
