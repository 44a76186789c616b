import { describe, expect, it } from 'vitest';
import { anEvent } from '../../support/an-event.ts';
import { packed } from '../../support/firehose-batch.ts';
import { transformed } from './a-transform.ts';

const replay = (more: object = {}) => ({
  run: 'run-1',
  source: 'rejected',
  at: Date.UTC(2026, 8, 22),
  events: [{ position: 7, key: 'k1', of: 'game-a/r/7/' }],
  ...more,
});

const metadataOf = async (record: string) => (await transformed(record)).map(({ metadata }) => metadata);

describe('a replayed request', () => {
  it('is stored with the stamps of its first arrival, and marked', async () => {
    const [row] = await transformed(packed([anEvent()], { request_id: 'first', role: 'game', replay: replay() }));
    expect(row).toMatchObject({
      status: 'accepted',
      metadata: {
        request_id: 'first',
        position: 7,
        role: 'game',
      },
      replay: { run: 'run-1', source: 'rejected', at: '2026-09-22 00:00:00.000', key: 'k1', of: 'game-a/r/7/' },
    });
    expect(row?.metadata).not.toHaveProperty('replay');
  });

  it('may come without an id of a request, which a single event never had', async () => {
    const [row] = await transformed(packed([anEvent()], { request_id: null, replay: replay() }));
    expect(row).toMatchObject({ status: 'accepted', metadata: { position: 7 } });
    expect(row?.metadata).not.toHaveProperty('request_id');
  });

  it('is marked in a column after all others, of what is rejected and kept as text too, and of no other row', async () => {
    const replayed = packed([anEvent({ event_data: { level_id: 9 } })], { replay: replay() });
    const [row] = await transformed(replayed);
    expect(row).toMatchObject({ status: 'rejected', original: [expect.any(String)], replay: { key: 'k1' } });
    expect(Object.keys(row ?? {}).slice(-2)).toEqual(['original', 'replay']);
    const [first] = await transformed(packed([anEvent({ event_data: { level_id: 9 } })]));
    expect(first).not.toHaveProperty('replay');
  });

  it('names no arrival where none is given', async () => {
    const [row] = await transformed(packed([anEvent()], { replay: replay({ events: [] }) }));
    expect(row?.replay).toEqual({ run: 'run-1', source: 'rejected', at: '2026-09-22 00:00:00.000' });
  });

  it('may share its record with others of its kind, each with its own stamps', async () => {
    const one = packed([anEvent(), anEvent()], { request_id: 'one', replay: replay({ events: [] }) });
    const other = packed([anEvent()], { request_id: 'other', role: 'server', replay: replay() });
    expect(await metadataOf(one + other)).toMatchObject([
      { request_id: 'one', position: 0, role: 'game' },
      { request_id: 'one', position: 1 },
      { request_id: 'other', position: 7, role: 'server' },
    ]);
  });

  it('lets nothing else into its record', async () => {
    const rows = await transformed(packed([anEvent()], { replay: replay() }) + packed([anEvent()]) + '{"event_id":1}');
    expect(rows.map(({ status }) => status)).toEqual(['accepted', 'rejected', 'rejected']);
  });

  it('does not follow a request of the gateway, whatever a body smuggles in', async () => {
    const rows = await transformed(packed([anEvent()]) + packed([anEvent()], { role: 'server', replay: replay() }));
    expect(rows.map(({ status, replay: mark }) => [status, mark])).toEqual([
      ['accepted', undefined],
      ['rejected', undefined],
    ]);
  });

  it.each([
    ['no object', 'yes'],
    ['without a run', replay({ run: undefined })],
    ['of a run without end', replay({ run: 'x'.repeat(65) })],
    ['at no time', replay({ at: 'now' })],
  ])('is rejected where its mark is %s', async (_what, mark) => {
    const [row] = await transformed(packed([anEvent()], { replay: mark }));
    expect(row).toMatchObject({ status: 'rejected', rejection: { code: 'invalid_envelope' } });
    expect(row).not.toHaveProperty('replay');
  });

  it('says in its events nothing: the mark is of who may write to the stream', async () => {
    const [row] = await transformed(packed([{ ...anEvent(), replay: replay() }]));
    expect(row).not.toHaveProperty('replay');
  });
});
