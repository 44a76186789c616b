import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createCatalogProgram } from '../../cli/catalog-program.ts';
import { anEventFolder, anEventSchema, type EventFolder } from '../support/event-folder.ts';

/** Runs `npm run catalog` on a folder; answers what it printed. */
async function catalog(places: EventFolder, ...options: readonly string[]): Promise<string> {
  const lines: string[] = [];
  await createCatalogProgram({ places, print: (line) => lines.push(line) }).parseAsync(['node', 'catalog', ...options]);
  return lines.join('\n');
}

const read = (path: string) => readFileSync(path, 'utf8');
const section = (page: string, name: string) => page.split(/^## /m).find((part) => part.startsWith(`${name}\n`)) ?? '';
const cells = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));

const height = { type: 'number', minimum: 0, maximum: 100, multipleOf: 0.5, description: 'How high | in *metres*' };

describe('npm run catalog', () => {
  it('shows of every type what it is, who sends it, its view and its fields', async () => {
    const folder = anEventFolder({
      'jump.json': anEventSchema(
        'jump',
        {
          height,
          tags: { type: 'array' },
          kind: { type: 'string', enum: ['high', 'long'], 'x-pii': true, 'x-digest': 'kind_digest' },
          kind_digest: { type: 'string', 'x-stamped': true },
        },
        { required: ['height'], 'x-roles': ['server', 'publisher'], 'x-required-envelope': ['player_id'] },
      ),
      'pause.json': anEventSchema('pause', {}),
    });
    await catalog(folder);
    const page = read(folder.page);
    expect(page).toMatch(/^\| \[`jump`\]\(#jump\) +\| \*\*`height`\*\*, `tags`, `kind`, `kind_digest` +\|$/m);
    const jump = section(page, 'jump');
    expect(jump).toContain('**Jump**: A player jumped.');
    expect(jump).toContain(
      'View: `event_jump` · Version: 1.0.0 · Sent by: role `server`, role `publisher` · Needs `player_id`',
    );
    expect(cells(jump)).toEqual([
      [
        '',
        '`height`',
        'yes',
        'number from 0 to 100 in steps of 0.5',
        '`decimal(18,1)`',
        'How high \\| in \\*metres\\*',
        '',
      ],
      ['', '`tags`', 'no', 'array', '`varchar`, JSON text', 'What tags means.', ''],
      ['', '`kind`', 'no', 'string one of `high`, `long`', '`varchar`', 'What kind means. (personal)', ''],
      ['', '`kind_digest`', 'no', 'string', '`varchar`', 'What kind_digest means. (set by the pipeline)', ''],
    ]);
    expect(section(page, 'pause')).toMatch(/Sent by: everybody\n\nIt declares no fields\.\n/);
  });

  it('shows fields that only an older version declares, as what they are', async () => {
    const folder = anEventFolder({
      'jump.json': anEventSchema('jump', { height }, { 'x-version': '2.0.0' }),
      'jump/1.0.0.json': anEventSchema('jump', { speed: { type: 'number' } }, { required: ['speed'] }),
    });
    await catalog(folder);
    const jump = section(read(folder.page), 'jump');
    expect(jump).toContain('Version: 2.0.0 (older: 1.0.0)');
    expect(cells(jump)[1]).toEqual([
      '',
      '`speed`',
      'no',
      'number',
      '`double`',
      'What speed means. (declared up to version 1.0.0)',
      '',
    ]);
  });

  it('appends new columns to the record, which keeps its order', async () => {
    const folder = anEventFolder({ 'jump.json': anEventSchema('jump', { speed: { type: 'number' } }) });
    expect(await catalog(folder)).toMatch(/^wrote \S*event-columns\.json\nwrote \S*event-catalogue\.md$/);
    folder.edit('jump.json', (schema) => ({
      ...schema,
      properties: { ...schema.properties, height, air: { type: 'boolean', description: 'In the air' } },
    }));
    await catalog(folder);
    expect(read(folder.record)).toBe(
      [
        '[',
        '  { "name": "speed", "type": "double" },',
        '  { "name": "air", "type": "boolean" },',
        '  { "name": "height", "type": "decimal(18,1)" }',
        ']',
        '',
      ].join('\n'),
    );
    expect(await catalog(folder)).toBe('nothing has changed');
  });

  it('says with --check what is behind, and changes nothing', async () => {
    const folder = anEventFolder({ 'jump.json': anEventSchema('jump', { speed: { type: 'number' } }) });
    await catalog(folder);
    await expect(catalog(folder, '--check')).resolves.toBe('nothing has changed');
    const before = read(folder.record);
    folder.write('fall.json', anEventSchema('fall', { height }));
    await expect(catalog(folder, '--check')).rejects.toThrow(
      /event-columns\.json and \S*event-catalogue\.md do not show config\/events: run npm run catalog/,
    );
    expect(read(folder.record)).toBe(before);
  });

  it('refuses a field that is gone, and leaves the record as it was', async () => {
    const folder = anEventFolder({ 'jump.json': anEventSchema('jump', { speed: { type: 'number' } }) });
    await catalog(folder);
    const before = read(folder.record);
    folder.write('jump.json', anEventSchema('jump', {}));
    await expect(catalog(folder)).rejects.toThrow(/speed is a column \(double\)/);
    expect(read(folder.record)).toBe(before);
  });

  it.each([
    ['a type that no column has', '[{ "name": "a", "type": "timestamp" }]', /is no type of a column of events/],
    ['a column twice', '[{ "name": "a", "type": "string" }, { "name": "a", "type": "string" }]', /lists a twice/],
    ['something else', '{}', /is no record of columns/],
  ])('refuses a record with %s', async (_what, record, problem) => {
    const folder = anEventFolder({ 'jump.json': anEventSchema('jump', { a: { type: 'string' } }) });
    folder.write('../event-columns.json', record);
    await expect(catalog(folder)).rejects.toThrow(problem);
  });
});
