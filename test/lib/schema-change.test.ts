import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { findTableChanges } from '../../cli/deploy/find-table-changes.ts';
import type { StackTemplate } from '../../cli/deploy/stack-template.ts';
import type { PipelineConfig } from '../../config/schema.ts';
import { eventsJobPlan } from '../../lib/etl/events-job-plan.ts';
import { eventCataloguePage } from '../../lib/schemas/event-catalogue-page.ts';
import { readEventCatalogue, type EventCatalogue } from '../../lib/schemas/read-event-catalogue.ts';
import { DataLakeStack } from '../../lib/stacks/data-lake-stack.ts';
import { StorageStack } from '../../lib/stacks/storage-stack.ts';
import { aConfig } from '../support/a-config.ts';
import { anEventSchema, copyOfProjectEvents, type EventFolder } from '../support/event-folder.ts';

interface TableInput {
  readonly Name: string;
  readonly StorageDescriptor: { readonly Columns: readonly { readonly Name: string; readonly Type: string }[] };
}

/** What a developer does: a file for a new event type, and a field more in the file of another. Nothing else. */
function changeSchemas(folder: EventFolder): EventCatalogue {
  folder.write(
    'probe_launched.json',
    anEventSchema('probe_launched', {
      probe_id: { type: 'string' },
      probe_depth: { type: 'number', minimum: 0, maximum: 1_000, multipleOf: 0.01 },
    }),
  );
  folder.edit('level_started.json', (schema) => ({
    ...schema,
    $id: 'playlake:level_started:1.1.0',
    'x-version': '1.1.0',
    properties: {
      ...schema.properties,
      probe_count: { type: 'integer', description: 'How many.', minimum: 1, maximum: 5 },
    },
  }));
  return readEventCatalogue(folder);
}

function synthesize(events: EventCatalogue, settings: Partial<PipelineConfig> = {}): StackTemplate {
  const app = new App({ builtinCloudFormationValidation: false });
  const config = aConfig(settings);
  const { lake, restricted, playerKeys, piiKey } = new StorageStack(app, 'Storage', { config });
  const stack = new DataLakeStack(app, 'DataLake', { config, lake, restricted, playerKeys, piiKey, events });
  return Template.fromStack(stack).toJSON() as StackTemplate;
}

const columnsIn = ({ Resources }: StackTemplate, table: string): string[] => {
  const inputs = Object.values(Resources).map(({ Properties }) => Properties?.['TableInput'] as TableInput | undefined);
  const found = inputs.find((input) => input?.Name === table);
  return (found?.StorageDescriptor.Columns ?? []).map(({ Name, Type }) => `${Name} ${Type}`);
};

/** What `npm run deploy` would refuse. */
const refusals = (one: StackTemplate, other: StackTemplate) =>
  findTableChanges(new Map([['l', one]]), new Map([['l', other]]))
    .map(({ table, because }) => `${table}: ${because}`)
    .toSorted();

const before = readEventCatalogue();
let after: EventCatalogue;
let deployed: StackTemplate;
let next: StackTemplate;

beforeAll(() => {
  const folder = copyOfProjectEvents();
  folder.recordColumns(before.columns);
  after = changeSchemas(folder);
  [deployed, next] = [synthesize(before), synthesize(after)];
});

describe('a new event type and a new field, from JSON files alone', () => {
  it('become typed columns behind those that there were', () => {
    const columns = columnsIn(deployed, 'events');
    expect(columnsIn(next, 'events')).toEqual([
      ...columns,
      'probe_count bigint',
      'probe_depth decimal(18,2)',
      'probe_id string',
    ]);
  });

  it('become a view, and a column of another', () => {
    expect(columnsIn(next, 'event_probe_launched').slice(-2)).toEqual(['probe_depth decimal(18,2)', 'probe_id string']);
    expect(columnsIn(next, 'event_level_started')).toEqual([
      ...columnsIn(deployed, 'event_level_started'),
      'probe_count bigint',
    ]);
    expect(columnsIn(next, 'event_level_failed')).toEqual(columnsIn(deployed, 'event_level_failed'));
  });

  it('are filled by the job, for the types that declare them', () => {
    const { statements, tables } = eventsJobPlan(after);
    expect(statements.typed_events.athena).toMatch(/IN \('probe_launched'\)[^]*probe_depth/);
    expect(tables['events']?.columns).toContainEqual({ name: 'probe_count', type: 'bigint' });
  });

  it('are in the catalogue', () => {
    const page = eventCataloguePage(after);
    expect(page).toContain('## probe_launched');
    expect(page).toContain('| `probe_count` | no | integer from 1 to 5 | `bigint` | How many. |');
  });

  it('can be deployed', () => {
    expect(refusals(deployed, next)).toEqual([]);
  });
});

describe('taking them back', () => {
  const gone = ['probe_count (bigint)', 'probe_depth (decimal(18,2))', 'probe_id (string)'].map(
    (column) => `events: its column ${column} would be gone`,
  );

  it('is refused where they are deployed', () => expect(refusals(next, deployed)).toEqual(gone));

  it('is refused where they are deployed as Iceberg, whose template does not know them', () => {
    const iceberg = { ENABLE_APACHE_ICEBERG_SUPPORT: true };
    expect(refusals(synthesize(after, iceberg), synthesize(before, iceberg))).toEqual(gone);
  });

  it('is refused at synthesis once they are recorded', () => {
    const folder = copyOfProjectEvents();
    folder.remove('currency_earned.json');
    folder.edit('user_sentiment.json', (schema) => ({
      ...schema,
      properties: { user_rating: { type: 'number', description: 'The rating.' } },
    }));
    expect(() => readEventCatalogue(folder)).toThrow(
      /user_rating is bigint in config\/event-columns\.json and double in playlake:user_sentiment:1\.0\.0/,
    );
    expect(() => readEventCatalogue(folder)).toThrow(/earned_from is a column \(string\)/);
  });

  it('leaves the columns where the older version is kept', () => {
    const folder = copyOfProjectEvents();
    folder.edit('user_report.json', (schema) => {
      folder.write('user_report/1.0.0.json', schema);
      const { report_reason } = schema.properties;
      return { ...schema, $id: 'playlake:user_report:2.0.0', 'x-version': '2.0.0', properties: { report_reason } };
    });
    expect(readEventCatalogue(folder).columns).toEqual(before.columns);
  });
});
