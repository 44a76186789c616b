-- description: Player accounts, from all account events of these players in any order.
-- grain: one row per player_id
-- account_end_at: the first closing, which is final
-- account_start_at: the first creation; null where none happened by the end
-- note: country and digest are those of the newest creation that happened by the end

WITH account_moments AS (
  SELECT
    player_id,
    event_id,
    event_type,
    account_country,
    user_id_digest,
    coalesce(TRY_CAST(replace(replace(effective_at, 'T', ' '), 'Z', '') AS timestamp), event_at) AS happened_at
  FROM account_events
  WHERE event_type IN ('account_created', 'account_closed')
    AND player_id IS NOT NULL
),

closings AS (
  SELECT
    player_id,
    min(happened_at) AS account_end_at
  FROM account_moments
  WHERE event_type = 'account_closed'
  GROUP BY player_id
),

creations AS (
  SELECT
    account_moments.player_id,
    account_moments.account_country,
    account_moments.user_id_digest,
    account_moments.happened_at,
    row_number() OVER (
      PARTITION BY account_moments.player_id
      ORDER BY account_moments.happened_at DESC, account_moments.event_id DESC
    ) AS newest
  FROM account_moments
  LEFT JOIN closings
    ON closings.player_id = account_moments.player_id
  WHERE account_moments.event_type = 'account_created'
    AND (closings.account_end_at IS NULL OR account_moments.happened_at <= closings.account_end_at)
),

accounts AS (
  SELECT
    player_id,
    max(CASE WHEN newest = 1 THEN user_id_digest END) AS user_id_digest,
    max(CASE WHEN newest = 1 THEN account_country END) AS country,
    min(happened_at) AS account_start_at
  FROM creations
  GROUP BY player_id
)

SELECT
  coalesce(accounts.player_id, closings.player_id) AS player_id,
  accounts.user_id_digest,
  accounts.country,
  accounts.account_start_at,
  closings.account_end_at
FROM accounts
FULL OUTER JOIN closings
  ON closings.player_id = accounts.player_id
