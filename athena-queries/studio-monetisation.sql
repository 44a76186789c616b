-- description: Net revenue, payers and revenue per player of the studio's titles, per UTC day and currency.
-- grain: one row per game_id, event_date, currency_type with a transaction, be it a refund
-- audience: studio
-- revenue: sum of the amounts in the currency itself, never converted; refunds are negative
-- transactions: distinct transaction_id with a positive amount
-- payers: distinct player_id with a positive amount in this currency
-- dau: distinct players with an event on the day
-- conversion_rate: payers / dau, from 0 to 1
-- arpdau: revenue / dau
-- arppu: revenue / payers; null on a day that saw refunds only
-- note: revenue includes purchases that name no player; payers and DAU cannot
-- parameter: studio_id varchar bound
-- parameter: game_id varchar default '%'
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: to_date date default current_date
-- parameter: studio_id
-- parameter: from_date
-- parameter: to_date
-- chart: line x=event_date y=revenue series=game_id

WITH transactions AS (
  SELECT
    games.game_id,
    games.name,
    events.event_date,
    events.currency_type,
    events.transaction_id,
    events.player_id,
    events.currency_amount
  FROM games
  JOIN events
    ON events.application_id = games.game_id
  WHERE games.studio_id = ?
    AND games.game_id LIKE ?
    AND events.event_date BETWEEN ? AND ?
    AND events.event_type = 'iap_transaction'
    AND events.currency_amount IS NOT NULL
),

daily_revenue AS (
  SELECT
    game_id,
    name,
    event_date,
    currency_type,
    sum(currency_amount) AS revenue,
    count(DISTINCT CASE WHEN currency_amount > 0 THEN transaction_id END) AS transactions,
    count(DISTINCT CASE WHEN currency_amount > 0 THEN player_id END) AS payers
  FROM transactions
  GROUP BY game_id, name, event_date, currency_type
),

-- A player has one row for each day.
daily_players AS (
  SELECT
    games.game_id,
    player_days.event_date,
    count(*) AS dau
  FROM games
  JOIN player_days
    ON player_days.application_id = games.game_id
  WHERE games.studio_id = ?
    AND player_days.event_date BETWEEN ? AND ?
  GROUP BY games.game_id, player_days.event_date
)

SELECT
  daily_revenue.game_id,
  daily_revenue.name,
  daily_revenue.event_date,
  daily_revenue.currency_type,
  daily_revenue.revenue,
  daily_revenue.transactions,
  daily_revenue.payers,
  coalesce(daily_players.dau, 0) AS dau,
  CAST(daily_revenue.payers AS double) / daily_players.dau AS conversion_rate,
  CAST(daily_revenue.revenue AS double) / daily_players.dau AS arpdau,
  CAST(daily_revenue.revenue AS double) / nullif(daily_revenue.payers, 0) AS arppu
FROM daily_revenue
LEFT JOIN daily_players
  ON daily_players.game_id = daily_revenue.game_id
  AND daily_players.event_date = daily_revenue.event_date
ORDER BY daily_revenue.game_id, daily_revenue.event_date, daily_revenue.currency_type NULLS LAST
