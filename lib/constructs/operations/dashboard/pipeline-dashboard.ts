import { AlarmStatusWidget, Dashboard, Row, type IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../../../../config/schema.ts';
import type { Watched } from '../watched.ts';
import { costRow } from './cost-row.ts';
import { deliveryRow } from './delivery-row.ts';
import { ingestRow } from './ingest-row.ts';
import { jobsRow } from './jobs-row.ts';
import { streamRow } from './stream-row.ts';
import { transformRow } from './transform-row.ts';
import { warehouseRow } from './warehouse-row.ts';

export interface PipelineDashboardProps {
  readonly config: PipelineConfig;
  readonly watched: Watched;
  readonly alarms: readonly IAlarm[];
}

/** The operator's view: first what is wrong, then the way of an event from row to row. */
export class PipelineDashboard extends Dashboard {
  constructor(scope: Construct, id: string, { config, watched, alarms }: PipelineDashboardProps) {
    super(scope, id, { dashboardName: config.WORKLOAD_NAME });
    const { ingestion, api, lake, warehouse } = watched;
    const rows = [
      new Row(new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 24, height: 3 })),
      ...ingestRow(config, ingestion),
      ...(ingestion.kinesisStream === undefined ? [] : streamRow(ingestion.kinesisStream, ingestion.deliveryStream)),
      ...transformRow(ingestion),
      ...deliveryRow(ingestion),
      ...jobsRow(lake, api),
      ...(warehouse ? warehouseRow(warehouse) : []),
      ...costRow(watched),
    ];
    for (const row of rows) this.addWidgets(row);
  }
}
