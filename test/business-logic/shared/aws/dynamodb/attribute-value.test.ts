import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AttributeMap,
  type Attributes,
  fromAttributeMap,
  toAttributeMap,
} from '../../../../../business-logic/shared/aws/dynamodb/attribute-value.ts';

/** The SDK loses an attribute of the one name left out here. */
const name = fc.string().filter((text) => text !== '__proto__');

const { item } = fc.letrec((tie) => ({
  leaf: fc.oneof(
    fc.string(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }).map((value) => value + 0),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ minLength: 1, maxLength: 20 }),
    fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 4 }).map((members) => new Set(members)),
    fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 4 }).map((members) => new Set(members)),
  ),
  value: fc.oneof({ maxDepth: 3 }, tie('leaf'), fc.array(tie('value'), { maxLength: 4 }), tie('item')),
  item: fc.dictionary(name, tie('value'), { maxKeys: 5, noNullPrototype: true }),
}));

/** The protocol's JSON, from what the SDK makes. */
const onWire = (map: unknown): unknown =>
  JSON.parse(
    JSON.stringify(map, (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
    ),
  );

describe('attributes', () => {
  it('are written as the SDK writes them, and read back as they were', () => {
    fc.assert(
      fc.property(item, (given) => {
        const attributes = given as Attributes;
        const written = toAttributeMap(attributes);
        expect(onWire(written)).toEqual(onWire(marshall(attributes)));
        expect(fromAttributeMap(JSON.parse(JSON.stringify(written)) as AttributeMap)).toEqual(
          unmarshall(marshall(attributes)),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('may have any name', () => {
    const map = JSON.parse('{"__proto__":{"M":{"__proto__":{"S":"x"}}}}') as AttributeMap;
    const attributes = fromAttributeMap(map);
    expect(JSON.stringify(attributes)).toBe('{"__proto__":{"__proto__":"x"}}');
    expect(JSON.stringify(toAttributeMap(attributes))).toBe(JSON.stringify(map));
  });

  it('leave out what is undefined', () => {
    expect(toAttributeMap({ a: undefined, b: { c: undefined }, d: [1, undefined] })).toEqual({
      b: { M: {} },
      d: { L: [{ N: '1' }] },
    });
  });

  it.each([
    [Number.NaN, /NaN is not a number that is stored/],
    [2 ** 60, /give a bigint or a text/],
    [new Set(), /an empty set/],
    [new Set([1, 'a']), /only one of them/],
    [new Date(0), /no attribute holds a Date/],
    [() => 1, /no attribute holds a function/],
  ])('refuse %s, which would be stored as something else', (value, message) => {
    expect(() => toAttributeMap({ value })).toThrow(message);
  });

  it('refuse a number that JavaScript would change', () => {
    expect(() => fromAttributeMap({ n: { N: '12345678901234567890' } })).toThrow(/does not hold exactly/);
    expect(toAttributeMap({ n: 12345678901234567890n })).toEqual({ n: { N: '12345678901234567890' } });
  });
});
