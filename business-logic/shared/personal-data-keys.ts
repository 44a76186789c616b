/**
 * The table of keys (`PLAYER_KEYS_TABLE`). An item is one of
 * - `player#<player_id>`: `wrapped_key` and `kek`, or `erased_at` once the account is closed
 * - `kek#<uuid>`, a wrapping key: `wrapped_key` (a ciphertext of KMS) and `created_at`
 * - `day#YYYY-MM-DD`: `wrapped_key`, `kek` and `expires_at`
 */
export const keyAttribute = 'key_id';

/** Epoch seconds after which DynamoDB removes an item, within days; readers check it themselves. */
export const expiryAttribute = 'expires_at';
