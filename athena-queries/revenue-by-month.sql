-- description: Purchases and net revenue, per game, month and currency.
-- grain: one row per application_id, month, currency_type
-- month: first day of the month, UTC
-- purchases: distinct transaction_id with a positive amount
-- payers: distinct player_id with a positive amount
-- revenue: sum of the amounts in the currency itself, never converted; refunds are negative
-- note: an amount that is no number is left out
-- parameter: from_date date default date_trunc('month', current_date) - INTERVAL '11' MONTH
-- parameter: to_date date default current_date
-- chart: bar x=month y=revenue series=currency_type

WITH transactions AS (
  SELECT
    application_id,
    date_trunc('month', CAST(event_at AS date)) AS month,
    player_id,
    json_extract_scalar(event_data, '$.transaction_id') AS transaction_id,
    json_extract_scalar(event_data, '$.currency_type') AS currency_type,
    TRY_CAST(json_extract_scalar(event_data, '$.currency_amount') AS decimal(18, 4)) AS currency_amount
  FROM recent_events
  WHERE event_type = 'iap_transaction'
    AND CAST(event_at AS date) BETWEEN ? AND ?
)

SELECT
  application_id,
  month,
  currency_type,
  count(DISTINCT CASE WHEN currency_amount > 0 THEN transaction_id END) AS purchases,
  count(DISTINCT CASE WHEN currency_amount > 0 THEN player_id END) AS payers,
  CAST(sum(currency_amount) AS decimal(18, 4)) AS revenue
FROM transactions
WHERE currency_amount IS NOT NULL
GROUP BY application_id, month, currency_type
ORDER BY application_id, month, currency_type
