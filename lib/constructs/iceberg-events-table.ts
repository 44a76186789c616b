import { readFileSync } from 'node:fs';
import { Aws } from 'aws-cdk-lib';
import { CfnTable, CfnTableOptimizer, type CfnDatabase } from 'aws-cdk-lib/aws-glue';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../../config/schema.ts';
import { eventsPartitionKeys, eventsTable } from '../schemas/events-table.ts';
import { optimizerRole } from './optimizer-role.ts';

export interface IcebergEventsTableProps {
  readonly config: PipelineConfig;
  readonly database: CfnDatabase;
  readonly lake: IBucket;
}

/** A column of the frozen file, its type as the Glue catalog calls it. */
interface FirstColumn {
  readonly id: number;
  readonly name: string;
  readonly type: string;
}

const megabyte = 1024 * 1024;

/** Days that Iceberg keeps snapshots, and files that no snapshot names. */
const retentionDays = { snapshots: 5, orphans: 3 };

/**
 * The events as an Iceberg table. CloudFormation may make such a table and must never change it: an update strips what
 * makes it one. So its columns are those of a file that is frozen, and the job adds what the schemas have since declared.
 */
export class IcebergEventsTable extends Construct {
  readonly table: CfnTable;

  constructor(scope: Construct, id: string, props: IcebergEventsTableProps) {
    super(scope, id);
    const { config, database, lake } = props;
    const location = lake.s3UrlForObject(config.PROCESSED_EVENTS_PREFIX);

    this.table = new CfnTable(this, 'Table', {
      catalogId: Aws.ACCOUNT_ID,
      databaseName: database.ref,
      name: eventsTable,
      openTableFormatInput: {
        icebergInput: { metadataOperation: 'CREATE', version: '2', icebergTableInput: firstTable(location) },
      },
    });
    this.#optimize(props, location);
  }

  /** Glue itself keeps the files large, and removes what nothing reads any more. */
  #optimize(props: IcebergEventsTableProps, location: string): void {
    const roleArn = optimizerRole(this, 'OptimizerRole', props);
    const optimizers: Record<
      string,
      Omit<CfnTableOptimizer.TableOptimizerConfigurationProperty, 'enabled' | 'roleArn'>
    > = {
      compaction: {},
      retention: {
        retentionConfiguration: {
          icebergConfiguration: {
            snapshotRetentionPeriodInDays: retentionDays.snapshots,
            numberOfSnapshotsToRetain: 1,
            cleanExpiredFiles: true,
          },
        },
      },
      orphan_file_deletion: {
        orphanFileDeletionConfiguration: {
          icebergConfiguration: { orphanFileRetentionPeriodInDays: retentionDays.orphans, location },
        },
      },
    };
    for (const [type, settings] of Object.entries(optimizers)) {
      const optimizer = new CfnTableOptimizer(this, type, {
        catalogId: Aws.ACCOUNT_ID,
        databaseName: props.database.ref,
        tableName: eventsTable,
        type,
        tableOptimizerConfiguration: { ...settings, enabled: true, roleArn },
      });
      optimizer.addResourceDependency(this.table);
    }
  }
}

/** The table as it is made. Nothing here may depend on the event schemas. */
function firstTable(location: string): CfnTable.IcebergTableInputProperty {
  const columns = readFirstColumns();
  const idOf = (name: string): number => {
    const column = columns.find((one) => one.name === name);
    if (!column) throw new Error(`iceberg-first-columns.json has no column ${name}`);
    return column.id;
  };
  return {
    location,
    schema: {
      type: 'struct',
      schemaId: 0,
      fields: columns.map(toIceberg),
    },
    partitionSpec: {
      specId: 0,
      fields: eventsPartitionKeys.map(({ name }, at) => ({
        name,
        sourceId: idOf(name),
        transform: 'identity',
        fieldId: 1_000 + at,
      })),
    },
    writeOrder: {
      orderId: 1,
      fields: ['event_type', 'event_at', 'event_id'].map((name) => ({
        sourceId: idOf(name),
        transform: 'identity',
        direction: 'asc',
        nullOrder: 'nulls-first',
      })),
    },
    properties: {
      'write.format.default': 'parquet',
      'write.parquet.compression-codec': 'zstd',
      'write.target-file-size-bytes': String(128 * megabyte),
      // Small, so that a filter on event_type, by which rows are sorted, skips most of a file.
      'write.parquet.row-group-size-bytes': String(8 * megabyte),
      // A day of a game goes to one writer: few files, each in order.
      'write.distribution-mode': 'hash',
      'write.merge.distribution-mode': 'hash',
      // With a commit an hour, the metadata of four days.
      'write.metadata.delete-after-commit.enabled': 'true',
      'write.metadata.previous-versions-max': '100',
    },
  };
}

/** Iceberg has names of its own for few types; its `timestamp` is one without a zone, as in the Parquet table. */
const toIceberg = ({ id, name, type }: FirstColumn): CfnTable.IcebergStructFieldProperty => ({
  id,
  name,
  type: type === 'bigint' ? 'long' : type,
  required: false,
});

const firstColumns = new URL('../schemas/iceberg-first-columns.json', import.meta.url);

const readFirstColumns = (): readonly FirstColumn[] =>
  JSON.parse(readFileSync(firstColumns, 'utf8')) as readonly FirstColumn[];
