import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rejectionCodes } from '../../business-logic/events-processing/rejection.ts';
import { catalogueFiles, projectCatalogue } from '../../cli/catalog-program.ts';
import { parseConfig } from '../../config/load.ts';
import { readQuery, type Query } from '../../lib/queries/read-query.ts';
import { accountTables, playerNames } from '../../lib/schemas/account-tables.ts';
import { athenaType } from '../../lib/schemas/lake-column.ts';
import { playerTables } from '../../lib/schemas/player-tables.ts';
import { ingestDate, rawEventColumns } from '../../lib/schemas/raw-events.ts';
import { inlineCode, pages, plain, tableBelow, type Page } from './read-docs.ts';

const page = (path: string): Page => {
  const [found] = pages([path]);
  if (!found) throw new Error(`${path} is no page`);
  return found;
};

describe('docs/operations.md', () => {
  it('lists every setting with its default', () => {
    const documented = tableBelow(page('docs/operations.md'), '## Settings').map(([key = '', value = '']) => [
      plain(key),
      plain(value),
    ]);
    expect(Object.fromEntries(documented)).toEqual(settings());
  });
});

describe('docs/event-contract.md', () => {
  const contract = page('docs/event-contract.md');

  it('lists every reason to reject, in the order in which they are looked at', () => {
    const codes = tableBelow(contract, '## Accepted or rejected').map(([code = '']) => plain(code));
    expect(codes).toEqual(rejectionCodes);
  });
});

describe('docs/event-catalogue.md', () => {
  const catalogue = page('docs/event-catalogue.md');

  it('lists every event type with its fields, the required ones in bold', () => {
    const documented = tableBelow(catalogue, '## Event types').map(([type = '', fields = '']) => [
      /^\[`(.+)`\]\(#.+\)$/.exec(type)?.[1],
      fields,
    ]);
    expect(Object.fromEntries(documented)).toEqual(eventTypes());
  });

  it('is what npm run catalog writes, as is the record of columns', async () => {
    const files = await catalogueFiles(projectCatalogue);
    const behind = files.filter(({ path, text }) => readFileSync(path, 'utf8') !== text);
    expect(behind.map(({ path }) => `${relative('.', path)}: run npm run catalog`)).toEqual([]);
  });
});

describe('docs/architecture.md', () => {
  it('lists the columns of the player tables', () => {
    const documented = tableBelow(page('docs/architecture.md'), '## The typed tables');
    expect(documented.map((row) => row.map(plain))).toEqual(
      playerTables.flatMap(({ name: table, columns, partitionKeys }) =>
        [...columns, ...partitionKeys].map(({ name, type, comment }) => [table, name, athenaType(type), comment]),
      ),
    );
  });

  it('lists the columns of the account tables', () => {
    const documented = tableBelow(page('docs/architecture.md'), '## The account tables');
    expect(documented.map((row) => row.map(plain))).toEqual(
      [...accountTables, playerNames].flatMap(({ name: table, columns }) =>
        columns.map(({ name, type, comment }) => [table, name, athenaType(type), comment]),
      ),
    );
  });

  it('lists the columns of the raw table', () => {
    const documented = tableBelow(page('docs/architecture.md'), '## The raw table');
    expect(documented.map((row) => row.map(plain))).toEqual(
      [...rawEventColumns, ingestDate].map(({ name, type, comment }) => [name, athenaType(type), comment]),
    );
  });
});

describe('docs/reports.md', () => {
  const text = page('docs/reports.md').text;
  const sections = new Map(
    text
      .split(/^### /m)
      .slice(1)
      .map((section) => [section.split('\n')[0] ?? '', section]),
  );
  const reports = readdirSync('athena-queries')
    .filter((file) => file.endsWith('.sql'))
    .map((file) => readQuery(join('athena-queries', file)));

  it('has a section for every report and no other', () =>
    expect([...sections.keys()].toSorted()).toEqual(reports.map(({ name }) => name).toSorted()));

  it.each(reports)('tells what $name shows', (report) => {
    const lines = (sections.get(report.name) ?? '').split('\n');
    const line = (label: string): string => lines.find((one) => one.startsWith(`${label}: `)) ?? '';
    expect(lines).toContain(report.description);
    expect(lines).toContain(`One row per ${report.grain.replace(/^one row per /, '')}.`);
    const remarks = plain(lines.filter((one) => one.startsWith('- ')).join(' '));
    expect(report.notes.filter((note) => !remarks.includes(note.text))).toEqual([]);
    expect(codeOf(line('Columns'))).toEqual(columns(report));
    const parameters = new Map(report.parameters.map((parameter) => [parameter.name, parameter]));
    const values = [...parameters.values()].flatMap(({ name, default: usual }) =>
      usual === undefined ? [name] : [name, usual],
    );
    expect(codeOf(line('Parameters'))).toEqual(values);
  });
});

/** Every setting and its default as the page writes them. */
function settings(): Record<string, string> {
  const name = 'WORKLOAD_NAME';
  const defaults: Readonly<Record<string, unknown>> = parseConfig({ [name]: 'any' }, 'a test');
  const keys = [...readFileSync('config/schema.ts', 'utf8').matchAll(/^ {2}([A-Z0-9_]+): /gm)].map(
    ([, key = '']) => key,
  );
  const value = (key: string): string => {
    const given = defaults[key];
    if (key === name) return 'required';
    if (given === undefined) return 'none';
    return typeof given === 'string' ? given : JSON.stringify(given);
  };
  return Object.fromEntries(keys.map((key) => [key, plain(value(key))]));
}

/** Every event type's fields as the page writes them, from the schemas. */
function eventTypes(): Record<string, string> {
  const schemas = readdirSync('config/events').filter((file) => file.endsWith('.json'));
  return Object.fromEntries(
    schemas.map((file) => {
      const schema = JSON.parse(readFileSync(join('config/events', file), 'utf8')) as {
        properties: Record<string, unknown>;
        required?: string[];
      };
      const fields = Object.keys(schema.properties).map((field) =>
        schema.required?.includes(field) ? `**\`${field}\`**` : `\`${field}\``,
      );
      return [basename(file, '.json'), fields.join(', ')];
    }),
  );
}

/** Names of a report's columns: the last word of each line of its last SELECT. */
function columns({ sql }: Query): string[] {
  const list = sql.slice(sql.lastIndexOf('\nSELECT\n') + '\nSELECT\n'.length);
  const lines = list.slice(0, list.indexOf('\nFROM')).split('\n');
  return lines.map((line) => /(\w+),?$/.exec(line)?.[1] ?? '');
}

function codeOf(text: string): string[] {
  return inlineCode({ path: '', text });
}
