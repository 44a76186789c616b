import { describe, expect, it } from 'vitest';
import { declaredEvents } from '../../../business-logic/events-processing/declared-events.ts';
import { eventSchemaProblems } from '../../../lib/schemas/event-schema-problems.ts';
import { anEventSchema } from '../../support/event-folder.ts';

const place = { eventType: 'jump', version: undefined };
const jump = (properties: Readonly<Record<string, object>>) => anEventSchema('jump', properties);
const errorsOf = (properties: Readonly<Record<string, object>>, data: Readonly<Record<string, unknown>>) =>
  declaredEvents({ jump: [jump(properties)] })('jump', undefined)?.errorsOf(data);

describe('patterns of event schemas', () => {
  it.each(['^(a+)+$', '^(a|a)*$', '^(a|a){30}$', '^(a?){30}a{30}$', '\\s*\\s*$'])(
    '%s answers a text made against it at once',
    (pattern) => {
      const startedAt = performance.now();
      errorsOf({ name: { type: 'string', pattern } }, { name: `${'a'.repeat(5_000)}${' '.repeat(5_000)}!` });
      expect(performance.now() - startedAt).toBeLessThan(1_000);
    },
  );

  it.each(['^(?=a)b', '^(a)\\1$', 'a{0,2000}'])('%s cannot be had in such time and is refused', (pattern) => {
    const [problem, ...others] = eventSchemaProblems(jump({ name: { type: 'string', pattern } }), place);
    expect(problem).toMatch(/error parsing regexp/);
    expect(others).toEqual([]);
  });

  it('are told apart, and mean what JSON Schema means by them', () => {
    const fields = {
      code: { type: 'string', pattern: '^[A-Z]{3}$' },
      name: { type: 'string', pattern: '^[^\\p{Cc}\\p{Cs}]*$' },
      part: { type: 'string', pattern: 'b' },
    };
    expect(errorsOf(fields, { code: 'EUR', name: 'Ann 🦩', part: 'abc' })).toEqual([]);
    expect(errorsOf(fields, { code: 'EURO', name: 'a\ud800', part: 'ac' })).toHaveLength(3);
    expect(errorsOf(fields, { code: 'EUR\n', name: 'a\u0000', part: 'B' })).toHaveLength(3);
  });
});

describe('uniqueItems', () => {
  it('needs a bound, however deep it stands', () => {
    const inner = { type: 'object', properties: { list: { type: 'array', uniqueItems: true } } };
    expect(eventSchemaProblems(jump({ parts: { type: 'array', items: inner } }), place)).toEqual([
      'properties.parts.items.properties.list has uniqueItems and needs a maxItems of at most 1000',
    ]);
    expect(eventSchemaProblems(jump({ tags: { type: 'array', uniqueItems: true, maxItems: 100 } }), place)).toEqual([]);
  });
});
