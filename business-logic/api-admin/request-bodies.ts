import * as z from 'zod';
import { accountIdPattern, roles } from '../shared/roles.ts';
import { tokenClasses } from '../shared/token-classes.ts';

/** Neither lone surrogates nor control characters: names stand in every row of the lake and in terminals. */
const printable = /^[^\p{Cc}\p{Cs}]*$/u;

const name = z.string().trim().min(1).max(128).regex(printable, 'must not hold control characters');

/** Null means absent. */
const description = z
  .string()
  .max(1_024)
  .regex(/^\P{Cs}*$/u, 'must be well-formed Unicode')
  .nullish()
  .transform((text) => text ?? '');

/** What creating an application takes. */
export const creation = z.strictObject({ Name: name, Description: description });

const studioId = z.string().regex(new RegExp(accountIdPattern), `must match ${accountIdPattern}`);

const tokenClass = z.enum(tokenClasses);

/** A day (its beginning, UTC) or a time with its zone, as ISO 8601 in UTC. Null means never. */
const expiry = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], {
    error: 'must be a date such as 2027-01-01 or a time such as 2027-01-01T12:00:00Z',
  })
  .transform((text) => new Date(text).toISOString())
  .nullable();

/** What creating an authorization takes; which role goes where is not this schema's to say. Null means absent. */
export const authorizationCreation = creation.extend({
  Role: z
    .enum(roles)
    .nullish()
    .transform((role) => role ?? undefined),
  StudioId: studioId.nullish().transform((id) => id ?? undefined),
  Class: tokenClass.nullish().transform((given) => given ?? undefined),
  ExpiresAt: expiry.optional().transform((time) => time ?? undefined),
});

/** What changing an authorization takes: one of its fields at least; what is left out stays as it is. */
export const authorizationChange = z
  .strictObject({ Enabled: z.boolean().optional(), Class: tokenClass.optional(), ExpiresAt: expiry.optional() })
  .refine((change) => Object.values(change).some((value) => value !== undefined), {
    error: 'give Enabled, Class or ExpiresAt',
  });

/** How long a rotated token goes on working, seconds: a week, in which a server is configured or most players update. */
export const standardOverlapSeconds = 604_800;
const longestOverlapSeconds = 366 * 86_400;

/** What rotating an authorization takes. */
export const authorizationRotation = z.strictObject({
  OverlapSeconds: z.int().min(0).max(longestOverlapSeconds).default(standardOverlapSeconds),
  ExpiresAt: expiry.optional(),
});
