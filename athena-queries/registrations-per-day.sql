-- description: Registrations, unregistrations and closures per UTC day, over all titles, with net growth.
-- grain: one row per change_date on which anything of it happened
-- audience: publisher
-- registrations: registrations for a game that begin on the day
-- unregistrations: those that end on the day while the account stays open
-- ended_by_closure: those that end on the day with their account
-- net_growth: registrations - unregistrations - ended_by_closure
-- opened_accounts: accounts that begin on the day
-- closed_accounts: accounts that end on the day, whether registered for a game or not
-- account_growth: opened_accounts - closed_accounts
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: to_date date default current_date
-- chart: line x=change_date y=net_growth

WITH ends AS (
  SELECT 'start' AS which
  UNION ALL
  SELECT 'end' AS which
),

registrations AS (
  SELECT
    player_games.subscription_start_at AS started_at,
    player_games.subscription_end_at AS ended_at,
    players.account_end_at
  FROM player_games
  LEFT JOIN players
    ON players.player_id = player_games.player_id
),

-- Each registration at its start and at its end, each account likewise, so that the tables are not read for each.
registration_changes AS (
  SELECT
    CASE
      WHEN ends.which = 'start' THEN CAST(registrations.started_at AS date)
      ELSE CAST(registrations.ended_at AS date)
    END AS change_date,
    CASE
      WHEN ends.which = 'start' THEN 'registration'
      WHEN registrations.ended_at = registrations.account_end_at THEN 'closure'
      ELSE 'unregistration'
    END AS kind
  FROM registrations
  CROSS JOIN ends
),

account_changes AS (
  SELECT
    CASE
      WHEN ends.which = 'start' THEN CAST(players.account_start_at AS date)
      ELSE CAST(players.account_end_at AS date)
    END AS change_date,
    CASE WHEN ends.which = 'start' THEN 'opened account' ELSE 'closed account' END AS kind
  FROM players
  CROSS JOIN ends
),

changes AS (
  SELECT
    change_date,
    kind
  FROM registration_changes
  UNION ALL
  SELECT
    change_date,
    kind
  FROM account_changes
),

daily_changes AS (
  SELECT
    change_date,
    sum(CASE WHEN kind = 'registration' THEN 1 ELSE 0 END) AS registrations,
    sum(CASE WHEN kind = 'unregistration' THEN 1 ELSE 0 END) AS unregistrations,
    sum(CASE WHEN kind = 'closure' THEN 1 ELSE 0 END) AS ended_by_closure,
    sum(CASE WHEN kind = 'opened account' THEN 1 ELSE 0 END) AS opened_accounts,
    sum(CASE WHEN kind = 'closed account' THEN 1 ELSE 0 END) AS closed_accounts
  FROM changes
  WHERE change_date BETWEEN ? AND ?
  GROUP BY change_date
)

SELECT
  change_date,
  registrations,
  unregistrations,
  ended_by_closure,
  registrations - unregistrations - ended_by_closure AS net_growth,
  opened_accounts,
  closed_accounts,
  opened_accounts - closed_accounts AS account_growth
FROM daily_changes
ORDER BY change_date
