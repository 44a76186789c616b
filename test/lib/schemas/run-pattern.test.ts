import * as fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { patternProgram } from '../../../lib/schemas/pattern-program.ts';
import { runPattern } from '../../../lib/schemas/run-pattern.ts';
import { readEventSchemas } from '../../../lib/schemas/read-event-schemas.ts';

const matcher = (pattern: string) => runPattern(patternProgram(pattern));

/** Texts of what patterns are likely to tell apart: cases, words, lines, surrogates with and without a partner. */
const characters = [
  'a',
  'A',
  'b',
  'k',
  'K',
  '\u212a',
  '_',
  '0',
  '9',
  ' ',
  '-',
  '\n',
  '\0',
  'é',
  '🦩',
  '\ud800',
  '\udfff',
];
const texts = fc.array(fc.constantFrom(...characters), { maxLength: 8 }).map((parts) => parts.join(''));

const { pattern: patterns } = fc.letrec<{ pattern: string; atom: string }>((tie) => ({
  atom: fc.oneof(
    fc.constantFrom('a', 'A', 'k', '0', '_', 'é', '🦩', '.', '(?s:.)', '\\d', '\\W', '\\p{L}', '\\P{Lu}', '\\p{Cs}'),
    fc.constantFrom(
      '[^\\p{Cc}\\p{Cs}]',
      '[a-k]',
      '[^a\\n]',
      '(?i:k)',
      '(?i:[a-b])',
      '^',
      '$',
      '\\b',
      '\\B',
      '(?m:^)',
      '(?m:$)',
      '\\z',
    ),
    tie('pattern').map((inner) => `(?:${inner})`),
  ),
  pattern: fc.oneof(
    { maxDepth: 4 },
    tie('atom'),
    fc
      .tuple(tie('atom'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '*?'))
      .map((parts) => `(?:${parts[0]})${parts[1]}`),
    fc.tuple(tie('pattern'), tie('pattern')).map((parts) => parts.join('')),
    fc.tuple(tie('pattern'), tie('pattern')).map((parts) => parts.join('|')),
  ),
}));

describe('a pattern', () => {
  it('finds what RE2 finds, whatever the pattern and the text', () => {
    fc.assert(
      fc.property(patterns, fc.array(texts, { minLength: 5, maxLength: 5 }), (pattern, some) => {
        const isFound = matcher(pattern);
        const reference = RE2JS.compile(pattern);
        for (const text of some) expect([text, isFound(text)]).toEqual([text, reference.matcher(text).find()]);
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    ...new Set(
      Object.values(readEventSchemas('config/events')).flatMap((versions) =>
        versions.flatMap(({ properties }) =>
          Object.values(properties).flatMap(({ pattern }) => (typeof pattern === 'string' ? [pattern] : [])),
        ),
      ),
    ),
  ])('of the declared events, %s, finds what RegExp finds', (pattern) => {
    const isFound = matcher(pattern);
    const reference = new RegExp(pattern, 'u');
    const near = [
      '2024-02-29T23:59:59.123456Z',
      '2023-02-29T00:00:00Z',
      '1999-12-31T24:00:00Z',
      'EUR',
      'eur',
      'DE',
      'g-1.x_y',
    ];
    const mutated = fc.tuple(fc.constantFrom(...near), fc.nat(30), fc.constantFrom('', ...characters));
    fc.assert(
      fc.property(mutated, ([text, at, character]) => {
        for (const one of [text, text.slice(0, at) + character + text.slice(at + 1)]) {
          expect([one, isFound(one)]).toEqual([one, reference.test(one)]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('with more states than are remembered is matched all the same', () => {
    const isFound = matcher('(?:a|b)*a(?:a|b){12}$');
    const text = Array.from({ length: 20_000 }, (_, at) => ((at * 2_654_435_761) % 97 < 48 ? 'a' : 'b')).join('');
    for (const ending of [`a${'b'.repeat(12)}`, `b${'a'.repeat(12)}`]) {
      expect(isFound(text + ending)).toBe(ending.startsWith('a'));
    }
  });

  it('survives JSON, in which a bundle holds it', () => {
    const program = patternProgram('^(?i:k)+\\B-$');
    const isFound = runPattern(JSON.parse(JSON.stringify(program)) as typeof program);
    expect(['kK\u212a-', 'kKk-'].map(isFound)).toEqual([true, false]);
  });

  it('with look-behind is refused', () => {
    expect(() => patternProgram('(?<=a)b')).toThrow(/\(\?</);
  });
});
