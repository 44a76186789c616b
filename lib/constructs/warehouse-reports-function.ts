import { Duration } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { Env } from '../../business-logic/shared/env.ts';
import type { WarehouseSql } from '../../business-logic/shared/warehouse-statements.ts';
import type { PipelineConfig } from '../../config/schema.ts';
import type { Audience } from '../queries/read-query.ts';
import { PipelineFunction } from './pipeline-function.ts';
import { reportRoleName } from './report-role-name.ts';
import { reportsFile } from './reports-file.ts';
import { followOwnStatements } from './warehouse/follow-own-statements.ts';

/** Where a warehouse answers, and with which texts. */
export interface ReportWarehouse {
  readonly workgroupName: string;
  readonly workgroupArn: string;
  readonly database: string;
  /** Every report in Redshift's SQL, by name. */
  readonly reports: WarehouseSql['reports'];
}

export interface WarehouseReportsFunctionProps {
  readonly config: PipelineConfig;
  /** Whose reports it answers, and so what it may read. */
  readonly audience: Audience;
  readonly warehouse: ReportWarehouse;
  readonly resultLinkSecret: ISecret;
}

/**
 * Answers the reports of one audience from the warehouse. Its role is the second wall here as well (decision 0024): the
 * warehouse knows it as a user, to whom its setup grants what the audience's reports read, and names to the publisher's.
 */
export class WarehouseReportsFunction extends PipelineFunction {
  constructor(scope: Construct, id: string, props: WarehouseReportsFunctionProps) {
    const { config, audience, warehouse, resultLinkSecret } = props;
    super(scope, id, {
      config,
      folder: 'api-reports/redshift',
      files: { 'reports.json': reportsFile(config), 'warehouse.json': JSON.stringify(warehouse.reports) },
      description: `Answers the reports of the audience ${audience} from the warehouse`,
      // The gateway waits 29 seconds.
      timeout: Duration.seconds(28),
      memoryMegabytes: 512,
      roleName: reportRoleName(config, audience),
      environment: {
        [Env.reportAudience]: audience,
        [Env.warehouseWorkgroup]: warehouse.workgroupName,
        [Env.warehouseDatabase]: warehouse.database,
        [Env.corsOrigins]: config.CORS_ORIGINS.join(','),
      },
    });
    this.#runStatements(warehouse);
    this.useSecret(resultLinkSecret, Env.resultLinkSecret);
  }

  #runStatements({ workgroupArn }: ReportWarehouse): void {
    Grant.addToPrincipal({
      grantee: this,
      actions: ['redshift-data:ExecuteStatement', 'redshift-serverless:GetCredentials'],
      resourceArns: [workgroupArn],
    });
    followOwnStatements(this, this.role!);
  }
}
