-- description: Closed accounts by country, months, games, tenure and spend, in groups of at least five people.
-- grain: one row per breakdown, value of at least five accounts
-- audience: publisher
-- breakdown: country, month_of_joining, month_of_closing, games_played, tenure or spend_band
-- value: the group: a month is its first day; other holds the groups that are held back, of this breakdown
-- accounts: closed accounts; the rows of each breakdown add up to all of them
-- note: groups of fewer than five are held back, with the next larger ones until they are two groups and five people
-- note: games_played: distinct games that the account was ever registered for
-- note: tenure: days from the start of the account to its end
-- note: spend_band: net revenue in the currency that the player bought most often in, never converted
-- note: no parameter, so that no two answers about different sets of accounts can be taken from each other
-- chart: bar x=value y=accounts series=breakdown

WITH closed_accounts AS (
  SELECT
    player_id,
    coalesce(country, 'unknown') AS country,
    coalesce(CAST(date_trunc('month', CAST(account_start_at AS date)) AS varchar), 'unknown') AS month_of_joining,
    CAST(date_trunc('month', CAST(account_end_at AS date)) AS varchar) AS month_of_closing,
    date_diff('day', account_start_at, account_end_at) AS tenure_days
  FROM players
  WHERE account_end_at IS NOT NULL
),

games_per_account AS (
  SELECT
    closed_accounts.player_id,
    count(DISTINCT player_games.game_id) AS games
  FROM closed_accounts
  JOIN player_games
    ON player_games.player_id = closed_accounts.player_id
  GROUP BY closed_accounts.player_id
),

-- Of every day: an account's spend is that of its whole life.
purchases AS (
  SELECT
    player_id,
    currency_type,
    sum(revenue) AS revenue,
    sum(purchases) AS purchases
  FROM player_revenue
  WHERE event_date >= DATE '1970-01-01'
  GROUP BY player_id, currency_type
),

spend_by_currency AS (
  SELECT
    player_id,
    currency_type,
    revenue,
    row_number() OVER (PARTITION BY player_id ORDER BY purchases DESC, currency_type) AS place
  FROM purchases
),

spend AS (
  SELECT
    player_id,
    currency_type,
    revenue
  FROM spend_by_currency
  WHERE place = 1
),

profiles AS (
  SELECT
    closed_accounts.country,
    closed_accounts.month_of_joining,
    closed_accounts.month_of_closing,
    CASE
      WHEN games_per_account.games >= 5 THEN '5 or more'
      ELSE CAST(coalesce(games_per_account.games, 0) AS varchar)
    END AS games_played,
    CASE
      WHEN closed_accounts.tenure_days < 30 THEN '0-29 days'
      WHEN closed_accounts.tenure_days < 90 THEN '30-89 days'
      WHEN closed_accounts.tenure_days < 365 THEN '90-364 days'
      WHEN closed_accounts.tenure_days >= 365 THEN '365 days or more'
      ELSE 'unknown'
    END AS tenure,
    CASE
      WHEN spend.revenue >= 100 THEN spend.currency_type || ' 100 or more'
      WHEN spend.revenue >= 10 THEN spend.currency_type || ' 10 to 99'
      WHEN spend.revenue > 0 THEN spend.currency_type || ' below 10'
      ELSE 'none'
    END AS spend_band
  FROM closed_accounts
  LEFT JOIN games_per_account
    ON games_per_account.player_id = closed_accounts.player_id
  LEFT JOIN spend
    ON spend.player_id = closed_accounts.player_id
),

breakdowns AS (
  SELECT 'country' AS breakdown
  UNION ALL
  SELECT 'month_of_joining' AS breakdown
  UNION ALL
  SELECT 'month_of_closing' AS breakdown
  UNION ALL
  SELECT 'games_played' AS breakdown
  UNION ALL
  SELECT 'tenure' AS breakdown
  UNION ALL
  SELECT 'spend_band' AS breakdown
),

memberships AS (
  SELECT
    breakdowns.breakdown,
    CASE
      WHEN breakdowns.breakdown = 'country' THEN profiles.country
      WHEN breakdowns.breakdown = 'month_of_joining' THEN profiles.month_of_joining
      WHEN breakdowns.breakdown = 'month_of_closing' THEN profiles.month_of_closing
      WHEN breakdowns.breakdown = 'games_played' THEN profiles.games_played
      WHEN breakdowns.breakdown = 'tenure' THEN profiles.tenure
      ELSE profiles.spend_band
    END AS group_value
  FROM profiles
  CROSS JOIN breakdowns
),

group_sizes AS (
  SELECT
    breakdown,
    group_value,
    count(*) AS accounts
  FROM memberships
  GROUP BY breakdown, group_value
),

-- From the smallest group up, with how many accounts are in those before it.
places AS (
  SELECT
    breakdown,
    group_value,
    accounts,
    min(accounts) OVER (PARTITION BY breakdown) AS smallest,
    row_number() OVER (PARTITION BY breakdown ORDER BY accounts, group_value) AS place,
    sum(accounts) OVER (
      PARTITION BY breakdown
      ORDER BY accounts, group_value
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) - accounts AS accounts_before
  FROM group_sizes
),

shown_groups AS (
  SELECT
    breakdown,
    CASE
      WHEN smallest < 5 AND (accounts < 5 OR accounts_before < 5 OR place = 2) THEN 'other'
      ELSE group_value
    END AS value,
    accounts AS group_accounts
  FROM places
)

SELECT
  breakdown,
  value,
  sum(group_accounts) AS accounts
FROM shown_groups
GROUP BY breakdown, value
HAVING sum(group_accounts) >= 5
ORDER BY breakdown, value
