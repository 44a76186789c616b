import { describe, expect, it } from 'vitest';
import { responseBudgetBytes } from '../../../business-logic/events-processing/limits.ts';
import { anEvent } from '../../support/an-event.ts';
import { arrival, firehoseBatch, packed, rowsOf } from '../../support/firehose-batch.ts';
import { aTransform, transformed } from './a-transform.ts';

const isAway = async () => Promise.reject(new Error('DynamoDB is away'));
const empties = (count: number) => packed(`[${'{},'.repeat(count - 1)}{}]`, { application_id: 'game-b' });
const single = (overrides: Readonly<Record<string, unknown>> = {}) =>
  anEvent({ application_id: 'game-a', ...overrides });

async function results(...data: readonly unknown[]) {
  const { records } = await aTransform()(firehoseBatch(...data));
  return records.map(({ result }) => result);
}

describe('a packed request', () => {
  it('becomes a row per event, in order, each knowing its place', async () => {
    const rows = await transformed(packed([anEvent(), {}, anEvent()]));
    expect(rows.map(({ status }) => status)).toEqual(['accepted', 'rejected', 'accepted']);
    expect(rows.map(({ metadata }) => metadata.position)).toEqual([0, 1, 2]);
  });

  it('without events is dropped: there is nothing to deliver', async () => {
    expect(await results(packed([]))).toEqual(['Dropped']);
  });

  it.each([
    ['text', '{"application_id":"game-a"}'],
    ['one more request', packed([anEvent()], { application_id: 'game-b' }).trim()],
    ['a single event', JSON.stringify(single())],
    ['what is no JSON', 'oops"]}'],
  ])('is one document; what follows is rejected and kept: %s', async (_what, rest) => {
    const rows = await transformed(packed([anEvent()]) + rest);
    expect(rows.map(({ status }) => status)).toEqual(['accepted', 'rejected']);
    expect(rows[1]).toMatchObject({
      rejection: { code: 'invalid_envelope', errors: [expect.stringContaining('one document')] },
      original: [rest],
    });
  });

  it.each([
    ['no events', packed([]).replace(',"events":[]', '')],
    ['an object as events', packed({})],
    ['null as events', packed(null)],
  ])('is one rejected row when it has %s', async (_what, text) => {
    const rows = await transformed(text);
    expect(rows).toMatchObject([{ rejection: { code: 'invalid_envelope' }, original: [text.trim()] }]);
  });

  it.each([
    ['no application_id', { application_id: undefined }],
    ['an empty application_id', { application_id: '' }],
    ['an application_id that is a number', { application_id: 5 }],
    ['a request_id of null', { request_id: null }],
    ['a role that is an object', { role: {} }],
    ['an api_key_id of 257 characters', { api_key_id: 'x'.repeat(257) }],
    ['a time of arrival that is text', { received_at: '2026-01-01' }],
  ])('has every event rejected when it is stamped with %s', async (_what, stamps) => {
    const rows = await transformed(packed([anEvent(), anEvent()], stamps));
    expect(rows.map(({ rejection }) => rejection?.code)).toEqual(['invalid_envelope', 'invalid_envelope']);
  });

  it.each(['de', 'DEU', 'D', '', 'Ä1', 49, null, undefined])('loses a country that is none: %j', async (country) => {
    const [row] = await transformed(packed([anEvent()], { country }));
    expect(row?.status).toBe('accepted');
    expect(row).not.toHaveProperty('country');
  });

  it('may name its events twice; the last counts, also as what is kept', async () => {
    const text = packed([{ a: 1 }]).replace('"events":', '"events":[{"b":1},{"b":2}], "\\u0065vents" : ');
    const rows = await transformed(text);
    expect(rows.map(({ original }) => original)).toEqual([['{"a":1}']]);
  });
});

describe('single events', () => {
  it('are stamped with the time of arrival and count as sent by a server', async () => {
    const [row] = await transformed(single({ country: 'FR' }));
    expect(row).toMatchObject({ status: 'accepted', application_id: 'game-a', country: 'FR' });
    expect(row).toMatchObject({ received_at: '2026-09-21 14:13:22.000', metadata: { role: 'server', position: 0 } });
    expect(row?.metadata).not.toHaveProperty('request_id');
    expect(row?.original).toBeUndefined();
  });

  it('arrived when Kinesis took them, however late Firehose reads them there', async () => {
    const batch = firehoseBatch(single());
    const kinesisRecordMetadata = {
      shardId: 'shardId-000000000000',
      partitionKey: 'key',
      approximateArrivalTimestamp: arrival - 3_600_000,
      sequenceNumber: '49',
      subsequenceNumber: '',
    };
    const [record] = batch.records;
    const { records } = await aTransform()({ ...batch, records: [{ ...record!, kinesisRecordMetadata }] });
    expect(rowsOf(records[0]!)).toMatchObject([{ received_at: '2026-09-21 13:13:22.000' }]);
  });

  it('cannot stamp themselves: those fields are only kept', async () => {
    const event = single({ role: 'publisher', received_at: 5, api_key_id: 'k' });
    const [row] = await transformed(event);
    expect(row?.metadata).toMatchObject({ role: 'server' });
    expect(row).toMatchObject({ received_at: '2026-09-21 14:13:22.000', original: [JSON.stringify(event)] });
  });

  it.each([
    ['one after the other', ''],
    ['on lines', '\n'],
    ['on lines as Windows ends them', '\r\n'],
    ['with blanks between them', ' \t\n\n '],
  ])('may share a record: %s', async (_what, separator) => {
    const events = [single(), single({ player_id: 'p}{"' }), single({ event_id: 'bad' })];
    const rows = await transformed(events.map((event) => JSON.stringify(event)).join(separator) + separator);
    expect(rows.map(({ player_id }) => player_id)).toEqual(['player-1', 'p}{"', 'player-1']);
    expect(rows.map(({ rejection }) => rejection?.code)).toEqual([undefined, undefined, 'invalid_event_id']);
    expect(rows.map(({ metadata }) => metadata.position)).toEqual([0, 1, 2]);
  });

  const [good, other] = [JSON.stringify(single()), JSON.stringify(single({ application_id: 'game-b' }))];
  it.each([
    ['a document cut off', `${good}\n{"event_id":"x\n${other}`, '{"event_id":"x\n'],
    ['a document without its end', `${good}\n{"a":{"b":1}\n${other}`, '{"a":{"b":1}\n'],
    ['a number that JSON does not know', `${good}{"a":NaN}${other}`, '{"a":NaN}'],
    ['words', `${good} once upon a time\n${other}`, 'once upon a time'],
    ['a closing bracket too many', `${good}}\n${other}`, '}\n'],
  ])('are not harmed by what is no JSON between them: %s', async (_what, text, kept) => {
    const rows = await transformed(text);
    expect(rows.map(({ application_id }) => application_id)).toEqual(['game-a', undefined, 'game-b']);
    expect(rows.map(({ status }) => status)).toEqual(['accepted', 'rejected', 'accepted']);
    expect(rows[1]).toMatchObject({ rejection: { code: 'invalid_envelope' } });
    expect(rows[1]?.original).toEqual([kept.trim()]);
  });

  it('reject a packed request among them, and keep it', async () => {
    const request = packed([anEvent()]).trim();
    const rows = await transformed(`${JSON.stringify(single())}\n${request}`);
    expect(rows).toMatchObject([{ status: 'accepted' }, { status: 'rejected', original: [request] }]);
  });

  it.each(['17', '"text"', 'null', '[]', 'true'])('may be no objects, and are rejected then: %s', async (text) => {
    expect(await transformed(text)).toMatchObject([{ rejection: { code: 'invalid_envelope' }, original: [text] }]);
  });
});

describe('a record that is no JSON', () => {
  const cases: readonly [string, string | Buffer][] = [
    ['nothing', ''],
    ['blanks', ' \n '],
    ['words', 'once upon a time'],
    ['half a document', '{"request_id":"x","events":[{"event_id"'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['more documents than a response can hold', '1 '.repeat(200_000)],
    ['words by the thousand', 'word '.repeat(200_000)],
    ['unclosed documents by the thousand', '{"a":\n'.repeat(50_000)],
  ];

  it.each(cases)('goes back whole, and harms no other: %s', async (_what, data) => {
    const batch = firehoseBatch(data, packed([anEvent()]));
    const { records } = await aTransform()(batch);
    expect(records.map(({ result }) => result)).toEqual(['ProcessingFailed', 'Ok']);
    expect(records[0]).toEqual({ recordId: 'record-0', result: 'ProcessingFailed', data: batch.records[0]?.data });
  });

  it.each(cases)('is logged without its content: %s', async (_what, data) => {
    const logged: unknown[] = [];
    const log = (...args: unknown[]) => void logged.push(args);
    const secret = Buffer.concat([Buffer.from(data), Buffer.from(' {"player_id":"flamingo"')]);
    await aTransform({ logger: { info: log, warn: log } })(firehoseBatch(secret, packed([{ player_id: 'flamingo' }])));
    expect(JSON.stringify(logged)).toContain('record-0');
    expect(JSON.stringify(logged)).not.toMatch(/flamingo|once upon|Unexpected/);
  });
});

it('counts what it accepts, rejects and why, and what goes back', async () => {
  const counted: unknown[] = [];
  const count = (line: unknown) => void counted.push(line);
  const batch = firehoseBatch(packed([anEvent(), {}, {}, anEvent({ event_id: 'none' })]), 'no JSON');
  await aTransform({ count })(batch);
  await aTransform({ count })(firehoseBatch(packed([])));
  expect(counted).toEqual([
    { counts: { EventsAccepted: 1, EventsRejected: 3, RecordsFailed: 1 } },
    { counts: { EventsRejectedByReason: 2 }, by: { Reason: 'invalid_envelope' } },
    { counts: { EventsRejectedByReason: 1 }, by: { Reason: 'invalid_event_id' } },
    { counts: { EventsAccepted: 0, EventsRejected: 0, RecordsFailed: 0 } },
  ]);
});

describe('applications', () => {
  it('are asked for once per batch, whatever number of events', async () => {
    const asked: string[] = [];
    const findApplication = async (id: string) => {
      asked.push(id);
      return undefined;
    };
    const many = Array.from({ length: 50 }, () => anEvent());
    await aTransform({ findApplication })(firehoseBatch(packed(many), packed(many), JSON.stringify(single())));
    expect(asked).toEqual(['game-a']);
  });

  it('that cannot be asked for fail the batch, which Firehose sends again, and mark no event', async () => {
    await expect(aTransform({ findApplication: isAway })(firehoseBatch(packed([anEvent()])))).rejects.toThrow(
      'DynamoDB is away',
    );
  });

  it.each([
    ['at once', 0],
    ['later', 1],
    ['now at once, now later', 2],
  ])('may be known %s: every record has its own rows, in its place', async (_when, kind) => {
    const asked: string[] = [];
    const findApplication = (id: string) => {
      asked.push(id);
      const found = { application_id: id, application_name: `Name of ${id}` };
      return kind === 0 || (kind === 2 && id === 'game-b') ? found : Promise.resolve(found);
    };
    const games = ['game-a', 'game-b', 'game-c', 'game-b', 'game-a'];
    const texts = games.map((id, at) => packed([anEvent({ player_id: `p-${at}` })], { application_id: id }));
    const handler = aTransform({ findApplication });
    // Two batches at a time have nothing in common.
    const [batch, other] = await Promise.all([
      handler(firehoseBatch(...texts)),
      handler(firehoseBatch(packed([{}]), 'no JSON', packed([anEvent({ player_id: 'x' })]))),
    ]);
    expect(batch.records.map((record) => rowsOf(record)[0])).toMatchObject(
      games.map((id, at) => ({ player_id: `p-${at}`, application_name: `Name of ${id}` })),
    );
    expect(other.records.map(({ result }) => result)).toEqual(['Ok', 'ProcessingFailed', 'Ok']);
    expect(rowsOf(other.records[2]!)).toMatchObject([{ player_id: 'x', status: 'accepted' }]);
    expect(asked.toSorted()).toEqual(['game-a', 'game-a', 'game-b', 'game-c']);
  });

  it('are not asked for where nothing names one', async () => {
    const { records } = await aTransform({ findApplication: isAway })(firehoseBatch('{}', 'x'));
    expect(records.map(({ result }) => result)).toEqual(['Ok', 'ProcessingFailed']);
  });
});

describe('a response', () => {
  it('holds long records and short ones, whole, with nothing behind their last line but a line feed', async () => {
    const counts = [1, 150, 2, 3, 400, 1];
    const texts = counts.map((count) =>
      packed(Array.from({ length: count }, (_, at) => anEvent({ player_id: `${at}é` }))),
    );
    const { records } = await aTransform()(firehoseBatch(...texts));
    for (const [at, record] of records.entries()) {
      const players = rowsOf(record).map(({ player_id: player }) => player);
      expect(players).toEqual(Array.from({ length: counts[at]! }, (_, event) => `${event}é`));
      expect(Buffer.from(record.data!, 'base64').toString()).toMatch(/\} {0,2}\n$/);
    }
  });

  it('holds every record once, in its order', async () => {
    const { records } = await aTransform()(firehoseBatch(packed([anEvent()]), 'x', packed([]), empties(329_000)));
    expect(records.map(({ recordId }) => recordId)).toEqual(['record-0', 'record-1', 'record-2', 'record-3']);
    expect(records.map(({ result }) => result)).toEqual(['Ok', 'ProcessingFailed', 'Dropped', 'ProcessingFailed']);
  });

  it.each([
    ['before', (flood: string, good: string[]) => [flood, ...good]],
    ['after', (flood: string, good: string[]) => [...good, flood]],
  ])("is not used up by 990,000 bytes of {} %s another game's events", async (_where, order) => {
    const good = Array.from({ length: 40 }, () => packed(Array.from({ length: 10 }, () => anEvent())));
    const { records } = await aTransform()(firehoseBatch(...order(empties(329_000), good)));
    expect(records.filter(({ result }) => result === 'Ok')).toHaveLength(40);
    expect(JSON.stringify({ records }).length).toBeLessThan(responseBudgetBytes);
  });

  it('fails the records that need most, and only as many as it must', async () => {
    const flood = Array.from({ length: 4 }, () => empties(4_000));
    const good = packed([anEvent()]);
    const { records } = await aTransform()(firehoseBatch(good, ...flood, good));
    expect(records.map(({ result }) => result === 'Ok').filter(Boolean).length).toBeGreaterThan(2);
    expect([records.at(0)?.result, records.at(-1)?.result]).toEqual(['Ok', 'Ok']);
    expect(records.some(({ result }) => result === 'ProcessingFailed')).toBe(true);
    expect(JSON.stringify({ records }).length).toBeLessThan(responseBudgetBytes);
  });
});
