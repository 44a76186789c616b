import { isDeepStrictEqual } from 'node:util';
import type { StackTemplate, TemplateResource, Templates } from './stack-template.ts';

/** A resource that holds data and would not survive a deployment as it is. */
export interface Replacement {
  readonly stack: string;
  readonly logicalId: string;
  /** CloudFormation type. */
  readonly type: string;
  readonly because: string;
  /** What becomes of the data, and what to do. */
  readonly advice: string;
}

interface Guard {
  /** Paths of properties whose change makes CloudFormation replace the resource ("Update requires: Replacement"). */
  readonly fixed: readonly string[];
  readonly advice: string;
}

const table = 'its rows stay in the old table: export and import them, or keep the old key and name';

/** What holds data, by CloudFormation type. Views hold none. */
const guards: Readonly<Record<string, Guard>> = {
  'AWS::KinesisFirehose::DeliveryStream': {
    fixed: [
      'DeliveryStreamName',
      'DeliveryStreamType',
      'KinesisStreamSourceConfiguration',
      'MSKSourceConfiguration',
      'DatabaseSourceConfiguration',
    ],
    advice:
      'a new stream takes over. The old one stays until it has delivered what it holds; later deployments say when that ' +
      'is, and ask before they delete it. Senders that put records straight to the stream need the new name',
  },
  'AWS::Kinesis::Stream': {
    fixed: ['Name'],
    advice:
      'it takes no more events, and stays until Firehose has read it to its end and its retention is over; later ' +
      'deployments say when that is, and ask before they delete it. Senders and readers of the stream itself need ' +
      'another one',
  },
  'AWS::DynamoDB::GlobalTable': { fixed: ['TableName', 'KeySchema', 'LocalSecondaryIndexes'], advice: table },
  'AWS::DynamoDB::Table': { fixed: ['TableName', 'KeySchema', 'LocalSecondaryIndexes'], advice: table },
  'AWS::S3::Bucket': {
    fixed: ['BucketName'],
    advice: 'the lake starts empty in a new bucket: copy the old one’s objects, or keep the bucket',
  },
  'AWS::KMS::Key': {
    fixed: ['KeySpec', 'KeyUsage', 'Origin', 'MultiRegion'],
    advice: 'what is encrypted under the old key needs it: keep that key',
  },
  'AWS::SecretsManager::Secret': {
    fixed: ['Name'],
    advice: 'the new secret has another value: what was signed or digested with the old one no longer fits',
  },
  'AWS::Glue::Table': {
    fixed: ['CatalogId', 'DatabaseName', 'Name', 'TableInput.Name'],
    advice: 'its files stay where they are; queries that name the old table fail',
  },
  'AWS::Glue::Database': {
    fixed: ['CatalogId', 'DatabaseName', 'DatabaseInput.Name'],
    advice: 'its tables are made again in the new database; queries that name the old one fail',
  },
};

/** Compares what is deployed with what would be: every stream, table or bucket that would be replaced or deleted. */
export function findReplacements(deployed: Templates, next: Templates): readonly Replacement[] {
  return [...deployed].flatMap(([stack, template]) => {
    const after = next.get(stack);
    return after === undefined ? [] : compareStack(stack, template, after);
  });
}

function compareStack(stack: string, before: StackTemplate, after: StackTemplate): readonly Replacement[] {
  return Object.entries(before.Resources).flatMap(([logicalId, resource]) => {
    const guard = guards[resource.Type];
    if (guard === undefined || isView(resource)) return [];
    const because = whyReplaced(resource, after.Resources[logicalId], guard);
    return because === undefined ? [] : [{ stack, logicalId, type: resource.Type, because, advice: guard.advice }];
  });
}

const isView = ({ Properties }: TemplateResource): boolean =>
  valueAt(Properties, 'TableInput.TableType') === 'VIRTUAL_VIEW';

function whyReplaced(
  before: TemplateResource,
  after: TemplateResource | undefined,
  { fixed }: Guard,
): string | undefined {
  if (after === undefined) return 'it is no longer in the template';
  if (after.Type !== before.Type) return `it becomes a resource of type ${after.Type}`;
  const changed = fixed.filter(
    (path) => !isDeepStrictEqual(valueAt(before.Properties, path), valueAt(after.Properties, path)),
  );
  if (changed.length > 0) return `${changed.join(' and ')} cannot be changed in place`;
  if (turnsBackupOff(before, after)) return 'Firehose cannot turn its S3 backup off (S3_BACKUP_MODE) in place';
  return changesDestination(before, after) ? 'Firehose cannot change the kind of its destination in place' : undefined;
}

const backupMode = 'ExtendedS3DestinationConfiguration.S3BackupMode';

const turnsBackupOff = (before: TemplateResource, after: TemplateResource): boolean =>
  valueAt(before.Properties, backupMode) === 'Enabled' && valueAt(after.Properties, backupMode) !== 'Enabled';

const changesDestination = (before: TemplateResource, after: TemplateResource): boolean =>
  before.Type === 'AWS::KinesisFirehose::DeliveryStream' &&
  !isDeepStrictEqual(destinationsOf(before), destinationsOf(after));

const destinationsOf = ({ Properties = {} }: TemplateResource): readonly string[] =>
  Object.keys(Properties)
    .filter((name) => name.endsWith('DestinationConfiguration'))
    .toSorted();

function valueAt(properties: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, name) => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined),
      properties,
    );
}
