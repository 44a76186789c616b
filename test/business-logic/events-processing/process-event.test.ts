import { describe, expect, it } from 'vitest';
import { maxStoredBytes } from '../../../business-logic/events-processing/limits.ts';
import { declaredEvents } from '../../../business-logic/events-processing/declared-events.ts';
import { rawEventColumns } from '../../../lib/schemas/raw-events.ts';
import { anEvent } from '../../support/an-event.ts';
import { arrival, packed } from '../../support/firehose-batch.ts';
import { rowOf, schemas, someRules, transformed } from './a-transform.ts';

const bytes = (count: number) => ({ text: 'x'.repeat(count - '{"text":""}'.length) });
const nested = (levels: number) => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);
/** JSON text of an event of an undeclared type whose event_data is given as text, for what JSON.stringify cannot write. */
const withData = (eventData: string) =>
  JSON.stringify(anEvent({ event_type: 'x', event_data: 0 })).replace('"event_data":0', `"event_data":${eventData}`);
const spaced = (text: string) => withData(`{  "text" : "${text}" }`);
const without = (...names: string[]) => anEvent(Object.fromEntries(names.map((name) => [name, undefined])));

describe('an accepted event', () => {
  it('becomes one row, stamped by the server', async () => {
    expect(await rowOf(anEvent())).toEqual({
      event_id: '018f3a2b-7c4d-7e5f-8a9b-0c1d2e3f4a5b',
      event_type: 'level_started',
      event_name: 'level_started',
      event_timestamp: 1_790_000_000.5,
      event_at: '2026-09-21 14:13:20.500',
      received_at: '2026-09-21 14:13:21.500',
      app_version: '1.4.2',
      player_id: 'player-1',
      session_id: 'session-1',
      country: 'DE',
      application_id: 'game-a',
      application_name: 'Name of game-a',
      event_data: '{"level_id":"9","level_version":"2"}',
      status: 'accepted',
      metadata: {
        request_id: '6c6b0b5e-5a8e-4c3a-9f0e-3f7d1b1f2a11',
        position: 0,
        api_key_id: 'KEYIDKEYIDKEYIDKEYID',
        role: 'game',
        processed_at: '2026-09-21 14:14:00.250',
      },
    });
  });

  it('has the columns of the raw table, in its order, and no others', async () => {
    const names: string[] = rawEventColumns.map(({ name }) => name);
    const replay = { run: 'run-1', source: 'rejected', at: 0 };
    const rows = [
      ...(await transformed(packed([anEvent({ event_name: 'n', event_version: '1.0.0', extra: 1 }), {}]))),
      ...(await transformed(packed([anEvent({ extra: 1 })], { replay }))),
    ];
    for (const row of rows) {
      const places = Object.keys(row).map((key) => names.indexOf(key));
      expect(places).not.toContain(-1);
      expect(places).toEqual(places.toSorted((left, right) => left - right));
    }
    expect(new Set(rows.flatMap((row) => Object.keys(row)))).toEqual(new Set(names));
  });

  it.each([
    ['no optional field', without('app_version', 'player_id', 'session_id')],
    ['null in optional fields', anEvent({ app_version: null, player_id: null, session_id: null, event_name: null })],
    ['empty optional fields', anEvent({ app_version: '', player_id: '', session_id: '', event_name: '' })],
  ])('leaves columns out that it has no value for: %s', async (_what, event) => {
    const row = await rowOf(event);
    expect(row).toMatchObject({ status: 'accepted', event_name: 'level_started' });
    expect(Object.keys(row)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/player_id|session_id|app_version/)]),
    );
    expect(row.original).toBeUndefined();
  });

  it.each([
    ['absent', without('event_data')],
    ['null', anEvent({ event_data: null })],
  ])('needs no event_data where its type needs none: %s', async (_what, event) => {
    const row = await rowOf({ ...event, event_type: 'login' });
    expect(row.status).toBe('accepted');
    expect(row.event_data).toBeUndefined();
  });

  it('takes null in a declared field for an absent one', async () => {
    const optional = { level_id: '9', level_version: '2', platform: null };
    expect(await rowOf(anEvent({ event_data: optional }))).toMatchObject({
      status: 'accepted',
      event_data: JSON.stringify(optional),
    });
    const required = { level_id: null, level_version: '2' };
    expect((await rowOf(anEvent({ event_data: required }))).rejection?.code).toBe('schema_mismatch');
  });

  it.each([
    ['upper case', '018F3A2B-7C4D-7E5F-8A9B-0C1D2E3F4A5B', '018f3a2b-7c4d-7e5f-8a9b-0c1d2e3f4a5b'],
    ['version 4', 'f47ac10b-58cc-4372-a567-0e02b2c3d479', 'f47ac10b-58cc-4372-a567-0e02b2c3d479'],
    ['the nil id', '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000'],
  ])('may have any UUID: %s', async (_what, sent, stored) => {
    expect(await rowOf(anEvent({ event_id: sent }))).toMatchObject({ status: 'accepted', event_id: stored });
  });

  it('keeps its own text when it carries fields that no column holds', async () => {
    const text = `{"device":{"model":"X"}, ${JSON.stringify(anEvent()).slice(1)}`;
    expect(await rowOf(text)).toMatchObject({ status: 'accepted', original: [text] });
  });

  it.each([
    ['the id of its application', { application_id: 'game-a' }, true],
    ['the country of the request', { country: 'DE' }, true],
    ['the id of another application', { application_id: 'game-b' }, false],
    ['another country', { country: 'FR' }, false],
  ])('may repeat what the server stamps: %s', async (_what, extra, isHeld) => {
    const row = await rowOf(anEvent(extra));
    expect(row).toMatchObject({ status: 'accepted', application_id: 'game-a', country: 'DE' });
    expect(row.original === undefined).toBe(isHeld);
  });
});

describe('the time of an event', () => {
  const hour = 3_600;
  const day = 24 * hour;
  const received = (arrival - 500) / 1_000;

  it.each([
    ['seconds', 1_790_000_000, '2026-09-21 14:13:20.000'],
    ['seconds with thousandths that no double holds', 1_790_000_000.123, '2026-09-21 14:13:20.123'],
    ['seconds with more digits', 1_789_999_999.9999, '2026-09-21 14:13:19.999'],
    ['milliseconds', 1_790_000_000_123, '2026-09-21 14:13:20.123'],
  ])('is taken from %s', async (_what, event_timestamp, event_at) => {
    const row = await rowOf(anEvent({ event_timestamp }));
    expect(row).toMatchObject({ status: 'accepted', event_at });
    expect(row.event_timestamp).toBe(event_timestamp >= 1e11 ? event_timestamp / 1_000 : event_timestamp);
  });

  it.each([
    ['just not too old', received - 400 * day, undefined],
    ['too old', received - 400 * day - 1, 'behind'],
    ['the start of time', 0, 'behind'],
    ['just not ahead', received + hour, undefined],
    ['ahead', received + hour + 1, 'ahead'],
    ['the end of time', 4_102_444_799, 'ahead'],
  ])('is the time of arrival where the clock is wrong: %s', async (_what, event_timestamp, clock) => {
    const row = await rowOf(anEvent({ event_timestamp }));
    expect(row).toMatchObject({ status: 'accepted', event_timestamp });
    expect(row.metadata.clock).toBe(clock);
    expect(row.event_at === row.received_at).toBe(clock !== undefined);
  });

  it('may be as old as the deployment says', async () => {
    const event = anEvent({ event_timestamp: received - 2 * day });
    expect((await rowOf(event, { rules: someRules({ maxEventAgeDays: 1 }) })).metadata.clock).toBe('behind');
  });

  it.each([-1, -0.001, 4_102_444_800, 4_102_444_800_000, 1e17, 1e300])('is not %d', async (event_timestamp) => {
    const row = await rowOf(anEvent({ event_timestamp }));
    expect(row.rejection?.code).toBe('invalid_timestamp');
    expect(row.event_timestamp).toBeUndefined();
    expect(row.event_at).toBeUndefined();
  });
});

describe('a rejected event', () => {
  const cases: readonly [string, unknown, string, RegExp][] = [
    ['a number', 17, 'invalid_envelope', /object/],
    ['text', '"level_started"', 'invalid_envelope', /object/],
    ['null', null, 'invalid_envelope', /object/],
    ['an array', [anEvent()], 'invalid_envelope', /object/],
    ['no event_type', without('event_type'), 'invalid_envelope', /event_type is missing/],
    ['an event_type with a space', anEvent({ event_type: 'level started' }), 'invalid_envelope', /event_type/],
    ['an empty event_type', anEvent({ event_type: '' }), 'invalid_envelope', /event_type/],
    ['an event_type of 129 characters', anEvent({ event_type: 'x'.repeat(129) }), 'invalid_envelope', /128/],
    ['a number as player_id', anEvent({ player_id: 17 }), 'invalid_envelope', /player_id must be string/],
    ['a player_id of 257 characters', anEvent({ player_id: 'x'.repeat(257) }), 'invalid_envelope', /256/],
    ['a number as event_version', anEvent({ event_version: 1 }), 'invalid_envelope', /event_version/],
    ['half an emoji in session_id', anEvent({ session_id: 'x\ud83d' }), 'invalid_envelope', /session_id/],
    ['NUL in app_version', anEvent({ app_version: '1\u0000' }), 'invalid_envelope', /app_version/],
    ['text as event_data', anEvent({ event_data: '{}' }), 'invalid_envelope', /event_data/],
    ['an array as event_data', anEvent({ event_data: [] }), 'invalid_envelope', /event_data/],
    ['no event_id', without('event_id'), 'invalid_event_id', /event_id is missing/],
    ['null as event_id', anEvent({ event_id: null }), 'invalid_event_id', /event_id/],
    ['an event_id that is no UUID', anEvent({ event_id: 'not-a-uuid' }), 'invalid_event_id', /event_id/],
    ['a URN', anEvent({ event_id: `urn:uuid:${String(anEvent().event_id)}` }), 'invalid_event_id', /event_id/],
    [
      'a line break behind the id',
      anEvent({ event_id: `${String(anEvent().event_id)}\n` }),
      'invalid_event_id',
      /event_id/,
    ],
    ['no event_timestamp', without('event_timestamp'), 'invalid_timestamp', /event_timestamp is missing/],
    ['text as event_timestamp', anEvent({ event_timestamp: '1790000000' }), 'invalid_timestamp', /number/],
    ['event_data over the limit', anEvent({ event_data: bytes(60_001) }), 'event_data_too_large', /60001 bytes/],
    ['a missing field', anEvent({ event_data: { level_id: '9' } }), 'schema_mismatch', /level_version/],
    [
      'a field of another type',
      anEvent({ event_data: { level_id: 9, level_version: '1' } }),
      'schema_mismatch',
      /level_id must be string/,
    ],
    ['no event_data where it is needed', without('event_data'), 'schema_mismatch', /level_id/],
  ];

  it.each(cases)('has its reason and its text: %s', async (_what, event, code, error) => {
    const row = await rowOf(event);
    expect(row.status).toBe('rejected');
    expect(row.rejection?.code).toBe(code);
    expect(row.rejection?.errors.join()).toMatch(error);
    expect(row.original?.join('')).toBe(typeof event === 'string' ? event : JSON.stringify(event));
    expect(row).toMatchObject({ application_id: 'game-a', received_at: '2026-09-21 14:13:21.500' });
  });

  it.each([
    [['event_type', 'event_id', 'event_timestamp'], 'invalid_envelope'],
    [['event_id', 'event_timestamp', 'event_data'], 'invalid_event_id'],
    [['event_timestamp', 'event_data'], 'invalid_timestamp'],
  ])('is rejected for the first reason that applies: without %j', async (names, code) => {
    expect((await rowOf(without(...names))).rejection?.code).toBe(code);
    expect((await transformed(packed([without(...names)], { application_id: 'unknown' })))[0]?.rejection?.code).toBe(
      code,
    );
  });

  it.each([
    ['unregistered before too large', { application_id: 'unknown' }, bytes(60_001), 'unregistered_application'],
    ['too large before mismatch', {}, bytes(60_001), 'event_data_too_large'],
  ])('is rejected for the first reason that applies: %s', async (_what, stamps, event_data, code) => {
    const [row] = await transformed(packed([anEvent({ event_data })], stamps));
    expect(row?.rejection?.code).toBe(code);
  });

  it('fills the columns whose values are valid and leaves the others out', async () => {
    const event = anEvent({ event_id: 'bad', event_timestamp: 'bad', player_id: 'x'.repeat(257), session_id: '' });
    expect(await rowOf(event)).toEqual({
      event_type: 'level_started',
      event_name: 'level_started',
      received_at: '2026-09-21 14:13:21.500',
      app_version: '1.4.2',
      country: 'DE',
      application_id: 'game-a',
      application_name: 'Name of game-a',
      event_data: '{"level_id":"9","level_version":"2"}',
      status: 'rejected',
      rejection: { code: 'invalid_envelope', errors: [expect.stringContaining('player_id')] },
      metadata: expect.any(Object),
      original: [JSON.stringify(event)],
    });
  });

  it('has no name of its own where the one sent is not valid', async () => {
    expect(await rowOf(anEvent({ event_name: 5 }))).not.toHaveProperty('event_name');
  });

  it('tells at most five errors of 200 characters', async () => {
    const names = ['event_name', 'event_version', 'app_version', 'player_id', 'session_id', 'event_type'];
    const { rejection } = await rowOf(anEvent(Object.fromEntries(names.map((name) => [name, 1]))));
    expect(rejection?.errors).toHaveLength(5);

    const property = 'x'.repeat(120);
    const schema = {
      ...schemas['login']![0]!,
      properties: {},
      required: Array.from({ length: 9 }, (_, n) => property + n),
    };
    const rules = someRules({
      findDeclaredEvent: declaredEvents({
        login: [{ ...schema, required: schema.required.map((name) => name.repeat(2)) }],
      }),
    });
    const long = await rowOf(anEvent({ event_type: 'login' }), { rules });
    expect(long.rejection?.errors).toHaveLength(5);
    expect(long.rejection?.errors.map((error) => error.length)).toEqual([200, 200, 200, 200, 200]);
  });

  it('of an unregistered application keeps the id it was sent with', async () => {
    const [row] = await transformed(packed([anEvent()], { application_id: 'game-x' }));
    expect(row).toMatchObject({ application_id: 'game-x', rejection: { code: 'unregistered_application' } });
    expect(row).not.toHaveProperty('application_name');
  });
});

describe('event_data', () => {
  it('may have 60,000 bytes', async () => {
    const event_data = bytes(maxStoredBytes);
    const row = await rowOf(anEvent({ event_type: 'anything', event_data }));
    expect(row).toMatchObject({ status: 'accepted', event_data: JSON.stringify(event_data) });
  });

  it('is measured in bytes, without the white space it came with', async () => {
    expect((await rowOf(spaced('x'.repeat(59_989)))).status).toBe('accepted');
    expect((await rowOf(spaced('é'.repeat(29_995)))).rejection?.code).toBe('event_data_too_large');
  });

  it.each([1, 100, 500])('may be nested %d levels deep', async (levels) => {
    const text = withData(nested(levels));
    expect(await rowOf(text)).toMatchObject({ status: 'accepted', event_data: nested(levels) });
  });

  it.each([501, 9_000, 100_000])(
    'is rejected and kept when it is nested %d levels deep; its neighbours are not',
    async (levels) => {
      const deep = withData(nested(levels));
      const rows = await transformed(packed(`[${JSON.stringify(anEvent())},${deep},${JSON.stringify(anEvent())}]`));
      expect(rows.map(({ status }) => status)).toEqual(['accepted', 'rejected', 'accepted']);
      expect(rows[1]).toMatchObject({ rejection: { code: 'invalid_envelope' } });
      expect(rows[1]?.original?.join('')).toBe(deep);
    },
  );

  it.each([
    ['20 digits', '12345678901234567890'],
    ['a negative number of 20 digits', '-12345678901234567890'],
    ['a long decimal', '0.1234567890123456789'],
    ['an exponent out of range', '1e400'],
    ['an exponent below range', '-1.5E-400'],
    ['2^53 + 1', '9007199254740993'],
  ])('keeps its numbers as they were sent: %s', async (_what, number) => {
    const data = `{"a":[${number}],"b":"${number}","c":{"d":${number}}}`;
    const row = await rowOf(withData(data));
    expect(row).toMatchObject({ status: 'accepted', event_data: data });
    expect(row.original).toBeUndefined();
  });

  it('has each key once, the last, also where its digits are kept', async () => {
    const data = '{"n":1,"n":2,"big":12345678901234567890,"m":{"k":1,"k":{"z":3}}}';
    const text = withData(`{"first":1},"event_data":${data}`);
    expect((await rowOf(text)).event_data).toBe('{"n":2,"big":12345678901234567890,"m":{"k":{"z":3}}}');
  });

  it('is stored without half characters, which some engines cannot read, and kept as it was', async () => {
    const text = JSON.stringify(
      anEvent({ event_type: 'x', event_data: { a: '\ud83d', b: '\ud83d\ude00', c: '\\ud83d' } }),
    );
    const row = await rowOf(text);
    expect(JSON.parse(row.event_data ?? '')).toEqual({ a: '\ufffd', b: '😀', c: '\\ud83d' });
    expect(row).toMatchObject({ status: 'accepted', original: [text] });
  });

  it('keeps names that mean something to JavaScript', async () => {
    const data = '{"__proto__":{"a":1},"constructor":2,"toJSON":"x","hasOwnProperty":null}';
    const text = withData(data);
    expect((await rowOf(text)).event_data).toBe(data);
  });
});

describe('the schema of an event', () => {
  it('is that of its version, by default the newest', async () => {
    const [newest] = schemas['level_started']!;
    const older = { ...newest!, $id: 'playlake:level_started:0.9.0', 'x-version': '0.9.0', required: ['level_name'] };
    const rules = someRules({ findDeclaredEvent: declaredEvents({ level_started: [newest!, older] }) });
    const event = (event_version?: string) =>
      rowOf(anEvent({ event_version, event_data: { level_name: 'x' } }), { rules });
    expect((await event('0.9.0')).status).toBe('accepted');
    expect((await event('1.0.0')).status).toBe('rejected');
    expect((await event()).status).toBe('rejected');
    expect((await event('7.7.7')).status).toBe('rejected');
  });

  it('is the newest for a version that is not declared, and the row says so', async () => {
    const row = await rowOf(anEvent({ event_version: '7.7.7' }));
    expect(row).toMatchObject({ status: 'accepted', event_version: '7.7.7', metadata: { schema_version: '1.0.0' } });
    expect((await rowOf(anEvent({ event_version: '1.0.0' }))).metadata).not.toHaveProperty('schema_version');
  });

  it.each(['dragon_tamed', 'constructor', '__proto__', 'toString'])('may be missing: %s', async (event_type) => {
    const event = anEvent({ event_type, event_data: { any: ['thing'] } });
    expect((await rowOf(event)).status).toBe('accepted');
    const rules = someRules({ rejectsUndeclared: true });
    expect((await rowOf(event, { rules })).rejection?.code).toBe('undeclared_event_type');
  });

  it('may reserve a type for some roles', async () => {
    const closing = { ...schemas['login']![0]!, 'x-roles': ['publisher', 'server'] };
    const rules = someRules({ findDeclaredEvent: declaredEvents({ season_closed: [closing] }) });
    const send = async (role: string | undefined) => {
      const [row] = await transformed(packed([anEvent({ event_type: 'season_closed' })], { role }), { rules });
      return row?.rejection?.code ?? row?.status;
    };
    expect(await send('game')).toBe('not_permitted');
    expect(await send('publisher')).toBe('accepted');
    expect(await send(undefined)).toBe('accepted');
  });
});
