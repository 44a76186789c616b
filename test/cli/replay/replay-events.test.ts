import { describe, expect, it } from 'vitest';
import { arrivalsOfError } from '../../../cli/replay/error-arrivals.ts';
import { readErrorLine } from '../../../cli/replay/error-line.ts';
import { keyOf, type Arrival, type Content } from '../../../cli/replay/arrival.ts';
import { compileFix } from '../../../cli/replay/compile-fix.ts';
import type { ReadKeys } from '../../../cli/replay/player-keys.ts';
import { previewReplay, sendReplay, type ReplayOptions } from '../../../cli/replay/replay-events.ts';
import { uuidV5 } from '../../../cli/replay/uuid-v5.ts';
import type { PlayerKey } from '../../../business-logic/events-processing/personal-data/personal-data.ts';
import {
  digestOf,
  erasedText,
  sealField,
  sealOriginal,
  type DayKey,
} from '../../../business-logic/shared/personal-data-cipher.ts';
import { dayKeyId, playerKeyId } from '../../../business-logic/shared/personal-data-keys.ts';
import { processedAt, someRules, aTransform } from '../../business-logic/events-processing/a-transform.ts';
import { anEvent } from '../../support/an-event.ts';
import { firehoseBatch, packed, rowsOf, type Row } from '../../support/firehose-batch.ts';

const receivedAt = 1_790_000_001_000;

let count = 0;

/** A rejected event of a game's client, as it lies in the lake. */
function rejected(event: unknown, more: Partial<Arrival> = {}, stamps: Partial<Arrival['stamps']> = {}): Arrival {
  count += 1;
  const text = typeof event === 'string' ? event : JSON.stringify(event);
  return {
    source: 'rejected',
    reason: 'schema_mismatch',
    errors: [],
    stamps: {
      application_id: 'game-a',
      api_key_id: 'k',
      role: 'game',
      request_id: 'r-1',
      received_at: receivedAt,
      ...stamps,
    },
    position: 3,
    eventType: 'level_started',
    eventVersion: undefined,
    appVersion: '1.4.2',
    key: keyOf(count),
    of: 'game-a/r-1/3/',
    content: { text },
    ...more,
  };
}

function aReplay(arrivals: readonly Arrival[], more: Partial<ReplayOptions> & { readonly fix?: string } = {}) {
  const sent = new Set<string>();
  const options: ReplayOptions = {
    sources: [
      async function* () {
        yield* arrivals;
      },
    ],
    choice: {
      since: 0,
      until: Infinity,
      sources: [],
      reasons: [],
      types: [],
      eventVersions: [],
      appVersions: [],
      applications: [],
    },
    replayed: new Set(),
    progress: { sent, add: (keys) => keys.forEach((key) => sent.add(key)) },
    again: false,
    open: { readKeys: undefined, findDeclaredEvent: someRules().findDeclaredEvent },
    prepare: {
      fix: more.fix === undefined ? undefined : compileFix(more.fix),
      rules: someRules(),
      applications: new Map(
        ['game-a', 'game-b', '_accounts'].map((id) => [id, { application_id: id, application_name: id }]),
      ),
      run: { id: 'run-1', at: processedAt },
    },
    samples: 1,
    ...more,
  };
  return options;
}

/** What the stream is given, record by record. */
async function send(options: ReplayOptions): Promise<string[]> {
  const records: string[] = [];
  await sendReplay(
    options,
    async (batch) => void records.push(...batch),
    () => {},
  );
  return records;
}

/** The rows that become of what is sent; a record that fails is none. */
async function rows(options: ReplayOptions, overrides: Parameters<typeof aTransform>[0] = {}): Promise<Row[]> {
  const { records } = await aTransform(overrides)(firehoseBatch(...(await send(options))));
  return records.flatMap((record) => {
    if (record.result !== 'Ok') throw new Error(record.result);
    return rowsOf(record);
  });
}

const mistyped = anEvent({ event_data: { level_id: 9, level_version: '2' } });
const toText = '$ ~> | event_data | { "level_id": $string(level_id) } |';

describe('a replay of rejected events', () => {
  it('sends what a repair has made right, as who sent it first, when and where it stood', async () => {
    const [row, ...others] = await rows(aReplay([rejected(mistyped)], { fix: toText }));
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      status: 'accepted',
      received_at: '2026-09-21 14:13:21.000',
      event_data: '{"level_id":"9","level_version":"2"}',
      metadata: {
        request_id: 'r-1',
        position: 3,
        api_key_id: 'k',
        role: 'game',
      },
      replay: { run: 'run-1', source: 'rejected' },
    });
  });

  it('sends nothing that would be rejected again, and nothing that its sender may not send', async () => {
    const closing = anEvent({ event_type: 'account_closed', event_data: {} });
    const options = aReplay([rejected(mistyped), rejected(closing, { reason: 'not_permitted' }), rejected('not json')]);
    expect(await send(options)).toEqual([]);
    const { rows: counted, rejected: again, left } = await previewReplay(options);
    expect(counted.map(({ reason, events }) => [reason, events])).toEqual([
      ['schema_mismatch', 2],
      ['not_permitted', 1],
    ]);
    expect([...again]).toEqual([
      ['schema_mismatch', 1],
      ['not_permitted', 1],
    ]);
    expect([...left]).toEqual([['it is no JSON object', 1]]);
  });

  it('gives an event without a valid id one that is made of its text, and keeps a valid one', async () => {
    const nameless = JSON.stringify(anEvent({ event_id: 'level-9' }));
    const found = await rows(aReplay([rejected(nameless), rejected(nameless), rejected(anEvent())]));
    expect(found.map(({ event_id: id }) => id)).toEqual([uuidV5(nameless), uuidV5(nameless), anEvent()['event_id']]);
  });

  it('keeps digits that no double holds, whatever else is repaired', async () => {
    const text = JSON.stringify(mistyped).replace('"level_version"', '"more":12345678901234567890.5,"level_version"');
    const [row] = await rows(aReplay([rejected(text)], { fix: toText }));
    expect(row?.event_data).toBe('{"level_id":"9","more":12345678901234567890.5,"level_version":"2"}');
  });

  it('takes the application of a single event from the event, and of a request from the gateway alone', async () => {
    const single = anEvent({ application_id: 'gmae-a' });
    const fix = '$ ~> | $ | { "application_id": "game-b" } |';
    const one = rejected(single, {}, { request_id: undefined, application_id: 'gmae-a', role: 'server' });
    const found = await rows(aReplay([one, rejected(anEvent())], { fix }));
    expect(found.map(({ application_id: id, status }) => [id, status])).toEqual([
      ['game-b', 'accepted'],
      ['game-a', 'accepted'],
    ]);
  });

  it('leaves what the fix leaves out, breaks on, or makes no event of', async () => {
    const fix = "event_type = 'a' ? undefined : event_type = 'b' ? $error('no') : event_type = 'c' ? 7 : $";
    const arrivals = ['a', 'b', 'c'].map((event_type) => rejected(anEvent({ event_type })));
    const { left, toSend } = await previewReplay(aReplay(arrivals, { fix }));
    expect([...left.keys()]).toEqual([
      'the fix leaves it out',
      'the fix fails: D3137',
      'the fix does not answer an event',
    ]);
    expect(toSend).toBe(0);
    expect(() => compileFix('$ ~>')).toThrow(/--fix is no JSONata expression.*character/);
  });

  it('leaves out what was replayed, unless it is wanted again', async () => {
    const [one, other] = [rejected(anEvent()), rejected(anEvent())];
    const options = aReplay([one, other], { replayed: new Set([one.key]) });
    expect((await previewReplay(options)).rows).toMatchObject([{ events: 2, accepted: 1, replayed: 1 }]);
    expect((await previewReplay({ ...options, again: true })).toSend).toBe(2);
  });

  it('goes on where it was killed: with what had not been acknowledged', async () => {
    const arrivals = Array.from({ length: 86 }, (_, at) =>
      rejected(anEvent({ event_data: { level_id: String(at), notes: 'x'.repeat(50_000) } })),
    );
    const options = aReplay(arrivals, { fix: '$ ~> | event_data | { "level_version": "1" } |' });
    let batches = 0;
    const dying = sendReplay(
      options,
      async () => ((batches += 1) > 1 ? Promise.reject(new Error('killed')) : undefined),
      () => {},
    );
    await expect(dying).rejects.toThrow('killed');
    const left = arrivals.filter(({ key }) => !options.progress.sent.has(key)).length;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(86);
    expect((await send(options)).join('').match(/"event_timestamp"/g)).toHaveLength(left);
    expect(await send(options)).toEqual([]);
  });
});

/** A row without the mark of its replay. */
const bare = ({ replay: _replay, ...row }: Row) => row;

const error = (fields: object, data: string) =>
  JSON.stringify({ ...fields, rawData: Buffer.from(data).toString('base64') });

const failed = (record: string, fields: object = {}, kind = 'processing-failed'): Arrival[] =>
  readErrorLine(error({ arrivalTimestamp: receivedAt, errorCode: 'Lambda.FunctionError', ...fields }, record)).flatMap(
    (one) => arrivalsOfError(one, { kind, place: 'object#1' }),
  );

describe('a replay of what could not be delivered', () => {
  it.each([
    ['numbers and errorCode', { arrivalTimestamp: receivedAt, errorCode: 'E', lambdaArn: 'arn' }],
    [
      'strings, lastErrorCode and the ARN in capitals',
      { arrivalTimestamp: String(receivedAt), lastErrorCode: 'E', lambdaARN: 'arn' },
    ],
  ])('reads errors with %s', (_what, fields) => {
    const line = error(fields, '{}');
    expect(readErrorLine(`${line}${line}`)).toMatchObject([
      { code: 'E', arrivedAt: receivedAt },
      { code: 'E', arrivedAt: receivedAt },
    ]);
    expect(readErrorLine('{"errorCode":"E"} no record')).toEqual([]);
  });

  it('sends requests and single events as they came, good and bad, and a request that lies there twice once', async () => {
    const request = packed([anEvent(), mistyped], { received_at: receivedAt });
    const single = JSON.stringify(anEvent({ application_id: 'game-b' }));
    const arrivals = [...failed(request), ...failed(request), ...failed(`${single}\n${single}`), ...failed('no json')];
    const options = aReplay(arrivals);
    const found = await rows(options);
    expect(
      found.map(({ status, application_id: id, metadata }) => [status, id, metadata.role, metadata.position]),
    ).toEqual([
      ['accepted', 'game-a', 'game', 0],
      ['rejected', 'game-a', 'game', 1],
      ['accepted', 'game-b', 'server', 0],
      ['accepted', 'game-b', 'server', 1],
    ]);
    expect([...(await previewReplay({ ...options, again: true })).left]).toEqual([['it is no JSON', 1]]);
  });

  it('splits a request whose rows did not fit into one answer', async () => {
    // Each quote takes four bytes in its row's data, and four in its original.
    const quotes = '\\"'.repeat(200);
    const tiny = Array.from(
      { length: 2_150 },
      () => `{"event_id":"?","event_type":"x","event_data":{"q":"${quotes}"}}`,
    );
    const record = packed(`[${tiny.join(',')}]`, { received_at: receivedAt, application_id: 'game-z' });
    const { records } = await aTransform()(firehoseBatch(record));
    expect(records.map(({ result }) => result)).toEqual(['ProcessingFailed']);
    const sent = await send(aReplay(failed(record)));
    expect(sent.every((one) => Buffer.byteLength(one) <= 250_000)).toBe(true);
    const answers = await Promise.all(sent.map(async (one) => (await aTransform()(firehoseBatch(one))).records));
    const positions = answers.flat().flatMap((one) => rowsOf(one).map(({ metadata }) => metadata.position));
    expect(positions).toEqual(tiny.map((_, at) => at));
  });

  it('makes events of rows whose format could not be converted', async () => {
    const request = packed([
      anEvent({ extra: 1 }),
      anEvent({ event_timestamp: 1_790_000_000_500, event_id: uuidV5('x') }),
      mistyped,
    ]);
    const { records } = await aTransform()(firehoseBatch(request));
    const converted = Buffer.from(records[0]?.data ?? '', 'base64').toString();
    const before = rowsOf(records[0]!);
    const fields = { lastErrorCode: 'DataFormatConversion.ParseError' };
    const after = await rows(aReplay(failed(converted, fields, 'format-conversion-failed')));
    expect(after.map(bare)).toEqual(before);
    expect(after.every(({ replay }) => replay !== undefined)).toBe(true);
  });
});

const account = (more: object) =>
  anEvent({
    event_type: 'account_created',
    event_data: { user_id: 'bob', player_name: 'Bob', effective_at: '2026-09-21T00:00:00Z' },
    ...more,
  });

describe('a replay of personal data', () => {
  const key = Buffer.alloc(32, 7);
  const dayKey: DayKey = { day: '2026-09-21', key: Buffer.alloc(32, 8) };
  const keys = new Map<string, PlayerKey>([
    [playerKeyId('p-1'), key],
    [playerKeyId('p-gone'), 'erased'],
    [dayKeyId(dayKey.day), dayKey.key],
  ]);
  const readKeys: ReadKeys = async () => keys;
  const stamps = { application_id: '_accounts', role: 'publisher' };
  const sealed = (content: Content) => rejected('', { content, reason: 'invalid_event_id' }, stamps);
  const open = { readKeys, findDeclaredEvent: someRules().findDeclaredEvent };

  it('opens originals under the key of a player or a day, and shows none', async () => {
    const text = JSON.stringify(account({ event_id: 'bad', player_id: 'p-1' }));
    const halves = [text.slice(0, 50), text.slice(50)];
    const arrivals = [
      sealed({ sealed: halves.map((piece) => sealOriginal(key, 'p-1', piece)), playerId: 'p-1' }),
      sealed({ sealed: [sealOriginal(dayKey, '', text)], playerId: undefined }),
    ];
    const options = aReplay(arrivals, { open });
    expect([...(await previewReplay(options)).rejected]).toEqual([]);
    expect(await previewReplay(options)).toMatchObject({ toSend: 2, samples: [] });
    const [record = ''] = await send(options);
    const ids = [...record.matchAll(/"event_id":"([0-9a-f-]{36})"/g)].map(([, id]) => id);
    // Not of the text: its values could be guessed by the id, which is stored in the clear.
    expect(ids).toEqual(arrivals.map((arrival) => uuidV5(`arrival ${arrival.key}`)));
  });

  it('makes an event of an accepted row whose fields are encrypted', async () => {
    const row: Content = {
      row: {
        envelope: {
          event_id: uuidV5('a'),
          event_type: 'account_created',
          event_timestamp: 1_790_000_000,
          player_id: 'p-1',
        },
        playerId: 'p-1',
        eventData: JSON.stringify({
          user_id: sealField(key, 'p-1', 'user_id', 'bob'),
          user_id_digest: digestOf('s', 'bob'),
          player_name: sealField(key, 'p-1', 'player_name', 'Bob'),
          effective_at: '2026-09-21T00:00:00Z',
        }),
      },
    };
    const [record = ''] = await send(aReplay([sealed(row)], { open }));
    expect(record).toContain('"user_id":"bob"');
  });

  it.each<[string, Content, ReadKeys | undefined]>([
    ['erased', { sealed: [erasedText], playerId: 'p-1' }, readKeys],
    ['erased', { sealed: [sealOriginal(key, 'p-gone', '{}')], playerId: 'p-gone' }, readKeys],
    ['no key', { sealed: [sealOriginal(key, 'p-9', '{}')], playerId: 'p-9' }, readKeys],
    [
      'the key of its day is gone',
      { sealed: [sealOriginal({ ...dayKey, day: '2026-01-01' }, '', '{}')], playerId: undefined },
      readKeys,
    ],
    ['no table of keys is named', { sealed: [sealOriginal(key, 'p-1', '{}')], playerId: 'p-1' }, undefined],
    [
      'the caller may not read the keys (AccessDeniedException)',
      { sealed: [sealOriginal(key, 'p-1', '{}')], playerId: 'p-1' },
      async () => Promise.reject(Object.assign(new Error('no'), { name: 'AccessDeniedException' })),
    ],
  ])('leaves what cannot be opened: %s', async (why, content, reader) => {
    const { left } = await previewReplay(aReplay([sealed(content)], { open: { ...open, readKeys: reader } }));
    expect([...left.keys()]).toEqual([`personal data: ${why}`]);
  });
});
