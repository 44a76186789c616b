import { TrinoSQL } from 'dt-sql-parser/dist/parser/trino';
import { expect, it } from 'vitest';
import { declaredEvents } from '../../business-logic/events-processing/declared-events.ts';
import type { Envelope } from '../../business-logic/events-processing/envelope.ts';
import { envelopeErrors } from '../../business-logic/events-processing/envelope-errors.ts';
import { readEventSchemas } from '../../lib/schemas/read-event-schemas.ts';
import { pages, projectFiles, snippets } from './read-docs.ts';

const docs = pages(projectFiles());
const all = docs.flatMap(snippets);

/** JSON of the docs: whole blocks, and the bodies that a `curl -d` sends. */
const documents = all.flatMap(({ page, language, text }) => {
  if (language === 'json') return [{ page, text }];
  return [...text.matchAll(/-d '([^']*)'/g)].map(([, body = '']) => ({ page, text: body }));
});
const statements = docs.flatMap(({ path, text }) =>
  [...text.matchAll(/--sql "([^"]*)"/g)].map(([, sql = '']) => ({ page: path, sql })),
);
const findDeclaredEvent = declaredEvents(readEventSchemas('config/events'));

it('finds snippets', () => {
  expect(documents.length).toBeGreaterThan(1);
  expect(statements.length).toBeGreaterThan(0);
});

it.each(documents)('shows JSON in $page that can be parsed, and events that are accepted', ({ text }) => {
  const { events = [] } = JSON.parse(text) as { events?: Envelope[] };
  for (const event of events) {
    expect(envelopeErrors(event)).toEqual([]);
    expect(findDeclaredEvent(event.event_type, undefined)?.errorsOf(event.event_data ?? {})).toEqual([]);
  }
});

it.each(statements)('shows SQL in $page that Athena can parse', ({ sql }) => {
  expect(new TrinoSQL().validate(sql)).toEqual([]);
});
