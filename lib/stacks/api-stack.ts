import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { Env } from '../../business-logic/shared/env.ts';
import type { PipelineConfig } from '../../config/schema.ts';
import { authorizationsByApplication } from '../constructs/authorization-table.ts';
import type { EventStream } from '../constructs/event-stream.ts';
import { EventsApi } from '../constructs/events-api.ts';
import { PipelineFunction } from '../constructs/pipeline-function.ts';

export interface ApiStackProps extends StackProps {
  readonly config: PipelineConfig;
  readonly applications: ITableV2;
  readonly authorizations: ITableV2;
  readonly stream: EventStream;
}

/** The HTTP side: games send events with a token, admins manage games and tokens with signed calls. */
export class ApiStack extends Stack {
  constructor(scope: Construct, id: string, props: ApiStackProps) {
    super(scope, id, props);
    const { config, stream } = props;

    const api = new EventsApi(this, 'Api', {
      config,
      stream,
      authorizer: this.#authorizer(props),
      admin: this.#admin(props),
      tokenFunctions: {},
    });

    new CfnOutput(this, 'ApiUrl', { value: api.url });
  }

  #authorizer({ config, authorizations }: ApiStackProps): PipelineFunction {
    const authorizer = new PipelineFunction(this, 'Authorizer', {
      config,
      folder: 'api-authorizer',
      description: 'Says what the bearer of a token may call',
      timeout: Duration.seconds(10),
      memoryMegabytes: 512,
    });
    authorizer.useTable(authorizations, Env.authorizationsTable, ['dynamodb:GetItem']);
    return authorizer;
  }

  #admin({ config, applications, authorizations }: ApiStackProps): PipelineFunction {
    const admin = new PipelineFunction(this, 'Admin', {
      config,
      folder: 'api-admin',
      description: 'Registers games and their tokens',
      // The gateway waits 29 seconds.
      timeout: Duration.seconds(28),
      memoryMegabytes: 512,
      environment: { [Env.corsOrigins]: config.CORS_ORIGINS.join(',') },
    });
    const items = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'];
    admin.useTable(applications, Env.applicationsTable, [...items, 'dynamodb:Scan']);
    admin.useTable(authorizations, Env.authorizationsTable, [...items, 'dynamodb:BatchWriteItem']);
    admin.useIndex(authorizations, authorizationsByApplication, Env.authorizationsByApplicationIndex, [
      'dynamodb:Query',
    ]);
    return admin;
  }
}
