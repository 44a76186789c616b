-- description: In-game currency that players earn and spend, per game, UTC day and currency.
-- grain: one row per application_id, event_date, virtual_currency
-- source: sum of virtual_amount of currency_earned
-- sink: sum of virtual_amount of currency_spent
-- flow: source - sink: what players' balances grew by
-- inflation_rate: flow / source; null on a day on which nothing was earned
-- parameter: application_id varchar default '%'
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: to_date date default current_date
-- chart: line x=event_date y=flow series=virtual_currency

WITH currency_events AS (
  SELECT
    application_id,
    event_date,
    virtual_currency,
    CASE WHEN event_type = 'currency_earned' THEN virtual_amount ELSE 0 END AS earned,
    CASE WHEN event_type = 'currency_spent' THEN virtual_amount ELSE 0 END AS spent
  FROM events
  WHERE application_id LIKE ?
    AND event_date BETWEEN ? AND ?
    AND event_type IN ('currency_earned', 'currency_spent')
    AND virtual_amount IS NOT NULL
),

totals AS (
  SELECT
    application_id,
    event_date,
    virtual_currency,
    sum(earned) AS source,
    sum(spent) AS sink
  FROM currency_events
  GROUP BY application_id, event_date, virtual_currency
)

SELECT
  application_id,
  event_date,
  virtual_currency,
  source,
  sink,
  source - sink AS flow,
  CAST(source - sink AS double) / nullif(CAST(source AS double), 0) AS inflation_rate
FROM totals
ORDER BY application_id, event_date, virtual_currency NULLS LAST
