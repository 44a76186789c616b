-- description: Published games as last told, from all account events of these games in any order.
-- grain: one row per game_id

WITH game_moments AS (
  SELECT
    game_id,
    event_id,
    game_name,
    game_category,
    studio_id,
    coalesce(TRY_CAST(replace(replace(effective_at, 'T', ' '), 'Z', '') AS timestamp), event_at) AS happened_at
  FROM account_events
  WHERE event_type = 'game_published'
    AND game_id IS NOT NULL
),

ranked AS (
  SELECT
    game_id,
    game_name,
    game_category,
    studio_id,
    row_number() OVER (PARTITION BY game_id ORDER BY happened_at DESC, event_id DESC) AS newest
  FROM game_moments
)

SELECT
  game_id,
  game_name AS name,
  game_category AS category,
  studio_id
FROM ranked
WHERE newest = 1
