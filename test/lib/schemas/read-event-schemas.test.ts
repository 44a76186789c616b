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
    const properties = { name: { type: 'string', description: 'Name', 'x-pii': true, maxLength: 9 } };
    const folder = aFolder({ 'jump.json': aSchema('jump', '1.0.0', { properties, 'x-roles': ['server'] }) });
    expect(readEventSchemas(folder).jump?.[0]).toMatchObject({ properties, 'x-roles': ['server'] });
  });

  const field = (changes: object) => ({ properties: { score: { ...score, ...changes } } });
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
      /score\.type/,
    ],
    [
      'an integer without bounds',
      { 'jump.json': aSchema('jump', '1.0.0', field({ maximum: undefined })) },
      /minimum and a maximum/,
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
      /properties\.Score/,
    ],
    [
      'a field that every event has',
      { 'jump.json': aSchema('jump', '1.0.0', { properties: { player_id: { type: 'string', description: 'x' } } }) },
      /player_id is a column/,
    ],
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
      /score is integer in playlake:jump:1\.0\.0 and number in playlake:fall:1\.0\.0/,
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
