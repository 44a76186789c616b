import { AwsError } from '../runtime.ts';

/** A page of a list and the token of the next; a token is the number of what came before. */
export function pageOf<T>(
  items: readonly T[],
  options: { readonly token: unknown; readonly size: number; readonly error: string },
): { readonly items: readonly T[]; readonly nextToken?: string } {
  const { token, size, error } = options;
  const start = token === undefined || token === null || token === '' ? 0 : Number(token);
  if (!Number.isInteger(start) || start < 0 || start > items.length)
    throw new AwsError(error, 'NextToken is not valid');
  const end = start + size;
  return { items: items.slice(start, end), ...(end < items.length && { nextToken: String(end) }) };
}
