-- description: Net revenue per game, UTC day and currency, with ARPDAU, ARPPU and the average transaction.
-- grain: one row per application_id, event_date, currency_type with a transaction, be it a refund
-- revenue: sum of the amounts in the currency itself, never converted; refunds are negative
-- transactions: distinct transaction_id with a positive amount
-- payers: distinct player_id with a positive amount in this currency
-- arpdau: revenue / all players of the game on that day
-- arppu: revenue / payers; null on a day that saw refunds only
-- average_transaction_value: revenue / transactions; null on a day that saw refunds only
-- note: purchases only: no schema speaks of what advertisements earn, so ARPDAU is the one without them
-- note: revenue includes purchases that name no player; payers and DAU cannot
-- parameter: application_id varchar default '%'
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: to_date date default current_date
-- parameter: application_id
-- parameter: from_date
-- parameter: to_date
-- parameter: application_id
-- parameter: from_date
-- parameter: to_date
-- chart: line x=event_date y=revenue series=currency_type

WITH transactions AS (
  SELECT
    application_id,
    event_date,
    currency_type,
    transaction_id,
    currency_amount
  FROM events
  WHERE application_id LIKE ?
    AND event_date BETWEEN ? AND ?
    AND event_type = 'iap_transaction'
    AND currency_amount IS NOT NULL
),

daily_revenue AS (
  SELECT
    application_id,
    event_date,
    currency_type,
    sum(currency_amount) AS revenue,
    count(DISTINCT CASE WHEN currency_amount > 0 THEN transaction_id END) AS transactions
  FROM transactions
  GROUP BY application_id, event_date, currency_type
),

-- A payer has one row for each day and currency, a player one for each day.
purchases AS (
  SELECT
    application_id,
    event_date,
    currency_type
  FROM player_revenue
  WHERE application_id LIKE ?
    AND event_date BETWEEN ? AND ?
    AND purchases > 0
),

daily_payers AS (
  SELECT
    application_id,
    event_date,
    currency_type,
    count(*) AS payers
  FROM purchases
  GROUP BY application_id, event_date, currency_type
),

active_players AS (
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
)

SELECT
  daily_revenue.application_id,
  daily_revenue.event_date,
  daily_revenue.currency_type,
  daily_revenue.revenue,
  daily_revenue.transactions,
  coalesce(daily_payers.payers, 0) AS payers,
  CAST(daily_revenue.revenue AS double) / daily_players.dau AS arpdau,
  CAST(daily_revenue.revenue AS double) / daily_payers.payers AS arppu,
  CAST(daily_revenue.revenue AS double) / nullif(daily_revenue.transactions, 0) AS average_transaction_value
FROM daily_revenue
LEFT JOIN daily_payers
  ON daily_payers.application_id = daily_revenue.application_id
  AND daily_payers.event_date = daily_revenue.event_date
  AND daily_payers.currency_type = daily_revenue.currency_type
LEFT JOIN daily_players
  ON daily_players.application_id = daily_revenue.application_id
  AND daily_players.event_date = daily_revenue.event_date
ORDER BY daily_revenue.application_id, daily_revenue.event_date, daily_revenue.currency_type NULLS LAST
