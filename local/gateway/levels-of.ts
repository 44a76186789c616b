/** Keywords that look at nothing below the value that they stand for. */
const flat = new Set([
  'type',
  'title',
  'description',
  'pattern',
  'format',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
]);
/** Keywords that look at the members of an array or object, not into them. */
const ofMembers = new Set(['required', 'minProperties', 'maxProperties', 'minItems', 'maxItems']);

const referenced = /^#\/components\/schemas\/([^/~%]+)$/;

/**
 * How many levels of arrays and objects a schema looks into: whatever lies deeper makes no difference to it. Infinite
 * where a schema refers to itself or uses a keyword that is not known here.
 */
export function levelsOf(
  schema: unknown,
  schemas: Readonly<Record<string, unknown>>,
  within: readonly string[] = [],
): number {
  if (typeof schema !== 'object' || schema === null) return 0;
  const below = (one: unknown): number => levelsOf(one, schemas, within);
  const levels = Object.entries(schema).map(([keyword, value]): number => {
    if (flat.has(keyword) || keyword.startsWith('x-')) return 0;
    if (ofMembers.has(keyword)) return 1;
    switch (keyword) {
      case '$ref': {
        const [, name] = referenced.exec(String(value)) ?? [];
        if (name === undefined || within.includes(name)) return Infinity;
        return levelsOf(schemas[name], schemas, [...within, name]);
      }
      case 'properties':
        return 1 + Math.max(0, ...Object.values(value as object).map(below));
      case 'items':
        return Array.isArray(value) ? Infinity : 1 + below(value);
      case 'additionalProperties':
        return 1 + below(value);
      default:
        return Infinity;
    }
  });
  return Math.max(0, ...levels);
}
