import { createHash } from 'node:crypto';
import * as z from 'zod';

const entry = z.strictObject({
  /** Digest of the player's id. */
  player: z.string().regex(/^[0-9a-f]{64}$/),
  /** The one game whose events are forgotten; null: all that is known of the player. */
  application_id: z.string().nullable(),
  /** When it was asked for, ISO 8601. */
  at: z.string(),
});

const listText = z.strictObject({
  version: z.literal(1),
  /** Stands before each id when its digest is made. */
  salt: z.string().regex(/^[0-9a-f]{32}$/),
  players: z.array(entry),
});

/** Who is forgotten: an object of the lake, with digests in the place of ids. Jobs leave out what such players sent. */
export type ForgottenPlayers = z.infer<typeof listText>;

/** Whoever is forgotten, in one game or everywhere. */
export type ForgottenPlayer = ForgottenPlayers['players'][number];

/** Throws where the text is no such list. */
export function parseForgottenPlayers(text: string): ForgottenPlayers {
  return listText.parse(JSON.parse(text));
}

/** Hexadecimal SHA-256 of the salt and the id, as engines make it too: `sha256(salt || player_id)`. */
export function playerDigest(salt: string, playerId: string): string {
  return createHash('sha256').update(`${salt}${playerId}`).digest('hex');
}

/** Whether what a player sent to an application is to go; an unknown application counts as any. */
export function isForgotten(list: ForgottenPlayers, playerId: unknown, applicationId: unknown): boolean {
  if (typeof playerId !== 'string' || list.players.length === 0) return false;
  const digest = playerDigest(list.salt, playerId);
  return list.players.some(
    ({ player, application_id: application }) =>
      player === digest && (application === null || applicationId === undefined || application === applicationId),
  );
}
