import type { CodeKeywordDefinition, CodeOptions } from 'ajv/dist/2020.js';
import { _, Ajv2020 } from 'ajv/dist/2020.js';
import { ownKeywords } from '../../lib/schemas/event-schema.ts';
import { linearPatterns } from '../../lib/schemas/linear-patterns.ts';

/** What the envelope's schema is compiled with; its patterns are ours. */
export const envelopeAjv = (code: CodeOptions = {}): Ajv2020 =>
  countingLate(new Ajv2020({ allErrors: true, allowUnionTypes: true, code }));

/** What the schemas of `event_data` are compiled with; their patterns are anybody's. */
export const eventDataAjv = (code: CodeOptions = {}): Ajv2020 =>
  countingLate(
    new Ajv2020({ allErrors: true, multipleOfPrecision: 2, code: { ...code, regExp: linearPatterns } }).addVocabulary([
      ...ownKeywords,
    ]),
  );

/** Characters are counted only of strings with more UTF-16 units than they may have characters: no other has too many. */
function countingLate(ajv: Ajv2020): Ajv2020 {
  const maxLength = ajv.getKeyword('maxLength') as CodeKeywordDefinition;
  return ajv.removeKeyword('maxLength').addKeyword({
    ...maxLength,
    keyword: 'maxLength',
    // Errors come in the order of keywords.
    before: 'minLength',
    code(context) {
      const { data, gen, schemaCode } = context;
      gen.if(_`${data}.length > ${schemaCode}`, () => maxLength.code(context));
    },
  });
}
