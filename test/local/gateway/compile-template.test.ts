import { readdirSync, readFileSync } from 'node:fs';
import { assert, array, constantFrom, property, tuple, type Arbitrary } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileTemplate, interpretTemplate, type CompiledTemplate } from '../../../local/gateway/compile-template.ts';
import { ExactNumber } from '../../../local/gateway/exact-json.ts';

/** Values of every kind that a template meets. */
const variables = (): Record<string, unknown> => ({
  a: 'text',
  b: 5,
  c: new ExactNumber('2.50'),
  d: ['x', ['y', null], { k: true }],
  e: { k: 'v', 'a b': 1, deep: { er: [1, 2] } },
  f: null,
  g: '',
  // Says itself how it looks: velocityjs leaves a function `eval` in whatever a method was called on.
  h: { upper: (text: unknown) => String(text).toUpperCase(), nothing: () => undefined, toString: () => 'helper' },
});

/** What a template makes of the variables, and what it makes of them besides. */
function rendered(template: CompiledTemplate): unknown {
  const used = variables();
  try {
    return {
      text: template(used),
      used: JSON.stringify(used),
    };
  } catch (error) {
    return { failed: (error as Error).name };
  }
}

const both = (template: string) => ({
  compiled: rendered(compileTemplate(template) ?? expect.fail(`${template} is not compiled`)),
  interpreted: rendered(interpretTemplate(template)),
});

const name = constantFrom(...'abcdefghxy');
const path = constantFrom(
  '',
  '.k',
  '.deep.er',
  '.deep.no.more',
  "['a b']",
  '[0]',
  '[1][0]',
  '.length()',
  ".indexOf('x')",
  '.substring(1)',
  '.substring(1, 3)',
  ".contains('e')",
  ".upper('q')",
  '.upper($a)',
  '.nothing()',
  '.missing()',
  '.missing().more',
  ".replaceAll('[et]', 'z')",
);
const leader = constantFrom('$', '$!');
const bare = tuple(leader, name, path).map((parts) => parts.join(''));
const wrapped = tuple(leader, name, path).map(([sign, id, rest]) => `${sign}{${id}${rest}}`);
const reference = constantFrom(bare, wrapped).chain((one) => one);
const word = constantFrom('word', ' ', ', ', '\n', '"', '\\', '/', '{', '1', '$ ', '$5', 'ü😀');
const quoted = array(
  constantFrom<Arbitrary<string>>(reference, constantFrom('word', ' ', ',', "'", '{', 'é')).chain((one) => one),
  {
    maxLength: 4,
  },
).map((parts) => `"${parts.join('')}"`);
const literal = constantFrom<Arbitrary<string>>(
  constantFrom("'$a'", "''", '1', '-2', '2.5', 'true', 'false', '[1, $b]', "['x']"),
  tuple(constantFrom('$'), name, path).map((parts) => parts.join('')),
  quoted,
).chain((one) => one);
const operator = constantFrom('==', '!=', '<', '>', '<=', '>=', '+', '-', '*', '&&', '||');
const condition = constantFrom<Arbitrary<string>>(
  literal,
  literal.map((one) => `!${one}`),
  tuple(literal, operator, literal).map((parts) => parts.join(' ')),
  tuple(literal, operator, literal, operator, literal).map(
    ([a, first, b, second, c]) => `(${a} ${first} ${b}) ${second} ${c}`,
  ),
).chain((one) => one);
const target = tuple(name, constantFrom('', '.k', ".new['key']", '.deep.er', '.deep.other')).map((parts) =>
  parts.join(''),
);
const set = tuple(target, condition).map(([to, value]) => `#set($${to} = ${value})`);
const simple = constantFrom<Arbitrary<string>>(
  reference,
  word,
  set,
  constantFrom('## a comment\n', '#* another *#'),
).chain((one) => one);
const inner = array(simple, { maxLength: 3 }).map((parts) => parts.join(''));
const choice = tuple(condition, inner, condition, inner, inner).map(
  ([first, one, second, two, three]) => `#if(${first})\n${one}#elseif(${second})${two}#else${three}#end\n`,
);
const template = array(
  constantFrom<Arbitrary<string>>(simple, choice).chain((one) => one),
  { maxLength: 6 },
).map((parts) => parts.join(''));

describe('a compiled template', () => {
  it('gives what velocityjs gives, and sets what it sets', () => {
    let compiledOnes = 0;
    assert(
      property(template, (text) => {
        const compiled = compileTemplate(text);
        if (compiled === undefined) return;
        compiledOnes += 1;
        expect(rendered(compiled)).toEqual(rendered(interpretTemplate(text)));
      }),
      { numRuns: 400 },
    );
    expect(compiledOnes).toBeGreaterThan(150);
  });

  it.each([
    '#set($a.b.c = 1)$a',
    "#set($new['k'] = 'v')$new.k",
    '#set($e.deep.er = $d)$e $d',
    '$c $f $!f $nothing $!nothing ${a}b',
    '#if($f)no#elseif($g)no#{else}yes#end',
    '#set($r = "$h.upper(\'$a\')|$c")$r',
  ])('renders %s as velocityjs does', (text) => {
    const { compiled, interpreted } = both(text);
    expect(compiled).toEqual(interpreted);
  });

  it('is made of every template of the API', () => {
    const folder = 'lib/api';
    const files = readdirSync(folder).filter((file) => file.endsWith('.vtl'));
    expect(files.length).toBeGreaterThan(3);
    const interpreted = files.filter((file) => !compileTemplate(readFileSync(`${folder}/${file}`, 'utf8')));
    expect(interpreted).toEqual([]);
  });

  it.each([
    '#foreach($x in $d)$x#end',
    '#macro(m $x)$x#end#m(1)',
    '#define($x)y#end$x',
    '$e.keySet()',
    '$a.isEmpty()',
    '$e.constructor.name',
    '$e.__proto__.x',
    '$d[$b]',
    '#set($x = {"a": 1})',
    '#set($x = [1..3])',
    '#if(',
  ])('is not made of %s', (text) => {
    expect(compileTemplate(text)).toBeUndefined();
  });
});
