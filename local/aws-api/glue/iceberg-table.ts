import { randomUUID } from 'node:crypto';
import { AwsError } from '../../runtime.ts';
import type { Clock, ObjectStore } from '../../runtime.ts';

type Input = Readonly<Record<string, unknown>>;

/** `CreateIcebergTableInput` of Glue's API; CloudFormation calls the same `IcebergTableInput`. */
interface IcebergTableInput {
  readonly Location: string;
  readonly Schema: { readonly SchemaId?: number; readonly Fields: readonly IcebergField[] };
  readonly PartitionSpec?: { readonly SpecId?: number; readonly Fields: readonly IcebergPartitionField[] };
  readonly WriteOrder?: { readonly OrderId: number; readonly Fields: readonly IcebergSortField[] };
  readonly Properties?: Readonly<Record<string, string>>;
}

interface IcebergField {
  readonly Id: number;
  readonly Name: string;
  readonly Type: unknown;
  readonly Required: boolean;
  readonly Doc?: string;
}

interface IcebergPartitionField {
  readonly SourceId: number;
  readonly Transform: string;
  readonly Name: string;
  readonly FieldId?: number;
}

interface IcebergSortField {
  readonly SourceId: number;
  readonly Transform: string;
  readonly Direction: string;
  readonly NullOrder: string;
}

/** Ids of partition fields begin here, by the format's specification. */
const firstPartitionId = 1000;

/**
 * Creates an Iceberg table as Glue does when it is given `OpenTableFormatInput`: writes the first metadata below the
 * table's location, with no snapshot, and gives back the catalog's entry. Throws InvalidInputException for anything
 * but `CREATE` of format version 2 with a schema.
 */
export async function createIcebergTable(
  { objects, clock }: { readonly objects: Pick<ObjectStore, 'put'>; readonly clock: Clock },
  open: Input,
  given: Input,
): Promise<Record<string, unknown>> {
  const input = icebergInput(open);
  const location = input.Location.replace(/\/+$/, '');
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(location) ?? [];
  if (!bucket || !key) throw invalid(`${input.Location} is no folder of a bucket`);

  const name = `${key}/metadata/00000-${randomUUID()}.metadata.json`;
  await objects.put(bucket, name, Buffer.from(JSON.stringify(firstMetadata(input, location, clock()))));
  return {
    ...given,
    TableType: 'EXTERNAL_TABLE',
    Parameters: { ...(given.Parameters as object), table_type: 'ICEBERG', metadata_location: `s3://${bucket}/${name}` },
    StorageDescriptor: {
      Location: location,
      Columns: input.Schema.Fields.map(({ Id, Name, Type, Required }) => ({
        Name,
        Type: hiveType(Type),
        Parameters: {
          'iceberg.field.current': 'true',
          'iceberg.field.id': String(Id),
          'iceberg.field.optional': String(!Required),
        },
      })),
    },
  };
}

function icebergInput(open: Input): IcebergTableInput {
  const iceberg = open.IcebergInput as Input | undefined;
  if (iceberg?.MetadataOperation !== 'CREATE' || (iceberg.Version ?? '2') !== '2') {
    throw invalid('IcebergInput is not the creation of a table of version 2');
  }
  const input = (iceberg.CreateIcebergTableInput ?? iceberg.IcebergTableInput) as IcebergTableInput | undefined;
  if (!input?.Location || !input.Schema?.Fields?.length) throw invalid('an Iceberg table needs Location and Schema');
  return input;
}

/** Table metadata by the format's specification, version 2. */
function firstMetadata(input: IcebergTableInput, location: string, now: number): Record<string, unknown> {
  const { Schema, PartitionSpec, WriteOrder, Properties } = input;
  const partitionFields = (PartitionSpec?.Fields ?? []).map(({ SourceId, Transform, Name, FieldId }, at) => ({
    'source-id': SourceId,
    'field-id': FieldId ?? firstPartitionId + at,
    name: Name,
    transform: Transform,
  }));
  const sortOrder = { 'order-id': WriteOrder?.OrderId ?? 0, fields: (WriteOrder?.Fields ?? []).map(sortField) };
  return {
    'format-version': 2,
    'table-uuid': randomUUID(),
    location,
    'last-sequence-number': 0,
    'last-updated-ms': now,
    'last-column-id': Math.max(...Schema.Fields.map(({ Id }) => Id)),
    'current-schema-id': Schema.SchemaId ?? 0,
    schemas: [{ type: 'struct', 'schema-id': Schema.SchemaId ?? 0, fields: Schema.Fields.map(schemaField) }],
    'default-spec-id': PartitionSpec?.SpecId ?? 0,
    'partition-specs': [{ 'spec-id': PartitionSpec?.SpecId ?? 0, fields: partitionFields }],
    'last-partition-id': Math.max(firstPartitionId - 1, ...partitionFields.map((field) => field['field-id'])),
    'default-sort-order-id': sortOrder['order-id'],
    'sort-orders': [sortOrder],
    properties: Properties ?? {},
    'current-snapshot-id': -1,
    refs: {},
    snapshots: [],
    'snapshot-log': [],
    'metadata-log': [],
  };
}

function schemaField({ Id, Name, Type, Required, Doc }: IcebergField): Record<string, unknown> {
  return { id: Id, name: Name, required: Required, type: Type, ...(Doc !== undefined && { doc: Doc }) };
}

function sortField({ SourceId, Transform, Direction, NullOrder }: IcebergSortField): Record<string, unknown> {
  return { 'source-id': SourceId, transform: Transform, direction: Direction, 'null-order': NullOrder };
}

/** How the catalog names a type of Iceberg. */
function hiveType(type: unknown): string {
  const names: Readonly<Record<string, string>> = { long: 'bigint', timestamptz: 'timestamp' };
  if (typeof type !== 'string') throw invalid('columns of nested types are not created here');
  return names[type] ?? type;
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidInputException', message);
}
