import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { findAmong } from '../../../business-logic/events-processing/declared-event.ts';
import { declaredEvents } from '../../../business-logic/events-processing/declared-events.ts';
import { envelopeErrors } from '../../../business-logic/events-processing/envelope-errors.ts';
import { envelopeErrorsBy, envelopeFields } from '../../../business-logic/events-processing/envelope.ts';
import type { CompiledValidators } from '../../../business-logic/events-processing/validators.ts';
import { declarationsOf } from '../../../lib/schemas/declarations.ts';
import type { EventSchemas } from '../../../lib/schemas/event-schema.ts';
import { readEventSchemas } from '../../../lib/schemas/read-event-schemas.ts';
import { validatorModule } from '../../../lib/schemas/validator-module.ts';
import { anEventSchema } from '../../support/event-folder.ts';

/** What lies below a folder of this name is run as it is. */
const folder = join(mkdtempSync(join(tmpdir(), 'validators-')), 'node_modules');
afterAll(() => rmSync(join(folder, '..'), { recursive: true }));

/** A schema of every keyword that a field may use, and patterns that RegExp would choke on. */
const strange = anEventSchema('strange', {
  evil: { type: 'string', pattern: '^(a+)+$' },
  kelvin: { type: 'string', pattern: '(?i:k)\\b', minLength: 2, maxLength: 4 },
  kind: { type: 'string', enum: ['a"b', "it's", 'schemaPath:"'] },
  amount: { type: 'number', minimum: 0, exclusiveMaximum: 10, multipleOf: 0.01 },
  tags: { type: 'array', items: { type: 'string', pattern: '^[a-z]$' }, uniqueItems: true, maxItems: 3, minItems: 1 },
  part: { type: 'object', properties: { pattern: { type: 'integer', minimum: 1, maximum: 2 } }, required: ['pattern'] },
  fixed: { type: 'string', const: 'x' },
});
const schemas: EventSchemas = { ...readEventSchemas('config/events'), strange: [strange] };

const source = validatorModule(schemas);
mkdirSync(folder);
const path = join(folder, 'event-validators.mjs');
writeFileSync(path, source);
const compiled = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as CompiledValidators;

const values = fc.oneof(
  fc.constantFrom<unknown>(
    'EUR',
    'a',
    'aaaa!',
    'K\u212a',
    'it\u2019s',
    "it's",
    'x',
    '',
    '\0',
    '\ud800',
    '2026-11-21T00:00:00Z',
  ),
  fc.constantFrom<unknown>(0, 1, 9.99, 9.999, 1e300, -1, true, null, [], ['a', 'a'], ['b', 'C'], {}, { pattern: 3 }),
  fc.string({ maxLength: 5 }),
  fc.jsonValue({ maxDepth: 1 }),
);
const someOf = (names: readonly string[]) =>
  fc.subarray([...names]).chain((chosen) => fc.record(Object.fromEntries(chosen.map((name) => [name, values]))));

describe('validators that were compiled before', () => {
  it('find the mistakes in event_data that those find which are compiled here, word for word', () => {
    const before = findAmong(declarationsOf(schemas), ({ $id: id }) => compiled.eventData[id]!);
    const here = declaredEvents(schemas);
    for (const [type, versions] of Object.entries(schemas)) {
      for (const { 'x-version': version, properties } of versions) {
        const left = before(type, version)!;
        const right = here(type, version)!;
        const told = ({ version: name, fields, isPersonal, personal, stamped, requiredEnvelope }: typeof left) => ({
          name,
          fields,
          isPersonal,
          personal,
          stamped,
          requiredEnvelope,
        });
        expect(told(left)).toEqual(told(right));
        fc.assert(
          fc.property(someOf(Object.keys(properties)), (data) => {
            expect(left.errorsOf(data)).toEqual(right.errorsOf(data));
          }),
          { numRuns: type === 'strange' ? 200 : 15 },
        );
      }
    }
  });

  it('find the mistakes in envelopes that those find which are compiled here, word for word', () => {
    const before = envelopeErrorsBy(compiled.envelope);
    const envelopes = fc.oneof(someOf([...envelopeFields]), values);
    fc.assert(
      fc.property(envelopes, (event) => {
        expect(before(event)).toEqual(envelopeErrors(event));
      }),
      { numRuns: 200 },
    );
  });

  it('answer a text made against a pattern at once', () => {
    const isValid = compiled.eventData[strange.$id]!;
    expect(isValid({ evil: `${'a'.repeat(100_000)}!` })).toBe(false);
  });

  it('are a module that imports nothing and holds no compiler', () => {
    expect(source).not.toMatch(/\bimport\b|Dynamic require/);
    expect(source).not.toMatch(/RE2JS|new Function/);
  });
});
