-- description: What each player paid on each day, per currency, from whole days of events.
-- grain: one row per application_id, player_id, currency_type, event_date with a purchase or a refund
-- revenue: sum of the amounts; refunds are negative
-- purchases: distinct transaction_id with a positive amount
-- first_purchase_at: earliest positive amount; null on a day of refunds only

SELECT
  application_id,
  player_id,
  currency_type,
  CAST(sum(currency_amount) AS decimal(38, 4)) AS revenue,
  count(DISTINCT CASE WHEN currency_amount > 0 THEN transaction_id END) AS purchases,
  min(CASE WHEN currency_amount > 0 THEN event_at END) AS first_purchase_at,
  event_date
FROM day_events
WHERE event_type = 'iap_transaction'
  AND player_id IS NOT NULL
  AND application_id <> '_accounts'
  AND currency_type IS NOT NULL
  AND currency_amount IS NOT NULL
GROUP BY application_id, player_id, currency_type, event_date
