import { isDay, lastDays, type Filters } from './filters.ts';

/** Where somebody is: a page, with what stands behind it, and what the pickers say. */
export interface Place {
  readonly page: string;
  /** What follows the page, e.g. the name of a report. */
  readonly rest: string | undefined;
  readonly filters: Filters;
}

export const firstPage = 'overview';
const usualDays = 28;

/** Reads `#/<page>/<rest>?from=…&to=…&game=…`; what is missing or no day takes its default. */
export function readPlace(hash: string, now: number): Place {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [page, ...rest] = path.split('/').map(decoded);
  const query = new URLSearchParams(search);
  const usual = lastDays(usualDays, now);
  const [from, to] = [query.get('from'), query.get('to')];
  const game = query.get('game');
  return {
    page: page || firstPage,
    rest: rest.length === 0 ? undefined : rest.join('/'),
    filters: {
      ...(isDay(from) && isDay(to) && from <= to ? { from, to } : usual),
      ...(game && { game }),
    },
  };
}

/** The other way round. A period that is the usual one is left out, so that it goes on with the days. */
export function writePlace({ page, rest, filters }: Place, now: number): string {
  const usual = lastDays(usualDays, now);
  const query = new URLSearchParams();
  if (filters.from !== usual.from || filters.to !== usual.to) {
    query.set('from', filters.from);
    query.set('to', filters.to);
  }
  if (filters.game !== undefined) query.set('game', filters.game);
  const path = [page, ...(rest === undefined ? [] : [rest])].map(encodeURIComponent).join('/');
  return query.size === 0 ? `#/${path}` : `#/${path}?${query.toString()}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
