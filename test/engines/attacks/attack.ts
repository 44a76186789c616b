import { randomUUID } from 'node:crypto';
import type { Studio } from '../../support/a-studio.ts';
import type { Game } from '../../support/admin-client.ts';
import { rawHttp, type RawExchange } from '../../support/raw-http.ts';
import type { Answer } from '../../support/read-answer.ts';
import type { Endpoints } from '../../../local/runtime.ts';

/** What the attacks go against. */
export interface World {
  readonly endpoints: Endpoints;
  /** A game whose token the attacker holds. */
  readonly game: Game;
  readonly otherGame: Game;
  /** A studio whose token the attacker holds, and one that he is after. */
  readonly own: Studio;
  readonly other: Studio;
  readonly publisher: string;
  readonly dataDir: string;
  /** The table of tokens. */
  readonly authorizationsTable: string;
  /** The path of the stage. */
  readonly stage: string;
}

/** One try. */
export interface Attack {
  readonly name: string;
  send(world: World): Promise<Tried>;
  /** What it has to be answered: status and code of the error. */
  readonly answer: string | RegExp;
}

/** What came of a try. */
export interface Tried {
  readonly answer: string;
  /** All that was answered, to be searched for what it must not show. */
  readonly text: string;
}

/** An answer in short: `403 AccessDenied`. */
export const tried = ({ status, text, json }: Pick<Answer, 'status' | 'text' | 'json'>): Tried => ({
  answer: `${status} ${codeOf(json) ?? ''}`.trim(),
  text,
});

/** Several answers of one connection, in short: `200, 400 closed`. */
export const triedRaw = ({ answers, isClosed }: RawExchange): Tried => ({
  answer: `${answers.map(({ status, body }) => `${status} ${codeOf(parsed(body)) ?? ''}`.trim()).join(', ')}${isClosed ? ' closed' : ''}`,
  text: answers.map(({ body }) => body).join('\n'),
});

function codeOf(json: unknown): string | undefined {
  const { error, code, __type: type } = (json ?? {}) as Readonly<Record<string, unknown>>;
  const named = error ?? code ?? (typeof type === 'string' ? type.split('#').at(-1) : undefined);
  return typeof named === 'string' ? named : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Sends a request as it stands; `lines` are its head without the empty line at its end. */
export async function raw({ endpoints }: World, lines: readonly string[], body = ''): Promise<Tried> {
  return triedRaw(await rawHttp(endpoints.apiUrl, `${lines.join('\r\n')}\r\n\r\n${body}`));
}

/** The head of a good request for events, without anything that says how long its body is. */
export const eventsHead = (
  { stage, game, endpoints }: World,
  applicationId = game.applicationId,
): readonly string[] => [
  `POST ${stage}/applications/${applicationId}/events HTTP/1.1`,
  `Host: ${new URL(endpoints.apiUrl).host}`,
  `Authorization: ${game.token}`,
  'Content-Type: application/json',
];

/** A body of no events: what gets through stores nothing. */
export const noEvents = '{"events":[]}';

export const anEvent = (more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  event_id: randomUUID(),
  event_type: 'attack',
  event_timestamp: Math.floor(Date.now() / 1_000),
  ...more,
});
