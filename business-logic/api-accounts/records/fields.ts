import * as z from 'zod';
import { accountIdPattern } from '../../shared/roles.ts';

/** Most records of one request, and most games of one record. */
export const maxRecords = 1_000;
export const maxGames = 1_000;

/** The id of a game or of a studio. */
export const accountId = z.string().regex(new RegExp(accountIdPattern), `must match ${accountIdPattern}`);

/** What an event's envelope takes: characters are code points, none a lone surrogate or NUL. */
export const playerId = z.string().regex(/^[^\0\p{Cs}]{1,256}$/u, 'must have 1 to 256 characters');

/** A name that reports show. */
export const displayName = z
  .string()
  .trim()
  .min(1)
  .max(128)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not hold control characters');

/** What names a person: longer than a game's name, and kept as it is sent. */
export const personalText = z
  .string()
  .regex(/^[^\p{Cc}\p{Cs}]{1,256}$/u, 'must have 1 to 256 characters, none a control');

/** Null means absent, as in events. */
export function orAbsent<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullish().transform((value) => value ?? undefined);
}
