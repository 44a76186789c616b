import { FirehoseClient, PutRecordCommand } from '@aws-sdk/client-firehose';
import { randomUUID } from 'node:crypto';
import { createToken } from '../../business-logic/shared/token.ts';
import type { Endpoints } from '../../local/runtime.ts';
import { callAdmin, type Game } from '../support/admin-client.ts';
import type { AthenaRow } from '../support/athena-client.ts';
import { readAnswer, type Answer } from '../support/read-answer.ts';
import { aSentEvent, postBody, postEvents } from '../support/send-events.ts';

/** What the cases send to and as whom. */
export interface World {
  readonly endpoints: Endpoints;
  readonly game: Game;
  readonly otherGame: Game;
  readonly disabledGame: Game;
}

/** One bad input (or one that only looks bad), what it is answered and where its events end. */
export interface BadInput {
  readonly name: string;
  send(world: World): Promise<Answer>;
  readonly status: number;
  /** Rows of raw_events that this request left: how many accepted, how many rejected by reason. Default: none. */
  readonly rows?: Readonly<Record<string, number>>;
  /** The record lies whole under firehose-errors/. */
  readonly isInErrors?: true;
  /** The answer's body is the gateway's own, which no template can change. */
  readonly hasOwnBody?: true;
  /** Something about the only row that is worth a look, and what it has to be. */
  readonly shows?: { readonly what: (row: AthenaRow) => unknown; readonly is: unknown };
}

/** The delivery stream's limit of one record, in bytes (Firehose: 1,000 KiB before base64). */
export const largestRecordBytes = 1_024_000;

const strangeText = '🦩 \u0000\u0001\u001f\u007f\u2028 "quoted" \\ $x #set($a) </b>';

const strangeNames = '{"Level":1,"level":2,"LEVEL":3,"__proto__":{"x":1},"constructor":2,"toString":"a"}';

const saysTooMuch = {
  application_id: randomUUID(),
  request_id: 'mine',
  role: 'publisher',
  country: 'XX',
  received_at: 1,
};

const allFieldsLeftOut = Object.fromEntries(Object.keys(aSentEvent()).map((name) => [name, undefined]));

const gatewayLimitBytes = 10 * 1024 * 1024;

/** Bytes of one event of those that fill a body or a record. */
const fillerBytes = 50_000;

/** Bytes of a packed record around its array of events, the newline at its end included; all its ids have fixed lengths. */
const envelopeBytes =
  JSON.stringify({
    application_id: randomUUID(),
    api_key_id: 'k'.repeat(20),
    role: 'game',
    request_id: randomUUID(),
    received_at: Date.now(),
    events: [],
  }).length -
  '[]'.length +
  '\n'.length;

/** Answered by the gateway: nothing of it goes further. */
export const refusedRequests: readonly BadInput[] = [
  {
    name: 'no token',
    send: ({ endpoints, game }) => postBody(endpoints, game, goodBody(), { authorization: undefined }),
    status: 401,
  },
  {
    name: 'a malformed token',
    send: ({ endpoints, game }) => postEvents(endpoints, { ...game, token: 'not-a-token' }, [aSentEvent()]),
    status: 401,
  },
  {
    name: 'a token cut by one character',
    send: ({ endpoints, game }) => postEvents(endpoints, { ...game, token: game.token.slice(0, -1) }, [aSentEvent()]),
    status: 401,
  },
  {
    name: 'an unknown token',
    send: ({ endpoints, game }) => postEvents(endpoints, { ...game, token: createToken().token }, [aSentEvent()]),
    status: 403,
  },
  {
    name: 'a disabled token',
    send: ({ endpoints, disabledGame }) => postEvents(endpoints, disabledGame, [aSentEvent()]),
    status: 403,
  },
  {
    name: "another game's application",
    send: ({ endpoints, game, otherGame }) =>
      postEvents(endpoints, { ...game, applicationId: otherGame.applicationId }, [aSentEvent()]),
    status: 403,
  },
  {
    name: 'an unknown path',
    send: async ({ endpoints, game }) =>
      readAnswer(await fetch(`${endpoints.apiUrl}/elsewhere`, { headers: { authorization: game.token } })),
    status: 403,
  },
  {
    name: 'an unsigned admin call',
    send: async ({ endpoints }) => readAnswer(await fetch(`${endpoints.apiUrl}/applications`)),
    status: 403,
  },
  {
    name: 'an admin call with a token instead of a signature',
    send: async ({ endpoints, game }) =>
      readAnswer(await fetch(`${endpoints.apiUrl}/applications`, { headers: { authorization: game.token } })),
    status: 403,
  },
  {
    name: 'an admin call with a wrong signature',
    send: ({ endpoints }) =>
      callAdmin(endpoints, 'GET', '/applications', undefined, {
        key: { accessKeyId: endpoints.accessKeyId, secretAccessKey: 'not the secret' },
      }),
    status: 403,
  },
  {
    name: 'an admin call signed by an unknown key',
    send: ({ endpoints }) =>
      callAdmin(endpoints, 'GET', '/applications', undefined, {
        key: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: endpoints.secretAccessKey },
      }),
    status: 403,
  },
  {
    name: 'an admin call signed an hour ago',
    send: ({ endpoints }) =>
      callAdmin(endpoints, 'GET', '/applications', undefined, { signingDate: new Date(Date.now() - 3_600_000) }),
    status: 403,
  },
  {
    name: 'an admin call whose body was changed after it was signed',
    send: ({ endpoints }) =>
      callAdmin(
        endpoints,
        'POST',
        '/applications',
        { Name: 'signed' },
        {
          tamper: (headers) => void (headers['x-amz-content-sha256'] = '0'.repeat(64)),
        },
      ),
    status: 403,
  },
  { name: 'not JSON', send: body('{"events":[{"event_id":'), status: 400 },
  { name: 'an empty body', send: body(''), status: 400 },
  { name: 'a body that is an array', send: body(JSON.stringify([aSentEvent()])), status: 400 },
  { name: 'a body that is null', send: body('null'), status: 400 },
  { name: 'no events', send: body('{}'), status: 400 },
  { name: 'events that are an object', send: body(JSON.stringify({ events: aSentEvent() })), status: 400 },
  { name: 'events that are no objects', send: body('{"events":[1,"x",null,[]]}'), status: 400 },
  {
    name: 'one event among good ones that is no object',
    send: ({ endpoints, game }) => postEvents(endpoints, game, [aSentEvent(), 'x', aSentEvent()]),
    status: 400,
  },
  {
    name: 'event_data of nine thousand levels, more than the gateway reads as JSON',
    send: body(`{"events":[{"event_data":${nested(9_000)}}]}`),
    status: 400,
  },
  { name: 'a second document behind the first', send: body(`${goodBody()}\n${goodBody()}`), status: 400 },
  { name: 'a number that JSON does not know', send: body('{"events":[{"event_timestamp":NaN}]}'), status: 400 },
  { name: 'an empty array of events', send: body('{"events":[]}'), status: 200 },
  {
    name: 'another content type',
    send: ({ endpoints, game }) => postBody(endpoints, game, goodBody(), { 'content-type': 'text/plain' }),
    status: 415,
  },
  {
    name: 'the content type of a form',
    send: ({ endpoints, game }) =>
      postBody(endpoints, game, goodBody(), { 'content-type': 'application/x-www-form-urlencoded' }),
    status: 415,
  },
  {
    name: 'a body of more than 10 MB',
    send: ({ endpoints, game }) => postBody(endpoints, game, ' '.repeat(gatewayLimitBytes) + goodBody()),
    status: 413,
    hasOwnBody: true,
  },
  {
    name: 'a body of nearly 10 MB',
    send: ({ endpoints, game }) => postEvents(endpoints, game, eventsOfBytes(gatewayLimitBytes - 100)),
    status: 413,
  },
  {
    name: "a record one byte over the stream's limit",
    send: ({ endpoints, game }) => postEvents(endpoints, game, eventsOfRecord(largestRecordBytes + 1)),
    status: 413,
  },
];

/** Stored by the gateway, judged by the transform. */
export const judgedRequests: readonly BadInput[] = [
  {
    name: "a record at the stream's limit",
    send: ({ endpoints, game }) => postEvents(endpoints, game, eventsOfRecord(largestRecordBytes)),
    status: 200,
    rows: { accepted: eventCount(largestRecordBytes) },
  },
  {
    name: '4,000 small events in one request',
    send: ({ endpoints, game }) =>
      postEvents(
        endpoints,
        game,
        Array.from({ length: 4_000 }, () => ({
          event_id: randomUUID(),
          event_type: 'login',
          event_timestamp: nowSeconds(),
        })),
      ),
    status: 200,
    rows: { accepted: 4_000 },
  },
  event('no event_id', { event_id: undefined }, 'invalid_event_id'),
  event('a malformed event_id', { event_id: 'e-17' }, 'invalid_event_id'),
  event('an event_id that is a number', { event_id: 17 }, 'invalid_event_id'),
  event('an event_id with urn:uuid: before it', { event_id: `urn:uuid:${randomUUID()}` }, 'invalid_event_id'),
  upperCaseId(),
  event('an event_id of version 7', { event_id: '01998f3e-5b7a-7c31-9d1e-2f6a8b4c0d17' }, 'accepted'),
  event('a timestamp in milliseconds', { event_timestamp: Date.now() }, 'accepted', {
    what: (row) => Math.abs(Number(row['event_timestamp']) - nowSeconds()) < 3_600,
    is: true,
  }),
  event('a negative timestamp', { event_timestamp: -1 }, 'invalid_timestamp'),
  rawEvent('a huge timestamp', '"event_timestamp":1e300', 'invalid_timestamp'),
  event('a timestamp as text', { event_timestamp: '1700000000' }, 'invalid_timestamp'),
  event('no timestamp', { event_timestamp: undefined }, 'invalid_timestamp'),
  event('a timestamp of 2001', { event_timestamp: 1_000_000_000 }, 'accepted', clockIs('behind')),
  event('a timestamp two hours ahead', { event_timestamp: nowSeconds() + 7_200 }, 'accepted', clockIs('ahead')),
  event('an undeclared type', { event_type: 'dragon_tamed' }, 'accepted'),
  event('a type that is no word', { event_type: 'dragon tamed' }, 'invalid_envelope'),
  event('no type', { event_type: undefined }, 'invalid_envelope'),
  event('an envelope field of 257 characters', { player_id: 'p'.repeat(257) }, 'invalid_envelope'),
  event('event_data that is a list', { event_data: [1] }, 'invalid_envelope'),
  rawEvent('half a surrogate pair in an envelope field', '"player_id":"a\\ud800b"', 'invalid_envelope'),
  rawEvent('a NUL in an envelope field', '"player_id":"a\\u0000b"', 'invalid_envelope'),
  event('an event without fields', allFieldsLeftOut, 'invalid_envelope'),
  event("what only the server may say, and another game's id, inside an event", saysTooMuch, 'accepted', {
    what: (row) => [
      row['country'],
      (JSON.parse(row['metadata'] ?? '{}') as { role?: string }).role,
      row['original']?.includes(saysTooMuch.application_id),
    ],
    is: [null, 'game', true],
  }),
  rawEvent('names that differ in case, and names that JavaScript knows', `"event_data":${strangeNames}`, 'accepted', {
    what: (row) => row['event_data'],
    is: strangeNames,
  }),
  event('a schema mismatch', { event_type: 'user_sentiment', event_data: { user_rating: 'five' } }, 'schema_mismatch', {
    what: (row) => row['original']?.includes('five'),
    is: true,
  }),
  event('a good event', {}, 'accepted'),
  rawEvent('event_data a hundred levels deep', `"event_data":${nested(100)}`, 'accepted'),
  rawEvent('event_data six hundred levels deep', `"event_data":${nested(600)}`, 'invalid_envelope'),
  event('event_data of exactly 60,000 bytes', { event_data: dataOfBytes(60_000) }, 'accepted', {
    what: (row) => row['event_data']?.length,
    is: 60_000,
  }),
  event('event_data of 60,001 bytes', { event_data: dataOfBytes(60_001) }, 'event_data_too_large'),
  event('emoji and control characters', { event_data: { note: strangeText } }, 'accepted', {
    what: eventData,
    is: { note: strangeText },
  }),
  rawEvent(
    'integers of 20 digits',
    '"event_data":{"coins":12345678901234567890,"debt":-98765432109876543210}',
    'accepted',
    { what: (row) => row['event_data'], is: '{"coins":12345678901234567890,"debt":-98765432109876543210}' },
  ),
  duplicateKeys(),
  {
    name: 'two arrays of events, of which the last counts',
    send: body(`{"events":[${JSON.stringify(aSentEvent())}],${goodBody().slice(1)}`),
    status: 200,
    rows: { accepted: 1 },
  },
  {
    name: 'a bad event between two good ones',
    send: ({ endpoints, game }) =>
      postEvents(endpoints, game, [aSentEvent(), aSentEvent({ event_id: 'bad' }), aSentEvent()]),
    status: 200,
    rows: { accepted: 2, invalid_event_id: 1 },
  },
  {
    name: "a body of 990,000 bytes of {} beside another game's good events",
    send: async ({ endpoints, game, otherGame }) => {
      const empties = `{"events":[${'{},'.repeat(329_995)}{}]}`;
      const [flood, good] = await Promise.all([
        postBody(endpoints, game, empties),
        postEvents(endpoints, otherGame, [aSentEvent({ player_id: 'beside-the-flood' })]),
      ]);
      if (good.status !== 200) throw new Error(`the good request was answered ${good.status}: ${good.text}`);
      return flood;
    },
    status: 200,
    isInErrors: true,
  },
];

/** Written straight to the stream by an IAM principal; the answer stands for Firehose's. */
export const streamRecords: readonly BadInput[] = [
  {
    name: 'an event of an unregistered game, straight to the stream',
    send: ({ endpoints }) => putRecord(endpoints, JSON.stringify({ ...aSentEvent(), application_id: randomUUID() })),
    status: 200,
    rows: { unregistered_application: 1 },
  },
  {
    name: 'an event of a registered game, straight to the stream',
    send: ({ endpoints, game }) =>
      putRecord(endpoints, JSON.stringify({ ...aSentEvent(), application_id: game.applicationId })),
    status: 200,
    rows: { accepted: 1 },
  },
  {
    name: 'event_data of nine thousand levels, straight to the stream',
    send: ({ endpoints, game }) => {
      const event = JSON.stringify({ ...aSentEvent({ event_data: undefined }), application_id: game.applicationId });
      return putRecord(endpoints, `${event.slice(0, -1)},"event_data":${nested(9_000)}}`);
    },
    status: 200,
    rows: { invalid_envelope: 1 },
  },
  {
    name: 'a record that is no JSON, straight to the stream',
    send: ({ endpoints }) => putRecord(endpoints, 'once upon a time'),
    status: 200,
    isInErrors: true,
  },
];

type Shows = BadInput['shows'];

/** A request of one event that differs from a good one by `changes`. */
function event(name: string, changes: Record<string, unknown>, ends: string, shows?: Shows): BadInput {
  return {
    name,
    send: ({ endpoints, game }) => postEvents(endpoints, game, [aSentEvent(changes)]),
    status: 200,
    rows: { [ends]: 1 },
    ...(shows ? { shows } : {}),
  };
}

/** The same with a field written as text, for what JSON.stringify cannot say; it replaces the field of that name. */
function rawEvent(name: string, field: string, ends: string, shows?: Shows): BadInput {
  return {
    name,
    send: ({ endpoints, game }) => {
      const key = /^"(\w+)"/.exec(field)?.[1] ?? '';
      const rest = JSON.stringify(aSentEvent({ [key]: undefined }));
      return postBody(endpoints, game, `{"events":[${rest.slice(0, -1)},${field}}]}`);
    },
    status: 200,
    rows: { [ends]: 1 },
    ...(shows ? { shows } : {}),
  };
}

function upperCaseId(): BadInput {
  const id = randomUUID().toUpperCase();
  return event('an event_id in upper case', { event_id: id }, 'accepted', {
    what: (row) => row['event_id'],
    is: id.toLowerCase(),
  });
}

/** Of repeated keys the last one counts, in the envelope as in event_data. */
function duplicateKeys(): BadInput {
  const [first, last] = [randomUUID(), randomUUID()];
  const text = `{"event_id":"${first}","event_type":"login","event_timestamp":${nowSeconds()},"event_data":{"platform":"ios","platform":"android"},"event_id":"${last}"}`;
  return {
    name: 'duplicate keys',
    send: body(`{"events":[${text}]}`),
    status: 200,
    rows: { accepted: 1 },
    shows: { what: (row) => [row['event_id'], eventData(row)], is: [last, { platform: 'android' }] },
  };
}

function body(text: string): BadInput['send'] {
  return ({ endpoints, game }) => postBody(endpoints, game, text);
}

function goodBody(): string {
  return JSON.stringify({ events: [aSentEvent()] });
}

function clockIs(clock: 'ahead' | 'behind'): Shows {
  return {
    what: (row) => [
      (JSON.parse(row['metadata'] ?? '{}') as { clock?: string }).clock,
      row['event_at'] === row['received_at'],
    ],
    is: [clock, true],
  };
}

function eventData(row: AthenaRow): unknown {
  return JSON.parse(row['event_data'] ?? 'null');
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

function nested(levels: number): string {
  return '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);
}

/** An object that is so many bytes long as JSON. */
function dataOfBytes(bytes: number): Record<string, string> {
  return { note: 'x'.repeat(bytes - '{"note":""}'.length) };
}

/** Events that are so many bytes long as a JSON array. */
function eventsOfBytes(bytes: number): Record<string, unknown>[] {
  const emptyBytes = JSON.stringify([aSentEvent({ event_data: dataOfBytes(100) })]).length - 100;
  const count = Math.ceil(bytes / fillerBytes);
  const events: Record<string, unknown>[] = [];
  let left = bytes - 2 - (count - 1);
  for (let index = 0; index < count; index += 1) {
    const share = Math.floor(left / (count - index));
    events.push(aSentEvent({ event_data: dataOfBytes(share - emptyBytes + 2) }));
    left -= share;
  }
  return events;
}

/** How many events `eventsOfRecord` makes for a record of this size. */
function eventCount(recordBytes: number): number {
  return Math.ceil((recordBytes - envelopeBytes) / fillerBytes);
}

function eventsOfRecord(recordBytes: number): Record<string, unknown>[] {
  return eventsOfBytes(recordBytes - envelopeBytes);
}

async function putRecord(endpoints: Endpoints, text: string): Promise<Answer> {
  const client = new FirehoseClient({
    endpoint: endpoints.awsUrl,
    region: endpoints.region,
    credentials: { accessKeyId: endpoints.accessKeyId, secretAccessKey: endpoints.secretAccessKey },
  });
  try {
    const output = await client.send(
      new PutRecordCommand({
        DeliveryStreamName: endpoints.deliveryStream,
        Record: { Data: new TextEncoder().encode(text) },
      }),
    );
    return { status: 200, headers: new Headers(), text: '', json: { RecordId: output.RecordId } };
  } finally {
    client.destroy();
  }
}
