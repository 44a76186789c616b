import { beforeAll, describe, expect, it } from 'vitest';
import { eventColumns } from '../../../lib/schemas/event-columns.ts';
import type { EventSchema } from '../../../lib/schemas/event-schema.ts';
import { eventViews } from '../../../lib/schemas/event-views.ts';
import { eventsColumns } from '../../../lib/schemas/events-table.ts';
import { readEventCatalogue, type EventCatalogue } from '../../../lib/schemas/read-event-catalogue.ts';
import { synthesizeConfig, textOf, type Synthesized, type TemplateResource } from '../../support/synthesized.ts';

const iceberg = { ENABLE_APACHE_ICEBERG_SUPPORT: true, PROCESSED_EVENTS_PREFIX: 'typed' };
let now: Synthesized;
let later: Synthesized;

beforeAll(() => {
  now = synthesizeConfig(iceberg);
  later = synthesizeConfig(iceberg, withOneMoreField(readEventCatalogue()));
});

/** The project's event types as they are after somebody has declared another field of `login`. */
function withOneMoreField({ schemas, columns }: EventCatalogue): EventCatalogue {
  const [newest, ...older] = schemas['login']!;
  const login: EventSchema = {
    ...newest!,
    properties: { ...newest!.properties, device_model: { type: 'string', description: 'what the player holds' } },
  };
  const changed = { ...schemas, login: [login, ...older] };
  const typed = eventColumns(changed, columns);
  return { schemas: changed, columns: typed, views: eventViews(Object.keys(changed), typed) };
}

const ofType = ({ resources }: Synthesized, type: string): readonly TemplateResource[] =>
  resources.filter(({ Type }) => Type === type);

const tableOf = (pipeline: Synthesized) =>
  ofType(pipeline, 'AWS::Glue::Table').find(({ Properties }) => Properties.OpenTableFormatInput !== undefined)!;

const firstTable = (pipeline: Synthesized) =>
  tableOf(pipeline).Properties.OpenTableFormatInput.IcebergInput.IcebergTableInput;

const planOf = (pipeline: Synthesized) => ofType(pipeline, 'AWS::Glue::Job')[0]!.Properties.DefaultArguments['--plan'];

const glueType = (icebergType: string): string => icebergType.replace('long', 'bigint');

describe('the events as an Iceberg table', () => {
  it('take the place of the Parquet table, under the same name', () => {
    expect(tableOf(now).Properties).toMatchObject({
      Name: 'events',
      OpenTableFormatInput: { IcebergInput: { MetadataOperation: 'CREATE', Version: '2' } },
    });
    expect(tableOf(now).Properties).not.toHaveProperty('TableInput');
    const others = ofType(now, 'AWS::Glue::Table').map(({ Properties }) => Properties.TableInput?.Name as unknown);
    expect(others).not.toContain('events');
    expect(textOf(firstTable(now).Location)).toBe('s3://${Lake}/typed');
  });

  it('are not changed by CloudFormation when a field is declared, while job and views hear of it', () => {
    expect(tableOf(later)).toEqual(tableOf(now));
    expect(ofType(later, 'AWS::Glue::TableOptimizer')).toEqual(ofType(now, 'AWS::Glue::TableOptimizer'));
    expect(planOf(later)).not.toEqual(planOf(now));
    const shown = (pipeline: Synthesized) =>
      ofType(pipeline, 'AWS::Glue::Table')
        .find(({ Properties }) => Properties.TableInput?.Name === 'event_login')!
        .Properties.TableInput.StorageDescriptor.Columns.map(({ Name }: { Name: string }) => Name) as string[];
    expect(shown(later)).toEqual([...shown(now), 'device_model']);
  });

  it('are partitioned by game and day, and sorted as the Parquet files are', () => {
    const { PartitionSpec, WriteOrder, Schema } = firstTable(now);
    const fields = Schema.Fields as readonly { readonly Id: number; readonly Name: string }[];
    const nameOf = (id: number) => fields.find(({ Id }) => Id === id)!.Name;
    type Field = { readonly SourceId: number; readonly Transform: string };
    expect(PartitionSpec.Fields.map((field: Field) => [nameOf(field.SourceId), field.Transform])).toEqual([
      ['application_id', 'identity'],
      ['event_date', 'identity'],
    ]);
    expect(WriteOrder.Fields.map(({ SourceId }: Field) => nameOf(SourceId))).toEqual([
      'event_type',
      'event_at',
      'event_id',
    ]);
  });

  it('start with columns that the events table has, of the same types, each with an id of its own', () => {
    const fields = firstTable(now).Schema.Fields as readonly {
      readonly Id: number;
      readonly Name: string;
      readonly Type: string;
      readonly Required: boolean;
    }[];
    const types = new Map<string, string>([
      ['application_id', 'string'],
      ['event_date', 'date'],
      ...eventsColumns(readEventCatalogue().columns).map(({ name, type }) => [name, type] as const),
    ]);
    expect(new Set(fields.map(({ Id }) => Id)).size).toBe(fields.length);
    expect(fields.map(({ Type }) => Type)).not.toContain('bigint');
    for (const { Name, Type, Required } of fields)
      expect([Name, glueType(Type), Required]).toEqual([Name, types.get(Name), false]);
  });

  it('are tidied by Glue: small files, old snapshots, files that nothing names', () => {
    const optimizers = ofType(now, 'AWS::Glue::TableOptimizer');
    expect(optimizers.map(({ Properties }) => Properties.Type).toSorted()).toEqual([
      'compaction',
      'orphan_file_deletion',
      'retention',
    ]);
    for (const { Properties, DependsOn } of optimizers) {
      expect(Properties).toMatchObject({ TableName: 'events', TableOptimizerConfiguration: { Enabled: true } });
      expect(DependsOn).toContain(tableOf(now).logicalId);
    }
  });

  it('are written by the same job, which is told so and may then change its table', () => {
    const [{ Properties }] = ofType(now, 'AWS::Glue::Job') as [TemplateResource];
    const told = Properties.DefaultArguments as Readonly<Record<string, unknown>>;
    expect(told).toMatchObject({ '--table_format': 'ICEBERG', '--datalake-formats': 'iceberg' });
    expect(textOf(told['--conf'])).toMatch(
      /IcebergSparkSessionExtensions --conf .*warehouse=s3:\/\/\$\{Lake\}\/typed\//,
    );
    const actions = ofType(now, 'AWS::IAM::Policy')
      .filter(({ logicalId }) => logicalId.startsWith('ProcessEvents'))
      .flatMap(({ Properties: { PolicyDocument } }) => PolicyDocument.Statement as readonly { Action: string }[])
      .flatMap(({ Action }) => Action);
    expect(actions).toContain('glue:UpdateTable');
  });
});
