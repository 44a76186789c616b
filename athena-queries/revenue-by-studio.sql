-- description: Net revenue of each studio's titles in a period, per currency, and the studio's royalty.
-- grain: one row per studio_id, currency_type with a transaction, be it a refund
-- audience: publisher
-- name: the studio's; null where the studio is not registered
-- games: its games with a transaction in this currency
-- revenue: sum of the amounts in the currency itself, never converted; refunds are negative
-- transactions: distinct transaction_id of each game with a positive amount
-- royalty_rate: the studio's share of the revenue, as asked for, from 0 to 1
-- royalty: revenue times royalty_rate, to four decimals
-- note: games that are published count, for the studio whose they are now
-- note: royalty_rate has at most four decimals; with more of them, or above 1, there is no row
-- parameter: royalty_rate decimal default 0.70
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: to_date date default current_date
-- parameter: studio_id varchar default '%'
-- chart: bar x=name y=revenue series=currency_type

WITH digits AS (
  SELECT 0 AS digit
  UNION ALL
  SELECT 1 AS digit
  UNION ALL
  SELECT 2 AS digit
  UNION ALL
  SELECT 3 AS digit
  UNION ALL
  SELECT 4 AS digit
  UNION ALL
  SELECT 5 AS digit
  UNION ALL
  SELECT 6 AS digit
  UNION ALL
  SELECT 7 AS digit
  UNION ALL
  SELECT 8 AS digit
  UNION ALL
  SELECT 9 AS digit
),

-- Every rate there may be, as Athena takes a parameter in WHERE only.
rates AS (
  SELECT
    CAST(a.digit * 0.1 + b.digit * 0.01 + c.digit * 0.001 + d.digit * 0.0001 AS decimal(5, 4)) AS royalty_rate
  FROM digits AS a
  CROSS JOIN digits AS b
  CROSS JOIN digits AS c
  CROSS JOIN digits AS d
  UNION ALL
  SELECT CAST(1 AS decimal(5, 4)) AS royalty_rate
),

royalty AS (
  SELECT royalty_rate
  FROM rates
  WHERE royalty_rate = ?
),

transactions AS (
  SELECT
    application_id,
    currency_type,
    transaction_id,
    currency_amount
  FROM events
  WHERE event_date BETWEEN ? AND ?
    AND event_type = 'iap_transaction'
    AND currency_amount IS NOT NULL
),

game_revenue AS (
  SELECT
    application_id,
    currency_type,
    sum(currency_amount) AS revenue,
    count(DISTINCT CASE WHEN currency_amount > 0 THEN transaction_id END) AS transactions
  FROM transactions
  GROUP BY application_id, currency_type
),

studio_revenue AS (
  SELECT
    games.studio_id,
    game_revenue.currency_type,
    count(*) AS games,
    sum(game_revenue.revenue) AS revenue,
    sum(game_revenue.transactions) AS transactions
  FROM game_revenue
  JOIN games
    ON games.game_id = game_revenue.application_id
  WHERE games.studio_id LIKE ?
  GROUP BY games.studio_id, game_revenue.currency_type
)

SELECT
  studio_revenue.studio_id,
  studios.name,
  studio_revenue.currency_type,
  studio_revenue.games,
  studio_revenue.revenue,
  studio_revenue.transactions,
  royalty.royalty_rate,
  CAST(CAST(studio_revenue.revenue AS decimal(28, 4)) * royalty.royalty_rate AS decimal(38, 4)) AS royalty
FROM studio_revenue
CROSS JOIN royalty
LEFT JOIN studios
  ON studios.studio_id = studio_revenue.studio_id
ORDER BY studio_revenue.studio_id, studio_revenue.currency_type NULLS LAST
