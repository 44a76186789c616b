import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../../config/schema.ts';
import { apiAlarms } from '../constructs/operations/alarms/api-alarms.ts';
import { ingestionAlarms } from '../constructs/operations/alarms/ingestion-alarms.ts';
import { lakeAlarms } from '../constructs/operations/alarms/lake-alarms.ts';
import { warehouseAlarms } from '../constructs/operations/alarms/warehouse-alarms.ts';
import { PipelineDashboard } from '../constructs/operations/dashboard/pipeline-dashboard.ts';
import { accessLogNamespace } from '../constructs/operations/metrics.ts';
import { PipelineAlarm } from '../constructs/operations/pipeline-alarm.ts';
import type { Watched } from '../constructs/operations/watched.ts';

export interface OperationsStackProps extends StackProps {
  readonly config: PipelineConfig;
  readonly watched: Watched;
  /** Hears of failures, and so of alarms. */
  readonly failures: ITopic;
}

/** Says whether the promise holds: alarms that can fire and can go quiet, and a dashboard that shows why. */
export class OperationsStack extends Stack {
  constructor(scope: Construct, id: string, { config, watched, failures, ...props }: OperationsStackProps) {
    super(scope, id, props);
    this.#countThrottled(config, watched);

    const { ingestion, api, lake, warehouse } = watched;
    const alarms = [
      ...ingestionAlarms(config, ingestion),
      ...apiAlarms(config, api),
      ...lakeAlarms(lake),
      ...(warehouse ? warehouseAlarms(config, warehouse) : []),
    ].map((definition) => new PipelineAlarm(this, { config, failures, definition }));
    const { dashboardName } = new PipelineDashboard(this, 'Pipeline', { config, watched, alarms });
    new CfnOutput(this, 'Dashboard', { value: dashboardName });
  }

  /** API Gateway has no metric of what it throttles: its 4XXError counts wrong tokens as well. The access log tells. */
  #countThrottled(config: PipelineConfig, { api }: Watched): void {
    new MetricFilter(this, 'RequestsThrottledCount', {
      logGroup: api.accessLogs,
      filterPattern: FilterPattern.stringValue('$.status', '=', '429'),
      metricNamespace: accessLogNamespace(config),
      metricName: 'RequestsThrottled',
      metricValue: '1',
      defaultValue: 0,
    });
  }
}
