/**
 * The table of keys (`PLAYER_KEYS_TABLE`). An item is one of
 * - `player#<player_id>`: `wrapped_key` and `kek`, or `erased_at` (ISO 8601) once the account is closed
 * - `kek#<uuid>`, a wrapping key: `wrapped_key` (a ciphertext of KMS) and `created_at` (ISO 8601)
 * - `day#YYYY-MM-DD`: `wrapped_key`, `kek` and `expires_at`
 */
export const keyAttribute = 'key_id';

/** Epoch seconds after which DynamoDB removes an item, within days; readers check it themselves. */
export const expiryAttribute = 'expires_at';

/** Id of a player's key. */
export const playerKeyId = (playerId: string): string => `player#${playerId}`;

/** Id of a wrapping key. */
export const wrappingKeyId = (uuid: string): string => `kek#${uuid}`;

/** Id of a day's key; the day is YYYY-MM-DD. */
export const dayKeyId = (day: string): string => `day#${day}`;

/** Days that a day's key is kept after its day: as long as anybody may look into what was rejected. */
export const dayKeyDays = 30;

/** What KMS binds a wrapping key to: its ciphertext opens with the same words only. */
export const wrappingContext = (kek: string): Record<string, string> => ({ purpose: 'player-keys', kek });
