-- description: Purchases and net revenue, per game, month and currency.
-- grain: one row per application_id, month, currency_type with a transaction, be it a refund
-- month: first day of the month, UTC
-- purchases: distinct transaction_id with a positive amount
-- payers: distinct player_id with a positive amount in this currency
-- revenue: sum of the amounts in the currency itself, never converted; refunds are negative
-- note: an amount that is no number is left out
-- note: revenue and purchases include those that name no player; payers cannot
-- parameter: application_id varchar default '%'
-- parameter: from_date date default date_trunc('month', current_date) - INTERVAL '11' MONTH
-- parameter: to_date date default current_date
-- parameter: application_id
-- parameter: from_date
-- parameter: to_date
-- chart: bar x=month y=revenue series=currency_type

WITH transactions AS (
  SELECT
    application_id,
    date_trunc('month', event_date) AS month,
    currency_type,
    transaction_id,
    currency_amount
  FROM events
  WHERE application_id LIKE ?
    AND event_date BETWEEN ? AND ?
    AND event_type = 'iap_transaction'
    AND currency_amount IS NOT NULL
),

monthly_revenue AS (
  SELECT
    application_id,
    month,
    currency_type,
    sum(currency_amount) AS revenue,
    count(DISTINCT CASE WHEN currency_amount > 0 THEN transaction_id END) AS purchases
  FROM transactions
  GROUP BY application_id, month, currency_type
),

player_purchases AS (
  SELECT
    application_id,
    date_trunc('month', event_date) AS month,
    currency_type,
    player_id
  FROM player_revenue
  WHERE application_id LIKE ?
    AND event_date BETWEEN ? AND ?
    AND purchases > 0
),

monthly_payers AS (
  SELECT
    application_id,
    month,
    currency_type,
    count(DISTINCT player_id) AS payers
  FROM player_purchases
  GROUP BY application_id, month, currency_type
)

SELECT
  monthly_revenue.application_id,
  monthly_revenue.month,
  monthly_revenue.currency_type,
  monthly_revenue.purchases,
  coalesce(monthly_payers.payers, 0) AS payers,
  monthly_revenue.revenue
FROM monthly_revenue
LEFT JOIN monthly_payers
  ON monthly_payers.application_id = monthly_revenue.application_id
  AND monthly_payers.month = monthly_revenue.month
  AND monthly_payers.currency_type = monthly_revenue.currency_type
ORDER BY monthly_revenue.application_id, monthly_revenue.month, monthly_revenue.currency_type NULLS LAST
