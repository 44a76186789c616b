import { describe, expect, it } from 'vitest';
import { decimalPlaces } from '../../../lib/schemas/column-type.ts';
import { eventColumns } from '../../../lib/schemas/event-columns.ts';
import type { EventSchema } from '../../../lib/schemas/event-schema.ts';
import { anEventSchema } from '../../support/event-folder.ts';

const whole = { type: 'integer', minimum: 0, maximum: 9 };
const jump = (properties: Readonly<Record<string, object>>, changes = {}) => anEventSchema('jump', properties, changes);
const columnsOf = (...schemas: readonly EventSchema[]) => eventColumns({ jump: schemas });

describe('eventColumns', () => {
  it.each<[string, object, string]>([
    ['text', { type: 'string' }, 'string'],
    ['a whole number', whole, 'bigint'],
    ['a number', { type: 'number' }, 'double'],
    ['a number in steps', { type: 'number', multipleOf: 0.0001 }, 'decimal(18,4)'],
    ['a number in whole steps', { type: 'number', multipleOf: 5 }, 'decimal(18,0)'],
    ['a number in small steps', { type: 'number', multipleOf: 1e-9 }, 'decimal(18,9)'],
    ['a whole number in steps', { ...whole, multipleOf: 3 }, 'bigint'],
    ['yes or no', { type: 'boolean' }, 'boolean'],
    ['an object, as JSON text', { type: 'object' }, 'string'],
    ['an array, as JSON text', { type: 'array' }, 'string'],
  ])('gives %s the column that holds it', (_what, field, type) => {
    expect(columnsOf(jump({ it: field }))).toEqual([
      { name: 'it', type, comment: 'What it means.', eventTypes: ['jump'] },
    ]);
  });

  it('counts the places of a step however it is written', () => {
    expect([0.01, 1e-7, 2.5e-8, 0.125, 1, 20, 1e21].map(decimalPlaces)).toEqual([2, 7, 9, 3, 0, 0, 0]);
  });

  it('names every type that declares a field, in any version, each once and sorted', () => {
    const field = { height: whole };
    const [column] = eventColumns({
      jump: [anEventSchema('jump', {}, { 'x-version': '2.0.0' }), jump(field)],
      fall: [anEventSchema('fall', field, { 'x-version': '2.0.0' }), anEventSchema('fall', field)],
      rest: [anEventSchema('rest', { hours: whole })],
    });
    expect(column).toMatchObject({ name: 'height', eventTypes: ['fall', 'jump'] });
  });

  it('puts recorded columns first, in their order, and new ones behind, by name', () => {
    const schemas = { jump: [jump({ a: whole, b: whole, c: whole, d: whole })] };
    const record = ['d', 'b'].map((name) => ({ name, type: 'bigint' as const }));
    expect(eventColumns(schemas, record).map(({ name }) => name)).toEqual(['d', 'b', 'a', 'c']);
  });

  it('keeps a comment to what the catalog takes: one line of 255 characters', () => {
    const [short, long] = columnsOf(
      jump({
        a: { type: 'string', description: ' Two\n lines,\ttabs ' },
        b: { type: 'string', description: '🎮'.repeat(300) },
      }),
    );
    expect(short?.comment).toBe('Two lines, tabs');
    expect([...long!.comment]).toHaveLength(255);
    expect(long?.comment).toMatch(/🎮…$/u);
  });

  it.each<[string, Readonly<Record<string, object>>, RegExp]>([
    [
      'a field that no schema declares any more',
      { other: whole },
      /height is a column \(bigint\) in config\/event-columns\.json, and no schema in config\/events declares it[^]*config\/events\/<event_type>\/<version>\.json/,
    ],
    [
      'a field of another type',
      { height: { type: 'number' } },
      /height is bigint in config\/event-columns\.json and double in playlake:jump:1\.0\.0[^]*a new name/,
    ],
    [
      'a field with other places',
      { height: { type: 'number', multipleOf: 0.1 } },
      /height is bigint in config\/event-columns\.json and decimal\(18,1\) in playlake:jump:1\.0\.0/,
    ],
  ])('refuses %s, and says the way out', (_what, properties, problem) => {
    expect(() => eventColumns({ jump: [jump(properties)] }, [{ name: 'height', type: 'bigint' }])).toThrow(problem);
  });

  it('keeps the column of a field that only an older version declares', () => {
    const newest = jump({}, { 'x-version': '2.0.0' });
    const columns = eventColumns({ jump: [newest, jump({ height: whole })] }, [{ name: 'height', type: 'bigint' }]);
    expect(columns).toMatchObject([{ name: 'height', eventTypes: ['jump'] }]);
  });

  it('tells of every column that does not fit', () => {
    const record = [
      { name: 'height', type: 'bigint' as const },
      { name: 'speed', type: 'double' as const },
    ];
    expect(() => eventColumns({ jump: [jump({ speed: whole })] }, record)).toThrow(/height[^]*speed/);
  });
});
