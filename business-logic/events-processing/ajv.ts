import type { CodeOptions } from 'ajv/dist/2020.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { ownKeywords } from '../../lib/schemas/event-schema.ts';
import { linearPatterns } from '../../lib/schemas/linear-patterns.ts';

/** What the envelope's schema is compiled with; its patterns are ours. */
export const envelopeAjv = (code: CodeOptions = {}): Ajv2020 =>
  new Ajv2020({ allErrors: true, allowUnionTypes: true, code });

/** What the schemas of `event_data` are compiled with; their patterns are anybody's. */
export const eventDataAjv = (code: CodeOptions = {}): Ajv2020 =>
  new Ajv2020({ allErrors: true, multipleOfPrecision: 2, code: { ...code, regExp: linearPatterns } }).addVocabulary([
    ...ownKeywords,
  ]);
