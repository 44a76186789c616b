import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { format, resolveConfig } from 'prettier';
import { eventCataloguePage } from '../lib/schemas/event-catalogue-page.ts';
import type { TypedColumn } from '../lib/schemas/event-columns.ts';
import { projectEvents, readEventCatalogue, type EventSources } from '../lib/schemas/read-event-catalogue.ts';
import { UsageError } from './run-cli.ts';

/** What the catalogue is made of, and the page it is written to. */
export interface CataloguePlaces extends EventSources {
  readonly page: string;
}

/** The project's own. */
export const projectCatalogue: CataloguePlaces = {
  ...projectEvents,
  page: fileURLToPath(new URL('../docs/event-catalogue.md', import.meta.url)),
};

export interface CatalogDeps {
  readonly places: CataloguePlaces;
  readonly print: (line: string) => void;
}

interface CatalogOptions {
  readonly check?: boolean;
}

/** `npm run catalog`: what follows from the event schemas and is kept in the repository. */
export function createCatalogProgram({ places, print }: CatalogDeps): Command {
  return new Command('catalog')
    .description(
      'Writes the page of event types (docs/event-catalogue.md) from the JSON Schemas in config/events, and records the ' +
        'columns that their fields are given (config/event-columns.json).',
    )
    .option('--check', 'change nothing; fail when one of the two is behind the schemas')
    .showHelpAfterError()
    .action(async ({ check }: CatalogOptions) => {
      const behind = (await catalogueFiles(places)).filter(({ path, text }) => !holds(path, text));
      if (check === true && behind.length > 0) {
        throw new UsageError(`${behind.map(named).join(' and ')} do not show config/events: run npm run catalog`);
      }
      for (const { path, text } of behind) writeFileSync(path, text);
      print(behind.length === 0 ? 'nothing has changed' : behind.map((file) => `wrote ${named(file)}`).join('\n'));
    });
}

/** A file that follows from the event schemas. */
export interface CatalogueFile {
  readonly path: string;
  /** What it should hold. */
  readonly text: string;
}

/** The record of columns, appended to, and the page. Throws Error naming what is wrong with schemas or record. */
export async function catalogueFiles(places: CataloguePlaces): Promise<readonly CatalogueFile[]> {
  const catalogue = readEventCatalogue(places);
  return [
    { path: places.record, text: recordText(catalogue.columns) },
    { path: places.page, text: await inMarkdown(eventCataloguePage(catalogue)) },
  ];
}

/** One column a line, so that a change shows what was appended. */
function recordText(columns: readonly TypedColumn[]): string {
  const lines = columns.map(({ name, type }) => `  { "name": "${name}", "type": "${type}" }`);
  return lines.length === 0 ? '[]\n' : `[\n${lines.join(',\n')}\n]\n`;
}

/** As `npm run check:format` wants it. */
async function inMarkdown(text: string): Promise<string> {
  return format(text, { ...(await resolveConfig(projectCatalogue.page)), parser: 'markdown' });
}

const holds = (path: string, text: string): boolean => existsSync(path) && readFileSync(path, 'utf8') === text;

const named = ({ path }: CatalogueFile): string => relative(process.cwd(), path);
