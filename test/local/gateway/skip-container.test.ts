import { assert, constantFrom, json, property, string, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactText, opened, parseExactJson, plainValue, type JsonNode } from '../../../local/gateway/exact-json.ts';
import { evaluateJsonPath } from '../../../local/gateway/json-path.ts';
import { JsonBody } from '../../../local/gateway/json-body.ts';
import { skipContainer, withoutSpace } from '../../../local/gateway/skip-container.ts';

/** The exact text, or that there is none. */
function read(text: string, levels?: number): string | undefined {
  let tree: JsonNode;
  try {
    tree = parseExactJson(text, levels === undefined ? undefined : { bytes: Buffer.from(text), levels });
  } catch {
    return undefined;
  }
  return exactText(tree);
}

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

describe('skipContainer', () => {
  it('lets the parser read the same from whatever is JSON', () => {
    assert(
      property(json(), constantFrom(undefined, 1, '\t'), constantFrom(0, 1, 2), (one, indent, levels) => {
        const text = JSON.stringify(JSON.parse(one), null, indent);
        expect(read(text, levels)).toBe(read(text));
        expect(JSON.stringify(plainValue(parseExactJson(text, { bytes: Buffer.from(text), levels })))).toBe(
          JSON.stringify(plainValue(parseExactJson(text))),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('lets the parser refuse whatever is not', () => {
    const token = constantFrom(...'{}[]",:0123.-+eEtrufalsn \\\n\u0001', '"a":', '"b"', 'true', 'null', '\\u00', '1.5');
    assert(
      property(
        string({ unit: token }),
        tuple(constantFrom('[', '{"a":', '[[', '[{"a":'), constantFrom(']', '}', ']]', '}]')),
        (text, [open, close]) => {
          expect(read(open + text + close, 0)).toBe(read(open + text + close));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['[1, {"a" : [ ]}]!', '[1,{"a":[]}]', 16],
    ['{"a":"x y\\" z","b":[-0.5e+7,null]}', '{"a":"x y\\" z","b":[-0.5e+7,null]}', 34],
    ['["ä 😀" , "\\u00e4"]', '["ä 😀","\\u00e4"]', 22],
  ])('reads over %s', (text, compact, end) => {
    const bytes = Buffer.from(text);
    expect(skipContainer(bytes, 0, 1000)).toEqual({ end, isSpaced: compact !== text });
    expect(withoutSpace(bytes, 0, end)).toBe(compact);
  });

  it.each([
    ['a key twice', '{"a":1,"a":2}'],
    ['a key twice, spelled otherwise', '{"a":1,"\\u0061":2}'],
    ['a key twice, deep within', '[{"b":[{"a":1,"c":2,"a":3}]}]'],
    ['two keys of one hash', '{"Aa":1,"BB":2}'],
    ['very many keys', JSON.stringify(Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`k${n}`, n])))],
  ])('leaves %s to the parser, which reads it as ever', (_, text) => {
    expect(skipContainer(Buffer.from(text), 0, 1000)).toBeUndefined();
    expect(read(text, 0)).toBe(read(text));
  });

  it('goes as deep as the parser does, and no deeper', () => {
    expect(read(nested(1000), 2)).toBe(nested(1000));
    expect(read(nested(1001), 2)).toBeUndefined();
    expect(read('['.repeat(1_000_000), 2)).toBeUndefined();
  });

  it('keeps a repeated key of one event from the others', () => {
    expect(read('{"events":[{"a":1},{"a":1,"a":2},{"a":[{"b":3}]}]}', 2)).toBe(
      '{"events":[{"a":1},{"a":2},{"a":[{"b":3}]}]}',
    );
  });
});

describe('what stayed text', () => {
  const { tree } = new JsonBody(Buffer.from('{"events":[{"id":{"x":[1.0]}}]}'));

  it('is parsed where a path leads into it', () => {
    expect(evaluateJsonPath(tree, '$.events[0].id.x[0]')).toBe('1.0');
    expect(evaluateJsonPath(tree, '$.events[0]')).toBe('{"id":{"x":[1.0]}}');
    expect(exactText(evaluateJsonPath(tree, '$.events[*].id')!)).toBe('[{"x":[1.0]}]');
  });

  it('is what was sent, in whatever script', () => {
    const text = '{"ключ":"значение","events":[{"a":"ä😀"},{"b":["日本"]},{"a":{"c":"é","c":1}}],"z":["ü"]}';
    expect(exactText(new JsonBody(Buffer.from(text)).tree)).toBe(text.replace('"c":"é","c":1', '"c":1'));
  });

  it('is read as ever where bytes are no UTF-8, by which two keys become one', () => {
    const body = new JsonBody(Buffer.from('{"a":{"b":{"\xff":1,"\xfe":2}}}', 'latin1'));
    expect(exactText(body.tree)).toBe('{"a":{"b":{"\ufffd":2}}}');
  });

  it('opens to a tree; text does not', () => {
    expect(opened('[1]')).toEqual(['1']);
    expect(opened('"[1]"')).toBe('"[1]"');
  });
});
