-- description: Who was registered for which game from when to when, from all account events of these players in any order.
-- grain: one row per player_id, game_id, subscription_start_at
-- subscription_end_at: the next unregistration, or the end of the account if that comes first; null while registered
-- note: of what happens at one instant, the unregistration counts; a registration while registered changes nothing

WITH account_moments AS (
  SELECT
    player_id,
    game_id,
    event_type,
    coalesce(TRY_CAST(replace(replace(effective_at, 'T', ' '), 'Z', '') AS timestamp), event_at) AS happened_at
  FROM account_events
  WHERE event_type IN ('game_registered', 'game_unregistered', 'account_closed')
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

instants AS (
  SELECT
    player_id,
    game_id,
    happened_at,
    max(CASE WHEN event_type = 'game_unregistered' THEN 1 ELSE 0 END) AS is_end
  FROM account_moments
  WHERE event_type IN ('game_registered', 'game_unregistered')
    AND game_id IS NOT NULL
  GROUP BY player_id, game_id, happened_at
),

compared AS (
  SELECT
    player_id,
    game_id,
    happened_at,
    is_end,
    lag(is_end) OVER (PARTITION BY player_id, game_id ORDER BY happened_at) AS was_end
  FROM instants
),

-- Starts and ends by turns.
turns AS (
  SELECT
    player_id,
    game_id,
    happened_at,
    is_end,
    lead(happened_at) OVER (PARTITION BY player_id, game_id ORDER BY happened_at) AS next_turn_at
  FROM compared
  WHERE was_end IS NULL
    OR was_end <> is_end
)

SELECT
  turns.player_id,
  turns.game_id,
  turns.happened_at AS subscription_start_at,
  CASE
    WHEN turns.next_turn_at IS NULL THEN closings.account_end_at
    WHEN closings.account_end_at IS NULL OR turns.next_turn_at < closings.account_end_at THEN turns.next_turn_at
    ELSE closings.account_end_at
  END AS subscription_end_at
FROM turns
LEFT JOIN closings
  ON closings.player_id = turns.player_id
WHERE turns.is_end = 0
  AND (closings.account_end_at IS NULL OR turns.happened_at < closings.account_end_at)
