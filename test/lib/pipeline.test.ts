import { beforeAll, describe, expect, it } from 'vitest';
import { logsWithoutRetention } from '../support/log-retention.ts';
import { synthesizeConfig, type Synthesized, type TemplateResource } from '../support/synthesized.ts';

let dev: Synthesized;
let prod: Synthesized;

beforeAll(() => {
  dev = synthesizeConfig();
  prod = synthesizeConfig({ DEV_MODE: false, S3_BACKUP_MODE: true, CORS_ORIGINS: ['https://a.io', 'https://b.io'] });
});

const ofType = ({ resources }: Synthesized, type: string): readonly TemplateResource[] =>
  resources.filter(({ Type }) => Type === type);

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

const statements = (pipeline: Synthesized): readonly Statement[] =>
  ofType(pipeline, 'AWS::IAM::Policy').flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[]);

/** What the roles of one construct may do, their logs aside. */
const actionsOf = (pipeline: Synthesized, construct: string): readonly string[] =>
  ofType(pipeline, 'AWS::IAM::Policy')
    .filter(({ logicalId }) => logicalId.startsWith(construct))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[])
    .flatMap(({ Action }) => [Action].flat())
    .filter((action) => !action.startsWith('logs:'));

const stageOf = (pipeline: Synthesized) => ofType(pipeline, 'AWS::ApiGateway::Stage')[0]!;

const deploymentOf = (pipeline: Synthesized) => ofType(pipeline, 'AWS::ApiGateway::Deployment')[0]!.logicalId;

describe('permissions', () => {
  it('never name every resource or every action of a service', () => {
    for (const { Action, Resource } of [...statements(dev), ...statements(prod)]) {
      expect([Resource].flat()).not.toContain('*');
      for (const action of [Action].flat()) expect(action).not.toMatch(/\*/);
    }
  });

  it('have wildcards for the objects of named folders only, and for API keys that are made later', () => {
    const wildcards = statements(prod)
      .flatMap(({ Resource }) => [Resource].flat())
      .map((resource) => JSON.stringify(resource))
      .filter((text) => text.includes('*'))
      .map((text) => /"((?:::)?\/[^"]*\*)"/.exec(text)?.[1] ?? text);
    expect([...new Set(wildcards)].toSorted()).toEqual([
      '/athena-results/*',
      '/console*',
      '/crawled_*',
      '/custom/*',
      '/events/*',
      '/events/application_id=_accounts/*',
      '/firehose-backup/*',
      '/firehose-errors/*',
      '/games/*',
      '/glue-tmp/*',
      '/player_days/*',
      '/player_games/*',
      '/player_names/*',
      '/player_revenue/*',
      '/players/*',
      '/raw_events/*',
      '/results/*',
      '/state/forget/*',
      '/studios/*',
      '::/apikeys/*',
    ]);
  });

  it('let the transform read an application, and use the keys of personal data', () => {
    expect(actionsOf(dev, 'Transform')).toEqual([
      'dynamodb:GetItem',
      'dynamodb:BatchGetItem',
      'dynamodb:PutItem',
      'kms:Decrypt',
      'kms:GenerateDataKey',
      'secretsmanager:GetSecretValue',
    ]);
  });

  it('let the authorizer read one item, and store the day of its last use and nothing else', () => {
    expect(actionsOf(dev, 'Authorizer')).toEqual(['dynamodb:GetItem', 'dynamodb:UpdateItem']);
    expect(actionsOf(dev, 'ApiSender')).toEqual(['firehose:PutRecord']);
  });

  it('let API Gateway, and the routes of this API alone, call a function', () => {
    const permissions = ofType(dev, 'AWS::Lambda::Permission').map(({ Properties }) => Properties);
    expect(permissions.filter(({ Principal }) => Principal !== 'apigateway.amazonaws.com')).toEqual([]);
    const callers = permissions.map(({ FunctionName, SourceArn }) => {
      const arn = /"Ref":"Api\w+"\},"(\/[^"]+)"\]\]\}$/.exec(JSON.stringify(SourceArn))?.[1];
      return `${arn} ${(FunctionName['Fn::GetAtt'][0] as string).slice(0, -8)}`;
    });
    expect(callers).toEqual([
      '/authorizers/* Authorizer',
      '/live/*/applications* Admin',
      '/live/POST/player-ingest Accounts',
      '/live/POST/studio-ingest Accounts',
      '/live/POST/studio/unregistrations Accounts',
      '/live/GET/studio StudioReports',
      '/live/GET/studio/results/* StudioReports',
      '/live/GET/rg-owner PublisherReports',
      '/live/GET/rg-owner/results/* PublisherReports',
    ]);
  });

  it('let the function of accounts look at games, note registrations and put batches', () => {
    expect(actionsOf(dev, 'Accounts')).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:UpdateItem',
      'firehose:PutRecordBatch',
      'secretsmanager:GetSecretValue',
    ]);
  });
});

describe('the limits of games', () => {
  it('are a plan for each class, and one without limits for tokens from before there were any', () => {
    const plans = ofType(dev, 'AWS::ApiGateway::UsagePlan').map(({ Properties }) => Properties);
    expect(plans.map(({ UsagePlanName, Throttle }) => [UsagePlanName, Throttle])).toEqual([
      ['test-client', { RateLimit: 400, BurstLimit: 800 }],
      ['test-server', { RateLimit: 500, BurstLimit: 1_000 }],
      ['test-shared', undefined],
    ]);
    const stage = { Ref: stageOf(dev).logicalId };
    for (const { ApiStages } of plans) expect(ApiStages).toMatchObject([{ Stage: stage }]);
  });

  it('have a key that the authorizer names where a token has none of its own', () => {
    const [shared] = ofType(dev, 'AWS::ApiGateway::ApiKey');
    const { Environment } = ofType(dev, 'AWS::Lambda::Function').find(({ logicalId }) =>
      logicalId.startsWith('Authorizer'),
    )!.Properties;
    expect(shared?.Properties).toMatchObject({ Enabled: true, Value: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(Environment.Variables.SHARED_USAGE_KEY).toBe(shared?.Properties.Value);
    expect(ofType(dev, 'AWS::ApiGateway::UsagePlanKey')).toHaveLength(1);
  });

  it('let the authorizer change no attribute of a token but the day of its last use', () => {
    const update = ofType(dev, 'AWS::IAM::Policy')
      .filter(({ logicalId }) => logicalId.startsWith('Authorizer'))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as { Action: unknown; Condition?: unknown }[])
      .find(({ Action }) => Action === 'dynamodb:UpdateItem');
    expect(update?.Condition).toEqual({
      'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['api_key_id', 'last_used_day'] },
    });
  });
});

describe('every stack', () => {
  it('names no partition, account or region of its own', () => {
    const text = JSON.stringify(dev.resources);
    expect(text.match(/.{0,40}(arn:aws:|[":]\d{12}[":]|\b(us|eu|ap)-[a-z]+-\d\b).{0,40}/g) ?? []).toEqual([]);
  });

  it('keeps logs as long as it is told, and no log for ever', () => {
    for (const pipeline of [dev, prod]) {
      const groups = ofType(pipeline, 'AWS::Logs::LogGroup');
      expect(groups.length).toBeGreaterThan(5);
      expect(groups.filter(({ Properties }) => Properties.RetentionInDays !== 30)).toEqual([]);
    }
  });

  it('has no function, API, delivery stream, job or state machine whose log nobody forgets', () => {
    for (const pipeline of [dev, prod]) expect(logsWithoutRetention(pipeline)).toEqual([]);
  });

  it('gives each function a log group of its own', () => {
    const names = new Set(ofType(dev, 'AWS::Logs::LogGroup').map(({ logicalId }) => logicalId));
    const functions = ofType(dev, 'AWS::Lambda::Function');
    const ownLogs = functions.map(({ Properties }) => Properties.LoggingConfig.LogGroup.Ref as string);
    expect(new Set(ownLogs).size).toBe(functions.length);
    expect(ownLogs.filter((name) => !names.has(name))).toEqual([]);
  });

  it('runs functions on a Node that is supported, on arm64', () => {
    const functions = ofType(prod, 'AWS::Lambda::Function');
    expect(functions).toHaveLength(8);
    for (const { Properties } of functions) {
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Handler: 'index.handler' });
    }
  });
});

describe('a deployment without EMAIL_ADDRESS', () => {
  it('has a topic for failures that nobody subscribes to yet', () => {
    expect(ofType(dev, 'AWS::SNS::Topic')).toHaveLength(1);
    expect(ofType(dev, 'AWS::SNS::Subscription')).toEqual([]);
  });
});

/** The console's bucket holds what any deployment puts there again. */
const holdsData = ({ stack }: TemplateResource): boolean => stack !== 'console';

describe('what is kept', () => {
  it('outlives its stack in an environment that keeps its data', () => {
    const stateful = {
      'AWS::S3::Bucket': 3,
      'AWS::DynamoDB::GlobalTable': 3,
      'AWS::KMS::Key': 1,
      'AWS::SecretsManager::Secret': 2,
    };
    for (const [type, count] of Object.entries(stateful)) {
      const kept = ofType(prod, type).filter(holdsData);
      expect(kept).toHaveLength(count);
      for (const { DeletionPolicy, UpdateReplacePolicy } of kept) {
        expect([DeletionPolicy, UpdateReplacePolicy]).toEqual(['Retain', 'Retain']);
      }
    }
    for (const { Properties } of ofType(prod, 'AWS::DynamoDB::GlobalTable')) {
      expect(Properties.Replicas[0]).toMatchObject({
        DeletionProtectionEnabled: true,
      });
    }
  });

  it('can be restored, but for what has to be gone when it is erased', () => {
    const restorable = ofType(prod, 'AWS::DynamoDB::GlobalTable').map(({ logicalId, Properties }) => [
      logicalId.replace(/[0-9A-F]{8}$/, ''),
      Properties.Replicas[0].PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled,
    ]);
    expect(restorable).toEqual([
      ['Applications', true],
      ['Authorizations', true],
      ['PlayerKeys', false],
    ]);
    const versioned = ofType(prod, 'AWS::S3::Bucket')
      .filter(holdsData)
      .map(({ logicalId, Properties }) => [
        logicalId.replace(/[0-9A-F]{8}$/, ''),
        Properties.VersioningConfiguration?.Status,
      ]);
    expect(versioned).toEqual([
      ['AccessLogs', 'Enabled'],
      ['Lake', 'Enabled'],
      ['Restricted', undefined],
    ]);
  });

  it('goes with its stack in a throw-away environment', () => {
    for (const type of ['AWS::S3::Bucket', 'AWS::DynamoDB::GlobalTable']) {
      for (const { DeletionPolicy } of ofType(dev, type)) expect(DeletionPolicy).toBe('Delete');
    }
    dev.storage.resourceCountIs('Custom::S3AutoDeleteObjects', 3);
    prod.storage.resourceCountIs('Custom::S3AutoDeleteObjects', 0);
  });

  it('is forgotten folder by folder', () => {
    const lake = ofType(prod, 'AWS::S3::Bucket').find(({ logicalId }) => logicalId.startsWith('Lake'));
    const rules = lake!.Properties.LifecycleConfiguration.Rules as readonly {
      Prefix?: string;
      ExpirationInDays?: number;
    }[];
    const expiry = rules.filter(({ Prefix }) => Prefix !== undefined);
    expect(expiry.map(({ Prefix, ExpirationInDays }) => [Prefix, ExpirationInDays])).toEqual([
      ['raw_events/', 730],
      ['firehose-errors/', 30],
      ['firehose-backup/', 30],
      ['athena-results/', 7],
      ['glue-tmp/', 3],
    ]);
    expect(rules.at(-1)).toMatchObject({ NoncurrentVersionExpiration: { NoncurrentDays: 7 } });
  });

  it('is private and takes TLS only', () => {
    for (const { Properties } of ofType(dev, 'AWS::S3::Bucket')) {
      expect(Object.values(Properties.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
    }
    const policies = ofType(dev, 'AWS::S3::BucketPolicy');
    expect(policies).toHaveLength(4);
    for (const { Properties } of policies) {
      expect(Properties.PolicyDocument.Statement).toContainEqual(
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      );
    }
  });

  it('logs who reads the lake into another bucket', () => {
    const lake = ofType(dev, 'AWS::S3::Bucket').find(({ logicalId }) => logicalId.startsWith('Lake'));
    expect(lake!.Properties.LoggingConfiguration.DestinationBucketName.Ref).toMatch(/^AccessLogs/);
  });

  it('lists tokens by application without their digests', () => {
    const [index] = ofType(dev, 'AWS::DynamoDB::GlobalTable').flatMap(
      ({ Properties }) => Properties.GlobalSecondaryIndexes ?? [],
    );
    expect(index).toMatchObject({
      IndexName: 'by_application',
      KeySchema: [{ AttributeName: 'application_id' }, { AttributeName: 'api_key_id' }],
    });
    expect(JSON.stringify(index)).not.toContain('digest');
  });
});

describe('the stage', () => {
  it('throttles, and writes no request into its execution log', () => {
    expect(stageOf(dev).Properties.MethodSettings).toEqual([
      expect.objectContaining({
        ResourcePath: '/*',
        HttpMethod: '*',
        ThrottlingRateLimit: 1000,
        ThrottlingBurstLimit: 2000,
        DataTraceEnabled: false,
        LoggingLevel: 'ERROR',
      }),
    ]);
  });

  it('logs each request without token, address or body', () => {
    const format = stageOf(dev).Properties.AccessLogSetting.Format as string;
    expect(Object.keys(JSON.parse(format) as object)).toContain('requestId');
    expect(format).not.toMatch(/header|Authorization|sourceIp|identity|input|authorizationToken|error\.message/);
  });

  it('waits for the account’s logging role and for its own execution log', () => {
    const { DependsOn, Properties } = stageOf(dev);
    const [account] = ofType(dev, 'AWS::ApiGateway::Account');
    const executionLogs = ofType(dev, 'AWS::Logs::LogGroup').find(({ Properties }) =>
      JSON.stringify(Properties.LogGroupName ?? '').includes('API-Gateway-Execution-Logs_'),
    );
    expect(DependsOn).toEqual(expect.arrayContaining([account!.logicalId, executionLogs!.logicalId]));
    expect(JSON.stringify(executionLogs!.Properties.LogGroupName)).toContain(`/${Properties.StageName}`);
  });

  it('knows the delivery stream by a stage variable, and several origins by another', () => {
    expect(stageOf(dev).Properties.Variables).toEqual({ deliveryStream: expect.anything() });
    expect(stageOf(prod).Properties.Variables).toMatchObject({ corsOrigins: 'https://a.io,https://b.io' });
  });

  it('is deployed anew when the document changes', () => {
    expect(deploymentOf(dev)).not.toBe(deploymentOf(prod));
  });

  it('lies behind CloudFront, which tells the country', () => {
    expect(ofType(dev, 'AWS::ApiGateway::RestApi')[0]!.Properties.EndpointConfiguration).toEqual({ Types: ['EDGE'] });
  });
});

describe('the outputs', () => {
  it('name what clients and tests need, whatever the construct ids', () => {
    const names = Object.values({ ...dev, resources: undefined })
      .filter((template) => template !== undefined)
      .flatMap((template) => Object.keys(template.toJSON().Outputs as object));
    expect(names).toEqual(
      expect.arrayContaining([
        'LakeBucket',
        'Database',
        'RawEventsTable',
        'WorkGroup',
        'Workflow',
        'DeliveryStream',
        'ApiUrl',
        'ConsoleUrl',
      ]),
    );
  });
});
