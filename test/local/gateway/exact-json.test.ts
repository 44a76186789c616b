import { assert, constantFrom, json, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactText, InvalidJson, parseExactJson, plainValue } from '../../../local/gateway/exact-json.ts';
import { evaluateJsonPath } from '../../../local/gateway/json-path.ts';

describe('exact JSON', () => {
  it('keeps every token as it was written, without the space between', () => {
    const text =
      ' { "a" : [ 12345678901234567890 , 1.10, -0, 1E400 ] , "b" : "\\u00e9\\/ é" , "c" : { } , "d" : [ ] } ';
    expect(exactText(parseExactJson(text))).toBe(
      '{"a":[12345678901234567890,1.10,-0,1E400],"b":"\\u00e9\\/ é","c":{},"d":[]}',
    );
  });

  it('lets the last of duplicate keys stand, however they are written', () => {
    expect(exactText(parseExactJson('{"a":1,"b":2,"\\u0061":3}'))).toBe('{"a":3,"b":2}');
  });

  it('reads what JSON.parse reads, to the same value', () => {
    assert(
      property(json(), constantFrom(undefined, 2), (one, indent) => {
        const text = JSON.stringify(JSON.parse(one), null, indent);
        expect(JSON.parse(exactText(parseExactJson(text)))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('refuses what JSON.parse refuses', () => {
    assert(
      property(string({ unit: constantFrom(...'{}[]",:0123.-+eEtrufalsn \\\n\u0001') }), (text) => {
        expect(succeeds(() => parseExactJson(text))).toBe(succeeds(() => JSON.parse(text) as unknown));
      }),
      { numRuns: 3000 },
    );
  });

  it('refuses what is nested too deep instead of overflowing', () => {
    expect(exactText(parseExactJson(nested(1000)))).toBe(nested(1000));
    expect(() => parseExactJson(nested(1002))).toThrow(InvalidJson);
    expect(() => parseExactJson('['.repeat(1_000_000))).toThrow('nested deeper than 1000 levels');
  });

  it('reads a string of megabytes', () => {
    const text = JSON.stringify('"\\x'.repeat(2_000_000));
    expect(exactText(parseExactJson(text))).toBe(text);
  });

  it('quotes nothing of the document in its errors', () => {
    expect(() => parseExactJson('{"secret": oops}')).toThrow('not JSON at character 11');
  });

  it('gives templates numbers that they print as they were written', () => {
    const value = plainValue(parseExactJson('[1, 1.50, 12345678901234567890]')) as unknown[];
    expect(value.map(String)).toEqual(['1', '1.50', '12345678901234567890']);
  });

  it('makes a member named __proto__ a member', () => {
    const value = plainValue(parseExactJson('{"__proto__":{"polluted":true}}')) as Record<string, unknown>;
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(value['polluted']).toBeUndefined();
  });
});

describe('JSONPath', () => {
  const tree = parseExactJson('{"events":[{"id":1},{"id":2},{"no":3}],"a b":{"c":null},"list":[[1],[2]]}');

  it.each([
    ['$', undefined],
    ['$.events[1].id', '2'],
    ["$['a b'].c", 'null'],
    ['$["a b"]', '{"c":null}'],
    ['$.events[*].id', '[1,2]'],
    ['$.list[*]', '[[1],[2]]'],
    ['$.list[0]', '[1]'],
    ['$.*.c', '[null]'],
  ])('%s', (path, expected) => {
    const node = evaluateJsonPath(tree, path);
    expect(node === undefined ? undefined : exactText(node)).toBe(expected ?? exactText(tree));
  });

  it.each(['$.nothing', '$.events[9]', '$.events.id', "$['a b'].c.d"])('%s leads nowhere', (path) => {
    expect(evaluateJsonPath(tree, path)).toBeUndefined();
  });

  it.each(['events', '$..id', '$.events[?(@.id)]', '$.'])('says that it cannot evaluate %s', (path) => {
    expect(() => evaluateJsonPath(tree, path)).toThrow(path);
  });
});

function nested(levels: number): string {
  return `${'[{"a":'.repeat(levels / 2)}1${'}]'.repeat(levels / 2)}`;
}

function succeeds(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}
