import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elementsOf, endOfValue, memberOf } from '../../../business-logic/events-processing/json-source.ts';

const pretty = fc.tuple(fc.jsonValue(), fc.nat(2)).map(([value, indent]) => JSON.stringify(value, undefined, indent));

describe('a value in JSON text', () => {
  it('ends where it ends, whatever follows', () => {
    fc.assert(
      fc.property(pretty, fc.constantFrom('', ' ', ',', ']', '}', '\n{"x":1}', '"x"'), (text, rest) => {
        expect(endOfValue(text + rest, 0)).toBe(text.length);
      }),
    );
  });

  it.each(['{"a":1', '["x]', '"\\"', '"a\nb"', '{"a":"\u0001"}'])('has no end in %j', (text) => {
    expect(endOfValue(text, 0)).toBe(-1);
  });

  it('may be nested deeper than a stack is', () => {
    const deep = `${'['.repeat(500_000)}${']'.repeat(500_000)}`;
    expect(endOfValue(deep, 0)).toBe(1_000_000);
  });
});

describe('the elements of an array', () => {
  it('are its elements', () => {
    fc.assert(
      fc.property(fc.array(pretty), fc.constantFrom(',', ' , ', '\n,\t'), (texts, comma) => {
        const text = `[ ${texts.join(comma)} ]`;
        expect(elementsOf(text, 0).map(({ start, end }) => text.slice(start, end))).toEqual(texts);
      }),
    );
  });
});

describe('a member of an object', () => {
  it('is the last of its name', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b', '"', '\\', 'ä'), pretty)), (members) => {
        const text = `{ ${members.map(([name, value]) => `${JSON.stringify(name)} : ${value}`).join(' , ')} }`;
        const found = memberOf(text, 0, 'a');
        expect(found && text.slice(found.start, found.end)).toBe(members.findLast(([name]) => name === 'a')?.[1]);
      }),
    );
  });

  it('is found under an escaped name, and not inside another member', () => {
    const text = '{"x":{"a":1},"\\u0061":2,"b":"\\"a\\":3"}';
    expect(memberOf(text, 0, 'a')).toEqual({ start: text.indexOf('2'), end: text.indexOf('2') + 1 });
    expect(memberOf('{"x":{"a":1}}', 0, 'a')).toBeUndefined();
  });
});
