import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anEvent } from '../../support/an-event.ts';
import { anyCharacter } from '../../support/any-character.ts';
import type { Row } from '../../support/firehose-batch.ts';
import { firehoseBatch, packed, rowsOf } from '../../support/firehose-batch.ts';
import { aTransform, transformed } from './a-transform.ts';

const value = fc.jsonValue({ maxDepth: 4 });
const id = fc.oneof(
  fc.uuid(),
  fc.uuid().map((text) => text.toUpperCase()),
);
const event = fc.oneof(
  { weight: 1, arbitrary: value },
  {
    weight: 5,
    arbitrary: fc.record(
      {
        event_id: fc.oneof({ weight: 9, arbitrary: id }, { weight: 1, arbitrary: value }),
        event_type: fc.oneof(
          { weight: 9, arbitrary: fc.constantFrom('login', 'level_started', 'dragon') },
          { weight: 1, arbitrary: value },
        ),
        event_timestamp: fc.oneof(fc.double(), fc.integer({ min: 1_700_000_000, max: 1_800_000_000 })),
        player_id: fc.oneof(fc.string({ unit: anyCharacter, maxLength: 300 }), value),
        event_data: fc.oneof(fc.dictionary(fc.string(), value), value),
        extra: value,
      },
      { requiredKeys: ['event_id', 'event_type', 'event_timestamp'] },
    ),
  },
);
const runs = { numRuns: 120 };

/** What is wrong with a row in the eyes of whoever writes it to Parquet. */
function problemsOf(row: Row): string[] {
  return Object.entries(row).flatMap(([name, cell]) => (isStorable(name, cell) ? [] : [`${name}: ${String(cell)}`]));
}

function isStorable(name: string, cell: unknown): boolean {
  if (name === 'event_timestamp') return typeof cell === 'number' && cell >= 0 && cell < 4_102_444_800;
  if (name === 'metadata' || name === 'rejection') return typeof cell === 'object';
  if (name === 'original') return Array.isArray(cell) && cell.every((piece) => isStorableText(piece));
  if (name.endsWith('_at')) return /^(19|20)\d\d-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/.test(String(cell));
  return isStorableText(cell);
}

/** A lone surrogate does not survive the way through UTF-8. */
function isStorableText(cell: unknown): boolean {
  return typeof cell === 'string' && Buffer.byteLength(cell) <= 60_000 && Buffer.from(cell).toString() === cell;
}

describe('whatever is sent', () => {
  it('is in one row per event, and what is kept is what was sent', async () => {
    const requests = fc.array(fc.array(event, { maxLength: 8 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(requests, fc.boolean(), async (sent, isPretty) => {
        const texts = sent.map((events) => events.map((one) => JSON.stringify(one, undefined, isPretty ? 1 : 0)));
        const batch = firehoseBatch(...texts.map((events) => packed(`[ ${events.join(' , ')} ]`)));
        const { records } = await aTransform()(batch);
        expect(records.map(({ result }) => result)).toEqual(sent.map(({ length }) => (length > 0 ? 'Ok' : 'Dropped')));

        const rows = records.map((record) => rowsOf(record));
        expect(rows.map(({ length }) => length)).toEqual(sent.map(({ length }) => length));
        const all = rows.flat().map((row, index) => ({ row, text: texts.flat()[index] ?? '' }));
        const kept = all.filter(({ row }) => row.original !== undefined);
        expect(kept.map(({ row }) => row.original?.join(''))).toEqual(kept.map(({ text }) => text));
        const rest = all.filter(({ row }) => row.original === undefined);
        expect(rest.map(({ row }) => row.status)).toEqual(rest.map(() => 'accepted'));
        expect(rest.map(({ row }) => JSON.parse(row.event_data ?? 'null') as unknown)).toEqual(
          rest.map(({ text }) => (JSON.parse(text) as { event_data?: unknown }).event_data ?? null),
        );
      }),
      runs,
    );
  });

  it('makes rows that no column refuses', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 10 }), async (events) => {
        expect((await transformed(packed(events))).flatMap(problemsOf)).toEqual([]);
      }),
      runs,
    );
  });

  it('as text in a record neither disappears nor harms the record beside it', async () => {
    const part = fc.oneof(
      fc.string(),
      value.map((one) => JSON.stringify(one)),
      fc.constantFrom(packed([{}]), '{"a":', '"', '\n{', '}'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part), async (parts) => {
        const batch = firehoseBatch(parts.join(''), packed([anEvent()]));
        const { records } = await aTransform()(batch);
        const [first, second, ...others] = records;
        expect([second?.result, others]).toEqual(['Ok', []]);
        const isFailed = first?.result === 'ProcessingFailed' && first.data === batch.records[0]?.data;
        const isKept = first?.result === 'Ok' && rowsOf(first).length > 0;
        expect([isFailed, isKept]).toContain(true);
      }),
      runs,
    );
  });
});
