import type * as z from 'zod';
import { InvalidRequest } from './errors.ts';

/**
 * The body, if it is what the schema says.
 * @throws InvalidRequest naming every field that is wrong
 */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  if (body === undefined) throw new InvalidRequest('the body is missing');
  const { data, error } = schema.safeParse(body);
  if (!error) return data as z.output<Schema>;
  const problems = error.issues.map(({ path, message }) => [...path.map(String), message].join(': '));
  throw new InvalidRequest(problems.join('; '));
}
