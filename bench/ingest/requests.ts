import { eventStream } from '../../generator/event-stream.ts';
import type { GameEvent } from '../../generator/game-event.ts';
import { generatorDefaults } from '../../generator/options.ts';
import { createTruthRecorder } from '../../generator/truth-recorder.ts';
import { padEvent } from '../../test/support/bytes-read/pad-event.ts';

/** Length of an event as JSON. */
export const eventBytes = 600;

/** Events that go around; more of them would not fit the caches of a small machine either. */
const distinctEvents = 20_000;

export interface RequestTarget {
  readonly port: number;
  readonly path: string;
  readonly token: string;
}

/** Requests as they go over the wire, each with events of its own: what a studio's games send, one in a hundred bad. */
export function requestsOf({ port, path, token }: RequestTarget, eventsPerRequest: number): readonly Buffer[] {
  const events = someEvents();
  const requests: Buffer[] = [];
  for (let at = 0; at + eventsPerRequest <= events.length; at += eventsPerRequest) {
    const body = `{"events":[${events.slice(at, at + eventsPerRequest).join(',')}]}`;
    const head = [
      `POST ${path} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      'Content-Type: application/json',
      `Authorization: ${token}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    requests.push(Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`));
  }
  return requests;
}

let made: readonly string[] | undefined;

function someEvents(): readonly string[] {
  if (made) return made;
  const options = { ...generatorDefaults, seed: 'ingest', games: 1, events: distinctEvents, players: 2_000, days: 3 };
  const recorder = createTruthRecorder([{ applicationId: 'game', name: 'Game' }]);
  made = [...eventStream({ ...options, end: Date.now() }, ['game'], recorder)].map(({ json, isAccepted }) =>
    isAccepted ? padEvent(JSON.parse(json) as GameEvent, eventBytes) : json,
  );
  return made;
}
