import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readEventSchemas } from '../../../lib/schemas/read-event-schemas.ts';

const folders: string[] = [];

/** A folder with these files; values are written as JSON, text as it stands. */
function aFolder(files: Readonly<Record<string, unknown>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'playlake-schemas-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const score = { type: 'integer', description: 'Points', minimum: 0, maximum: 100 };
const aSchema = (type: string, version: string, changes: Readonly<Record<string, unknown>> = {}) => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: `playlake:${type}:${version}`,
  title: 'Jump',
  description: 'A player jumped.',
  'x-version': version,
  type: 'object',
  properties: { score },
  ...changes,
});

const versionsOf = (folder: string, type: string) =>
  readEventSchemas(folder)[type]?.map((schema) => schema['x-version']);

describe('readEventSchemas', () => {
  it('reads every type with its versions, the newest first and by number', () => {
    const folder = aFolder({
      'jump.json': aSchema('jump', '2.0.0'),
      'jump/1.9.0.json': aSchema('jump', '1.9.0'),
      'jump/1.10.0.json': aSchema('jump', '1.10.0'),
      'fall.json': aSchema('fall', '1.0.0'),
      'readme.txt': 'not a schema',
    });
    expect(Object.keys(readEventSchemas(folder))).toEqual(['fall', 'jump']);
    expect(versionsOf(folder, 'jump')).toEqual(['2.0.0', '1.10.0', '1.9.0']);
    expect(versionsOf(folder, 'fall')).toEqual(['1.0.0']);
  });

  it('reads roles, personal fields and what a schema says besides', () => {
    const properties = {
      name: { type: 'string', description: 'Name', 'x-pii': true, 'x-digest': 'name_digest', maxLength: 9 },
      name_digest: { type: 'string', description: 'Digest of name', 'x-stamped': true },
    };
    const rest = { properties, 'x-roles': ['server'], 'x-required-envelope': ['player_id'] };
    const folder = aFolder({ 'jump.json': aSchema('jump', '1.0.0', rest) });
    expect(readEventSchemas(folder).jump?.[0]).toMatchObject(rest);
  });

  const field = (changes: object) => ({ properties: { score: { ...score, ...changes } } });
  const personal = (
    fields: Readonly<Record<string, object>>,
    more: object = { 'x-required-envelope': ['player_id'] },
  ) => ({
    'jump.json': aSchema('jump', '1.0.0', {
      properties: Object.fromEntries(
        Object.entries(fields).map(([name, it]) => [name, { type: 'string', description: 'What it is', ...it }]),
      ),
      ...more,
    }),
  });
  const name = { 'x-pii': true, 'x-digest': 'digest' };
  const digest = { 'x-stamped': true };
  const refused: readonly [string, Readonly<Record<string, unknown>>, RegExp][] = [
    ['no JSON', { 'jump.json': '{"a":' }, /jump\.json: .*JSON/],
    ['no object', { 'jump.json': [] }, /jump\.json: the file/],
    ['another draft', { 'jump.json': aSchema('jump', '1.0.0', { $schema: 'x' }) }, /\$schema/],
    ["another type's name", { 'jump.json': aSchema('fall', '1.0.0') }, /must be playlake:jump:1\.0\.0/],
    ['an $id of another version', { 'jump.json': aSchema('jump', '1.0.0', { 'x-version': '1.1.0' }) }, /\$id/],
    ['no version', { 'jump.json': aSchema('jump', '1.0.0', { 'x-version': undefined }) }, /x-version/],
    ['a version that is none', { 'jump.json': aSchema('jump', 'v1') }, /x-version/],
    ['no description', { 'jump.json': aSchema('jump', '1.0.0', { description: ' ' }) }, /description/],
    [
      'a field without description',
      { 'jump.json': aSchema('jump', '1.0.0', field({ description: undefined })) },
      /score\.description/,
    ],
    ['a field of unknown type', { 'jump.json': aSchema('jump', '1.0.0', field({ type: 'date' })) }, /score\.type/],
    [
      'a field of two types',
      { 'jump.json': aSchema('jump', '1.0.0', field({ type: ['string', 'null'] })) },
      /properties\.score\.type: is \["string","null"\]; a field has one type/,
    ],
    [
      'an integer without bounds',
      { 'jump.json': aSchema('jump', '1.0.0', field({ maximum: undefined })) },
      /minimum and a maximum/,
    ],
    [
      'steps without bounds',
      { 'jump.json': aSchema('jump', '1.0.0', field({ type: 'number', multipleOf: 0.01, maximum: undefined })) },
      /jump\.json: score has a multipleOf and needs a minimum and a maximum: its column is a decimal\(18,2\)/,
    ],
    [
      'steps whose bounds do not fit',
      { 'jump.json': aSchema('jump', '1.0.0', field({ type: 'number', multipleOf: 0.0001, maximum: 1e14 })) },
      /score has bounds that do not fit: its column is a decimal\(18,4\), which holds less than 100000000000000/,
    ],
    [
      'steps that are too small',
      { 'jump.json': aSchema('jump', '1.0.0', field({ type: 'number', multipleOf: 1e-19 })) },
      /score has too many places/,
    ],
    ...['$ref', 'allOf', 'anyOf', 'oneOf', 'if'].map((keyword): [string, Readonly<Record<string, unknown>>, RegExp] => [
      `a field with ${keyword}`,
      { 'jump.json': aSchema('jump', '1.0.0', { properties: { score: { [keyword]: [{ type: 'integer' }] } } }) },
      new RegExp(`jump\\.json: properties\\.score: \\${keyword} is not supported: the field's column has the one type`),
    ]),
    ...['allOf', 'oneOf', 'patternProperties', 'dependentSchemas', 'unevaluatedProperties'].map(
      (keyword): [string, Readonly<Record<string, unknown>>, RegExp] => [
        `fields that ${keyword} declares`,
        { 'jump.json': aSchema('jump', '1.0.0', { [keyword]: {} }) },
        new RegExp(`jump\\.json: ${keyword} is not supported: every field stands in properties`),
      ],
    ),
    [
      'a bound of a text',
      { 'jump.json': aSchema('jump', '1.0.0', field({ type: 'string' })) },
      /jump\.json: .*"m(ax|in)imum"/,
    ],
    ['a bound that is no number', { 'jump.json': aSchema('jump', '1.0.0', field({ multipleOf: 'x' })) }, /multipleOf/],
    ['an unknown keyword', { 'jump.json': aSchema('jump', '1.0.0', field({ minimun: 1 })) }, /minimun/],
    [
      'a pattern that is none',
      {
        'jump.json': aSchema('jump', '1.0.0', {
          properties: { a: { type: 'string', description: 'A', pattern: '(' } },
        }),
      },
      /jump\.json/,
    ],
    [
      'a field that is no column name',
      { 'jump.json': aSchema('jump', '1.0.0', { properties: { Score: score } }) },
      /properties\.Score is no name of a column/,
    ],
    [
      'a field that every event has',
      { 'jump.json': aSchema('jump', '1.0.0', { properties: { player_id: { type: 'string', description: 'x' } } }) },
      /jump\.json: player_id is a column of every event already \(lib\/schemas\/raw-events\.ts\)/,
    ],
    [
      'a field named like a partition key',
      { 'jump.json': aSchema('jump', '1.0.0', { properties: { event_date: { type: 'string', description: 'x' } } }) },
      /jump\.json: event_date is a column of every event already \(lib\/schemas\/events-table\.ts\)/,
    ],
    ...['order', 'date', 'analyze', 'user'].map((name): [string, Readonly<Record<string, unknown>>, RegExp] => [
      `a field that is a word of SQL: ${name}`,
      { 'jump.json': aSchema('jump', '1.0.0', { properties: { [name]: score } }) },
      new RegExp(`jump\\.json: ${name} is a reserved word of SQL`),
    ]),
    [
      'a required field that is not declared',
      { 'jump.json': aSchema('jump', '1.0.0', { required: ['level'] }) },
      /level is required but not declared/,
    ],
    [
      'closed fields',
      { 'jump.json': aSchema('jump', '1.0.0', { additionalProperties: false }) },
      /additionalProperties/,
    ],
    ['a name that no event can bear', { 'high jump.json': aSchema('high jump', '1.0.0') }, /cannot be an event_type/],
    ['older versions only', { 'jump/1.0.0.json': aSchema('jump', '1.0.0') }, /jump\.json/],
    [
      'an older version that is newer',
      { 'jump.json': aSchema('jump', '1.9.0'), 'jump/1.10.0.json': aSchema('jump', '1.10.0') },
      /1\.10\.0 is not older than 1\.9\.0/,
    ],
    [
      'a version twice',
      { 'jump.json': aSchema('jump', '1.0.0'), 'jump/1.0.0.json': aSchema('jump', '1.0.0') },
      /not older/,
    ],
    [
      'a file named after another version',
      { 'jump.json': aSchema('jump', '2.0.0'), 'jump/1.0.0.json': aSchema('jump', '1.1.0') },
      /named after 1\.0\.0/,
    ],
    [
      'one field with two types',
      { 'jump.json': aSchema('jump', '1.0.0'), 'fall.json': aSchema('fall', '1.0.0', field({ type: 'number' })) },
      /score is integer in playlake:jump:1\.0\.0 and number in playlake:fall:1\.0\.0[^]*jump\.json or \S*fall\.json/,
    ],
    [
      'one field in steps of two sizes',
      {
        'jump.json': aSchema('jump', '1.0.0', field({ type: 'number', multipleOf: 0.1 })),
        'fall.json': aSchema('fall', '1.0.0', field({ type: 'number', multipleOf: 0.01 })),
      },
      /score is number in steps of 0\.1 in playlake:jump:1\.0\.0 and number in steps of 0\.01 in playlake:fall:1\.0\.0/,
    ],
    [
      'one field with another type in an older version',
      {
        'jump.json': aSchema('jump', '2.0.0', field({ type: 'string', minimum: undefined, maximum: undefined })),
        'jump/1.0.0.json': aSchema('jump', '1.0.0'),
      },
      /score is integer in playlake:jump:1\.0\.0 and string in playlake:jump:2\.0\.0[^]*jump\/1\.0\.0\.json or \S*jump\.json/,
    ],
    [
      'personal fields of nobody',
      personal({ name: { 'x-pii': true } }, {}),
      /jump\.json: x-required-envelope must name player_id: personal fields are encrypted under a key of the player/,
    ],
    [
      'personal fields that are no text',
      personal({ name: { type: 'number', 'x-pii': true } }),
      /name is personal and must be a string: its column holds the ciphertext/,
    ],
    ['a field that is a little personal', personal({ name: { 'x-pii': 'yes' } }), /name\.x-pii: is true or left out/],
    ['a digest of what is not personal', personal({ name: { 'x-digest': 'digest' }, digest }), /name has an x-digest/],
    [
      'a digest without a field',
      personal({ name }),
      /name has the x-digest digest, which is no field with "x-stamped"/,
    ],
    [
      'a digest that senders send',
      personal({ name, digest: {} }),
      /x-digest digest, which is no field with "x-stamped"/,
    ],
    [
      'a stamped field that nothing sets',
      personal({ digest }),
      /digest is stamped: one field must name it as x-digest/,
    ],
    ['a stamped field that two set', personal({ name, alias: name, digest }), /digest is stamped: one field must name/],
    ['a stamped field that is no text', personal({ name, digest: { ...digest, type: 'array' } }), /must be a string/],
    [
      'a stamped field that is personal',
      personal({ name, digest: { ...digest, 'x-pii': true } }),
      /cannot be personal/,
    ],
    [
      'a stamped field that senders must send',
      personal({ name, digest }, { 'x-required-envelope': ['player_id'], required: ['digest'] }),
      /digest is stamped: nobody can be required to send it/,
    ],
    [
      'a field of the envelope that is always required, or none',
      personal({}, { 'x-required-envelope': ['event_id'] }),
      /x-required-envelope\.0: names what is optional otherwise: app_version, player_id, session_id/,
    ],
    [
      'one field that is personal in one type alone',
      {
        ...personal({ name: { 'x-pii': true } }),
        'fall.json': aSchema('fall', '1.0.0', { properties: { name: { type: 'string', description: 'Name' } } }),
      },
      /name is string and personal \(x-pii\) in playlake:jump:1\.0\.0 and string in playlake:fall:1\.0\.0/,
    ],
  ];

  it.each(refused)('refuses %s', (_what, files, problem) => {
    expect(() => readEventSchemas(aFolder(files))).toThrow(problem);
  });

  it('tells all problems of all files at once', () => {
    const folder = aFolder({
      'a.json': '{',
      'b.json': aSchema('x', '1.0.0', { title: '' }),
      'c.json': aSchema('c', '1'),
    });
    expect(() => readEventSchemas(folder)).toThrow(/a\.json[^]*b\.json[^]*c\.json/);
  });
});
