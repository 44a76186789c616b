import { randomUUID } from 'node:crypto';
import type { Endpoints } from '../../local/runtime.ts';
import { rawRequest } from './raw-request.ts';
import { readAnswer, type Answer } from './read-answer.ts';

/** Where and as whom events are sent. */
export interface Sender {
  readonly applicationId: string;
  readonly token: string;
}

/** Sends a body to the events route as it stands; `headers` replace the usual ones, an undefined one is left out. */
export async function postBody(
  endpoints: Pick<Endpoints, 'apiUrl'>,
  sender: Sender,
  body: string,
  headers: Readonly<Record<string, string | undefined>> = {},
): Promise<Answer> {
  const all: Record<string, string | undefined> = {
    'content-type': 'application/json',
    authorization: sender.token,
    ...headers,
  };
  const sent = Object.entries(all).filter((header): header is [string, string] => header[1] !== undefined);
  const url = `${endpoints.apiUrl}/applications/${sender.applicationId}/events`;
  return readAnswer(await fetch(url, { method: 'POST', headers: Object.fromEntries(sent), body }));
}

/** Sends events in one request. */
export function postEvents(
  endpoints: Pick<Endpoints, 'apiUrl'>,
  sender: Sender,
  events: readonly unknown[],
): Promise<Answer> {
  return postBody(endpoints, sender, JSON.stringify({ events }));
}

/** A good event of a declared type, sent now; `changes` replaces fields, an undefined one is left out. */
export function aSentEvent(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    event_id: randomUUID(),
    event_type: 'login',
    event_timestamp: Math.floor(Date.now() / 1000),
    app_version: '1.0.0',
    player_id: 'player-1',
    event_data: { platform: 'ios' },
    ...changes,
  };
}

/**
 * Delivers all that was acknowledged before the call, however long that takes: `fetch` would give up after five minutes.
 * Throws unless the runtime says it did.
 */
export async function flush(endpoints: Pick<Endpoints, 'apiUrl'>): Promise<void> {
  const { status, text } = await rawRequest(endpoints, 'POST', '/_local/flush');
  if (status !== 200) throw new Error(`/_local/flush answered ${status}: ${text}`);
}

/** Calls a route beside the API, e.g. `/_local/health`. */
export async function callLocal(
  endpoints: Pick<Endpoints, 'apiUrl'>,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  const content = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  return readAnswer(await fetch(new URL(path, endpoints.apiUrl), { method, ...(body === undefined ? {} : content) }));
}
