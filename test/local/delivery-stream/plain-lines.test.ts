import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { rawEventColumns } from '../../../lib/schemas/raw-events.ts';
import { parseColumnType } from '../../../local/delivery-stream/column-type.ts';
import { matchLines, plainLine } from '../../../local/delivery-stream/plain-lines.ts';
import type { ConversionSettings } from '../../../local/delivery-stream/settings.ts';
import { aTransform } from '../../business-logic/events-processing/a-transform.ts';
import { aDataDir } from '../../support/a-data-dir.ts';
import { anEvent } from '../../support/an-event.ts';
import { firehoseBatch, packed } from '../../support/firehose-batch.ts';

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

const matches = (text: string): boolean => matchesRow(line, `${text}\n`);

it.each([
  '{}',
  String.raw`{"text":"a \"b\" \\ \n \u00e9","number":-1.25,"count":0,"list":["a",null]}`,
  '{"text":null,"list":[]}',
  '{"count":7}',
  '{"count":7}  ',
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

it('takes whatever our own transform writes, so that nothing of it is looked at twice', async () => {
  const rows = plainLine(
    rawEventColumns.map(({ name, type }) => ({ name, type: parseColumnType(type) })),
    settings,
  )!;
  // Records of three lengths that follow each other end in every number of spaces.
  const events = ['a', 'bb', 'ccc'].map((player_id) => anEvent({ player_id, event_data: { level: 1.5, of: '„x“\n' } }));
  const requests = events.map((event) => packed([event, anEvent({ event_type: 7 }), 'no event']));
  const { records } = await aTransform()(firehoseBatch(...requests));
  const texts = records.map(({ data = '' }) => Buffer.from(data, 'base64').toString('latin1'));
  expect(new Set(texts.map((text) => /} *\n$/.exec(text)?.[0].length)).size).toBeGreaterThan(1);
  for (const text of texts) expect(text.replaceAll(/.*\n/g, (one) => (matchesRow(rows, one) ? '' : one))).toBe('');
});

function matchesRow(rows: RegExp, text: string): boolean {
  rows.lastIndex = 0;
  return rows.test(text);
}

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
