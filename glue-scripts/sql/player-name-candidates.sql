-- description: What is known of who the players with an open account are, still encrypted, from all their account events.
-- grain: one row per player_id whose account is open and whose key was there when the event came
-- user_id, player_name: ciphertexts of the newest creation

WITH account_moments AS (
  SELECT
    player_id,
    event_id,
    event_type,
    user_id,
    player_name,
    coalesce(TRY_CAST(replace(replace(effective_at, 'T', ' '), 'Z', '') AS timestamp), event_at) AS happened_at
  FROM account_events
  WHERE event_type IN ('account_created', 'account_closed')
    AND player_id IS NOT NULL
),

closed AS (
  SELECT DISTINCT player_id
  FROM account_moments
  WHERE event_type = 'account_closed'
),

creations AS (
  SELECT
    account_moments.player_id,
    account_moments.user_id,
    account_moments.player_name,
    row_number() OVER (
      PARTITION BY account_moments.player_id
      ORDER BY account_moments.happened_at DESC, account_moments.event_id DESC
    ) AS newest
  FROM account_moments
  LEFT JOIN closed
    ON closed.player_id = account_moments.player_id
  WHERE account_moments.event_type = 'account_created'
    AND closed.player_id IS NULL
)

SELECT
  player_id,
  user_id,
  player_name
FROM creations
WHERE newest = 1
  AND user_id <> 'enc:v1:erased'
  AND player_name <> 'enc:v1:erased'
