import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { Env } from '../../business-logic/shared/env.ts';
import { sharedUsageKey } from '../../business-logic/shared/usage-keys.ts';
import type { PipelineConfig } from '../../config/schema.ts';
import { AdminFunction } from '../constructs/admin-function.ts';
import type { EventIntake } from '../constructs/event-intake.ts';
import { EventsApi } from '../constructs/events-api.ts';
import type { Watched } from '../constructs/operations/watched.ts';
import { PipelineFunction } from '../constructs/pipeline-function.ts';
import { ReportsFunction, type ReportsFunctionProps } from '../constructs/reports-function.ts';
import { WarehouseAdminFunction } from '../constructs/warehouse/warehouse-admin-function.ts';
import { WarehouseReportsFunction, type ReportWarehouse } from '../constructs/warehouse-reports-function.ts';
import type { Audience } from '../queries/read-query.ts';

export interface ApiStackProps extends StackProps {
  readonly config: PipelineConfig;
  readonly applications: ITableV2;
  readonly authorizations: ITableV2;
  /** Keys the ids of account events. */
  readonly digestSecret: ISecret;
  readonly stream: EventIntake;
  /** What reports are made of. */
  readonly reports: Omit<ReportsFunctionProps, 'config' | 'audience'>;
  /** Where reports run instead of Athena; absent in DATA_STACK DATA_LAKE. */
  readonly warehouse?: ReportWarehouse | undefined;
}

/**
 * The HTTP side: games send events, the publisher sends accounts, studios and the publisher read reports, each with a
 * token; admins manage games and tokens with signed calls.
 */
export class ApiStack extends Stack {
  /** What the operations stack looks at. */
  readonly watched: Watched['api'];
  /** With the stage, without a trailing slash. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: ApiStackProps) {
    super(scope, id, props);
    const { config, stream, reports, warehouse } = props;

    const authorizer = this.#authorizer(props);
    const admin = new AdminFunction(this, 'Admin', { ...props, ...props.reports });
    const tokenFunctions = {
      accounts: this.#accounts(props),
      studioReports: this.#reports('studio', props),
      publisherReports: this.#reports('publisher', props),
    };
    const api = new EventsApi(this, 'Api', {
      config,
      stream,
      authorizer,
      admin,
      warehouseAdmin: warehouse && new WarehouseAdminFunction(this, 'WarehouseAdmin', { config, lake: reports.lake }),
      tokenFunctions,
    });
    admin.useUsagePlans(api.usagePlans);
    this.watched = { authorizer, accessLogs: api.accessLogs, functions: { admin, ...tokenFunctions } };

    this.url = api.url;
    new CfnOutput(this, 'ApiUrl', { value: api.url });
  }

  #authorizer({ config, authorizations }: ApiStackProps): PipelineFunction {
    const authorizer = new PipelineFunction(this, 'Authorizer', {
      config,
      folder: 'api-authorizer',
      description: 'Says what the bearer of a token may call',
      timeout: Duration.seconds(10),
      memoryMegabytes: 512,
      environment: { [Env.sharedUsageKey]: sharedUsageKey(config.WORKLOAD_NAME) },
    });
    authorizer.useTable(authorizations, Env.authorizationsTable, ['dynamodb:GetItem']);
    authorizer.updateAttributes(authorizations, ['api_key_id', 'last_used_day']);
    return authorizer;
  }

  #accounts({ config, applications, digestSecret, stream }: ApiStackProps): PipelineFunction {
    const accounts = new PipelineFunction(this, 'Accounts', {
      config,
      folder: 'api-accounts',
      description: 'Makes events of accounts: players, studios and who plays what',
      // The gateway waits 29 seconds.
      timeout: Duration.seconds(28),
      // A thousand records become some thousand events with a digest in each id.
      memoryMegabytes: 1_024,
      environment: {
        [Env.corsOrigins]: config.CORS_ORIGINS.join(','),
        [stream.service === 'kinesis' ? Env.ingestStream : Env.deliveryStream]: stream.streamName,
      },
    });
    accounts.useTable(applications, Env.applicationsTable, ['dynamodb:BatchGetItem', 'dynamodb:UpdateItem']);
    stream.grantPutBatch(accounts);
    accounts.useSecret(digestSecret, Env.digestSecret);
    return accounts;
  }

  #reports(audience: Audience, { config, reports, warehouse }: ApiStackProps): PipelineFunction {
    const id = { studio: 'StudioReports', publisher: 'PublisherReports' }[audience];
    const { resultLinkSecret } = reports;
    if (warehouse) return new WarehouseReportsFunction(this, id, { config, audience, warehouse, resultLinkSecret });
    return new ReportsFunction(this, id, { config, audience, ...reports });
  }
}
