import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseColumnType } from '../../../local/delivery-stream/column-type.ts';
import { matchLines, plainLine } from '../../../local/delivery-stream/plain-lines.ts';
import type { ConversionSettings } from '../../../local/delivery-stream/settings.ts';
import { aDataDir } from '../../support/a-data-dir.ts';

const folder = aDataDir();
const settings: ConversionSettings = {
  database: 'playlake',
  table: 'raw_events',
  compression: 'SNAPPY',
  lowerCaseKeys: true,
  dotsToUnderscores: false,
  keyOfColumn: {},
};
const columns = Object.entries({ text: 'string', number: 'double', count: 'int', list: 'array<string>' }).map(
  ([name, type]) => ({ name, type: parseColumnType(type) }),
);
const line = plainLine(columns, settings)!;

function matches(text: string): boolean {
  line.lastIndex = 0;
  return line.test(`${text}\n`);
}

it.each([
  '{}',
  String.raw`{"text":"a \"b\" \\ \n \u00e9","number":-1.25,"count":0,"list":["a",null]}`,
  '{"text":null,"list":[]}',
  '{"count":7}',
])('takes %s', (text) => expect(matches(text)).toBe(true));

it.each([
  ['another order', '{"number":1,"text":"a"}'],
  ['a key twice', '{"text":"a","text":"b"}'],
  ['another key', '{"other":1}'],
  ['a key in upper case', '{"TEXT":"a"}'],
  ['a comma too many', '{"text":"a",}'],
  ['a comma too few', '{"text":"a""number":1}'],
  ['another type', '{"text":1}'],
  ['a number that may not fit', '{"count":3000000000}'],
  ['an exponent', '{"number":1e999}'],
  ['a list that ends in a comma', '{"list":["a",]}'],
  ['a control character', '{"text":"\u0001"}'],
  ['an escape that JSON does not know', String.raw`{"text":"\q"}`],
  ['half a pair', String.raw`{"text":"\ud800"}`],
  ['two objects', '{"text":"a"}{"text":"b"}'],
  ['a space', '{ "text":"a"}'],
])('leaves a line with %s to those who look closer', (_, text) => expect(matches(text)).toBe(false));

it('judges nothing where keys are renamed or a column has another type', () => {
  expect(plainLine(columns, { ...settings, keyOfColumn: { text: 't' } })).toBeUndefined();
  const nested = { name: 'nested', type: parseColumnType('struct<a:int>') };
  expect(plainLine([...columns, nested], settings)).toBeUndefined();
});

const row = `{"text":"${'ü'.repeat(150)}","count":1}\n`;
const long = `{"text":"${'x'.repeat(900_000)}"}\n`;

it.each([
  ['many lines', row.repeat(2_000), true],
  ['a line longer than what is read at a time', `${row}${long}${row}`, true],
  ['no line', '', true],
  ['a last line without an end', `${row.repeat(2_000)}{"count":1}`, false],
  ['one bad line at the end', `${row.repeat(2_000)}{"count":"1"}\n`, false],
  ['what is no UTF-8', Buffer.concat([Buffer.from(row), Buffer.from([0x7b, 0x22, 0xff])]), false],
  ['what is no UTF-8 within a string', Buffer.from('{"text":"\xff"}\n', 'latin1'), false],
])('reads a file of %s', async (name, content, expected) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  expect(await matchLines(path, line)).toBe(expected);
});
