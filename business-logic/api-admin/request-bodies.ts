import * as z from 'zod';
import { accountIdPattern, roles } from '../shared/roles.ts';

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

/** What creating an authorization takes; which role goes where is not this schema's to say. Null means absent. */
export const authorizationCreation = creation.extend({
  Role: z
    .enum(roles)
    .nullish()
    .transform((role) => role ?? undefined),
  StudioId: studioId.nullish().transform((id) => id ?? undefined),
});

/** What changing an authorization takes. */
export const authorizationChange = z.strictObject({ Enabled: z.boolean() });
