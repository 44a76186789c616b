import { Aws, Validations } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  ApiDefinition,
  EndpointType,
  LogGroupLogDestination,
  MethodLoggingLevel,
  SpecRestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../../config/schema.ts';
import { accessLog } from '../api/access-log.ts';
import { openApi } from '../api/open-api.ts';
import { streamVariable } from '../api/pack-events.ts';
import { callsOf, type TokenFunction } from '../api/token-routes.ts';
import { adminFunctionArn } from './admin-function.ts';
import type { EventIntake } from './event-intake.ts';
import { RetainedLogs } from './retained-logs.ts';
import { UsagePlans } from './usage-plans.ts';

export interface EventsApiProps {
  readonly config: PipelineConfig;
  /** Where the events route puts its records. */
  readonly stream: EventIntake;
  readonly authorizer: IFunction;
  readonly admin: IFunction;
  /** Answers admins about the warehouse, where there is one. */
  readonly warehouseAdmin?: IFunction | undefined;
  /** What the tokens of studios and of the publisher call. */
  readonly tokenFunctions: Readonly<Record<TokenFunction, IFunction>>;
}

/** The REST API, made from one OpenAPI document, with its stage, its logs and the permissions it needs. */
export class EventsApi extends Construct {
  /** With the stage, without a trailing slash. */
  readonly url: string;
  /** One line per request. */
  readonly accessLogs: ILogGroup;
  readonly usagePlans: UsagePlans;

  constructor(scope: Construct, id: string, props: EventsApiProps) {
    super(scope, id);

    this.accessLogs = new RetainedLogs(this, 'AccessLogs', { config: props.config });
    const api = this.#api(props);
    this.#keepExecutionLogs(api, props.config);
    this.#permitInvocations(api, props);
    this.usagePlans = new UsagePlans(this, 'UsagePlans', { config: props.config, api });
    acknowledgeRules(api);

    this.url = `https://${api.restApiId}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}/${props.config.API_STAGE_NAME}`;
  }

  #api({ config, stream, authorizer, warehouseAdmin, tokenFunctions }: EventsApiProps): SpecRestApi {
    const sender = new Role(this, 'Sender', { assumedBy: new ServicePrincipal('apigateway.amazonaws.com') });
    stream.grantPutRecord(sender);

    return new SpecRestApi(this, 'Resource', {
      restApiName: config.WORKLOAD_NAME,
      description: 'Takes game events and accounts; manages games and tokens; answers reports',
      // Behind CloudFront, which adds the country to a request.
      endpointTypes: [EndpointType.EDGE],
      apiDefinition: ApiDefinition.fromInline(
        openApi({
          title: config.WORKLOAD_NAME,
          corsOrigins: config.CORS_ORIGINS,
          authorizerTtlSeconds: config.AUTHORIZER_TTL_SECONDS,
          authorizerUri: invocationUri(authorizer),
          adminUri: invocationUri({ functionArn: adminFunctionArn(this, config) }),
          warehouseUri: warehouseAdmin && invocationUri(warehouseAdmin),
          tokenUris: {
            accounts: invocationUri(tokenFunctions.accounts),
            studioReports: invocationUri(tokenFunctions.studioReports),
            publisherReports: invocationUri(tokenFunctions.publisherReports),
          },
          intake: stream.service,
          putRecordUri: `arn:${Aws.PARTITION}:apigateway:${Aws.REGION}:${stream.service}:action/PutRecord`,
          senderRoleArn: sender.roleArn,
        }),
      ),
      // A fresh account refuses a stage that logs until it has this role.
      cloudWatchRole: true,
      deployOptions: {
        stageName: config.API_STAGE_NAME,
        variables: {
          [streamVariable[stream.service]]: stream.streamName,
          // A stage variable may not hold "*", which the static headers of the document answer.
          ...(config.CORS_ORIGINS.length > 1 && { corsOrigins: config.CORS_ORIGINS.join(',') }),
        },
        throttlingRateLimit: config.API_RATE_LIMIT,
        throttlingBurstLimit: config.API_BURST_LIMIT,
        loggingLevel: MethodLoggingLevel.ERROR,
        // Would write whole requests, tokens and events included, into the execution log.
        dataTraceEnabled: false,
        metricsEnabled: true,
        accessLogDestination: new LogGroupLogDestination(this.accessLogs),
        accessLogFormat: AccessLogFormat.custom(accessLog),
      },
    });
  }

  /** API Gateway makes this log group by itself, and would keep its logs for ever. */
  #keepExecutionLogs(api: SpecRestApi, config: PipelineConfig): void {
    const logs = new RetainedLogs(this, 'ExecutionLogs', {
      config,
      logGroupName: `API-Gateway-Execution-Logs_${api.restApiId}/${config.API_STAGE_NAME}`,
    });
    api.deploymentStage.node.addDependency(logs);
  }

  /** An API made from a document gets no permissions by itself. */
  #permitInvocations(
    api: SpecRestApi,
    { config, authorizer, admin, warehouseAdmin, tokenFunctions }: EventsApiProps,
  ): void {
    const principal = new ServicePrincipal('apigateway.amazonaws.com');
    const apiArn = `arn:${Aws.PARTITION}:execute-api:${Aws.REGION}:${Aws.ACCOUNT_ID}:${api.restApiId}`;
    const stageArn = `${apiArn}/${config.API_STAGE_NAME}`;
    authorizer.addPermission('Api', { principal, sourceArn: `${apiArn}/authorizers/*` });
    admin.addPermission('Api', { principal, sourceArn: `${stageArn}/*/applications*` });
    warehouseAdmin?.addPermission('Api', { principal, sourceArn: `${stageArn}/POST/redshift/setup` });
    for (const [name, called] of Object.entries(tokenFunctions) as [TokenFunction, IFunction][]) {
      callsOf(name).forEach((call, index) => {
        called.addPermission(`Api${index}`, { principal, sourceArn: `${stageArn}/${call}` });
      });
    }
  }
}

/** What API Gateway calls to invoke a function. */
const invocationUri = ({ functionArn }: Pick<IFunction, 'functionArn'>): string =>
  `arn:${Aws.PARTITION}:apigateway:${Aws.REGION}:lambda:path/2015-03-31/functions/${functionArn}/invocations`;

function acknowledgeRules(api: SpecRestApi): void {
  Validations.of(api).acknowledge(
    {
      id: 'AwsSolutions-APIG2',
      reason:
        'The document itself names the validator of the events route; all other routes are validated by their function.',
    },
    {
      id: 'AwsSolutions-APIG3',
      reason:
        'A web ACL bills every request. Malformed tokens end at the validation expression, floods at the throttle; ' +
        'whoever needs more attaches an ACL to the stage.',
    },
    {
      id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
      reason: 'The policy AWS made for the one role that API Gateway accepts for its logs.',
    },
  );
}
