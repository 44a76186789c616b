-- description: In-game currency that players of the studio's titles earn and spend, per UTC day and currency.
-- grain: one row per game_id, event_date, virtual_currency
-- audience: studio
-- source: sum of virtual_amount of currency_earned
-- sink: sum of virtual_amount of currency_spent
-- flow: source - sink: what players' balances grew by
-- inflation_rate: flow / source; null on a day on which nothing was earned
-- parameter: studio_id varchar bound
-- parameter: game_id varchar default '%'
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: to_date date default current_date
-- chart: line x=event_date y=flow series=virtual_currency

WITH currency_events AS (
  SELECT
    games.game_id,
    games.name,
    events.event_date,
    events.virtual_currency,
    CASE WHEN events.event_type = 'currency_earned' THEN events.virtual_amount ELSE 0 END AS earned,
    CASE WHEN events.event_type = 'currency_spent' THEN events.virtual_amount ELSE 0 END AS spent
  FROM games
  JOIN events
    ON events.application_id = games.game_id
  WHERE games.studio_id = ?
    AND games.game_id LIKE ?
    AND events.event_date BETWEEN ? AND ?
    AND events.event_type IN ('currency_earned', 'currency_spent')
    AND events.virtual_amount IS NOT NULL
),

totals AS (
  SELECT
    game_id,
    name,
    event_date,
    virtual_currency,
    sum(earned) AS source,
    sum(spent) AS sink
  FROM currency_events
  GROUP BY game_id, name, event_date, virtual_currency
)

SELECT
  game_id,
  name,
  event_date,
  virtual_currency,
  source,
  sink,
  source - sink AS flow,
  CAST(source - sink AS double) / nullif(CAST(source AS double), 0) AS inflation_rate
FROM totals
ORDER BY game_id, event_date, virtual_currency NULLS LAST
