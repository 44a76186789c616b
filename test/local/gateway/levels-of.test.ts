import { expect, it } from 'vitest';
import { models } from '../../../lib/api/models.ts';
import { levelsOf } from '../../../local/gateway/levels-of.ts';

it.each([
  [{ type: 'string', maxLength: 3 }, 0],
  [{ type: 'object', required: ['a'] }, 1],
  [{ properties: { a: { items: { required: ['b'] } } } }, 3],
  [{ additionalProperties: { type: 'object' } }, 1],
  [{ additionalProperties: false }, 1],
  [{ items: { $ref: '#/components/schemas/EventBatch' } }, 3],
  [{ items: [{}] }, Infinity],
  [{ enum: [{ a: 1 }] }, Infinity],
  [{ $ref: '#/definitions/Other' }, Infinity],
  [{ $ref: '#/components/schemas/Endless' }, Infinity],
])('%j looks into %d levels', (schema, levels) => {
  const endless = { items: { $ref: '#/components/schemas/Endless' } };
  expect(levelsOf(schema, { ...models, Endless: endless })).toBe(levels);
});
