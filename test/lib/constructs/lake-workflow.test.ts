import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { playerTables } from '../../../lib/schemas/player-tables.ts';
import { eventViewName } from '../../../lib/schemas/event-views.ts';
import { eventsTable } from '../../../lib/schemas/events-table.ts';
import { rawEventViews } from '../../../lib/schemas/raw-events.ts';
import { synthesizeConfig, textOf, type Synthesized, type TemplateResource } from '../../support/synthesized.ts';

let lake: Synthesized;

beforeAll(() => {
  lake = synthesizeConfig({
    WORKLOAD_NAME: 'studio',
    EVENTS_DATABASE: 'games',
    RAW_EVENTS_PREFIX: 'raw',
    PROCESSED_EVENTS_PREFIX: 'typed',
    GLUE_TMP_PREFIX: 'scratch',
    ETL_SCHEDULE: 'cron(0 6 * * ? *)',
    EMAIL_ADDRESS: 'owner@example.com',
  });
});

const ofType = ({ resources }: Synthesized, type: string): readonly TemplateResource[] =>
  resources.filter(({ Type }) => Type === type);

const only = (pipeline: Synthesized, type: string): TemplateResource => {
  const found = ofType(pipeline, type);
  expect(found).toHaveLength(1);
  return found[0]!;
};

const job = (pipeline: Synthesized, name: string): TemplateResource => {
  const found = ofType(pipeline, 'AWS::Glue::Job').find(({ Properties }) => Properties.Name === `studio-${name}`);
  if (!found) throw new Error(`there is no job studio-${name}`);
  return found;
};

/** What a job is told. */
const argumentsOf = (name: string): Record<string, string> => {
  const given = job(lake, name).Properties.DefaultArguments as Record<string, unknown>;
  return Object.fromEntries(Object.entries(given).map(([argument, value]) => [argument, textOf(value)]));
};

const jobNames = [
  'process-events',
  'process-players',
  'process-studios',
  'process-games',
  'process-player-games',
  'process-player-names',
] as const;

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** What a role may do, one line for each action and resource; logs aside. */
const permissions = (pipeline: Synthesized, construct: string): readonly string[] =>
  ofType(pipeline, 'AWS::IAM::Policy')
    .filter(({ logicalId }) => logicalId.startsWith(construct))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as readonly Statement[])
    .flatMap(({ Action, Resource }) =>
      [Action].flat().flatMap((action) => [Resource].flat().map((resource) => `${action} ${textOf(resource)}`)),
    )
    .filter((line) => !line.startsWith('logs:'));

describe('the workflow', () => {
  it('takes one run at a time', () => {
    expect(only(lake, 'AWS::Glue::Workflow').Properties).toMatchObject({ Name: 'studio', MaxConcurrentRuns: 1 });
  });

  it('starts on demand with the events job; tables follow one after the other, and a crawl when all have succeeded', () => {
    const ids = jobNames.map((name) => ({ Ref: job(lake, name).logicalId }));
    // The job that forgets players runs when somebody asks for it.
    expect(ofType(lake, 'AWS::Glue::Job')).toHaveLength(ids.length + 1);
    const crawler = { Ref: only(lake, 'AWS::Glue::Crawler').logicalId };
    const [start, ...later] = ofType(lake, 'AWS::Glue::Trigger').map(({ Properties }) => Properties);
    expect(start).toMatchObject({ Type: 'ON_DEMAND', Actions: [{ JobName: ids[0] }] });
    expect(later).toHaveLength(ids.length);
    for (const [at, trigger] of later.entries()) {
      expect(trigger).toMatchObject({
        Type: 'CONDITIONAL',
        Predicate: { Conditions: [{ JobName: ids[at], LogicalOperator: 'EQUALS', State: 'SUCCEEDED' }] },
        Actions: [at + 1 < ids.length ? { JobName: ids[at + 1] } : { CrawlerName: crawler }],
        StartOnCreation: true,
      });
    }
  });

  it('gets its triggers one after another, since Glue changes one workflow in one place at a time', () => {
    const triggers = ofType(lake, 'AWS::Glue::Trigger');
    for (const [at, trigger] of triggers.slice(1).entries())
      expect(trigger.DependsOn).toContain(triggers[at]!.logicalId);
  });
});

const pascalCase = (name: string): string =>
  name.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Actions that the script's calls of Glue need, and its modules': `self.glue.get_table(` is GetTable. */
function calledInGlue(): ReadonlySet<string> {
  const modules = readdirSync('glue-scripts/modules/playlake').filter((name) => name.endsWith('.py'));
  const files = ['process_events.py', ...modules.map((name) => `modules/playlake/${name}`)];
  const script = files.map((name) => readFileSync(`glue-scripts/${name}`, 'utf8')).join('\n');
  const calls = [...script.matchAll(/\bglue\.(?:get_paginator\("(\w+)"\)|(?!get_paginator)([a-z_]+)\()/g)];
  return new Set(calls.map(([, paged, direct]) => pascalCase(paged ?? direct!)));
}

describe('the events job', () => {
  it('runs on two small workers, for an hour at most, once at a time', () => {
    expect(job(lake, 'process-events').Properties).toMatchObject({
      GlueVersion: '5.1',
      WorkerType: 'G.1X',
      NumberOfWorkers: 2,
      Timeout: 60,
      MaxRetries: 0,
      ExecutionProperty: { MaxConcurrentRuns: 1 },
      Command: { Name: 'glueetl', PythonVersion: '3' },
      DefaultArguments: { '--enable-auto-scaling': 'true' },
    });
  });

  it('is told where everything lies', () => {
    expect(argumentsOf('process-events')).toEqual({
      '--bucket': '${Lake}',
      '--database': '${Database}',
      '--raw_prefix': 'raw',
      '--events_prefix': 'typed',
      '--events_table': 'events',
      '--player_days_table': 'player_days',
      '--player_revenue_table': 'player_revenue',
      '--tmp_prefix': 'scratch',
      '--manifest_key': 'state/process-events.json',
      '--forget_job': 'studio-forget-players',
      '--forgotten_key': 'state/forgotten.json',
      '--plan': expect.stringMatching(/^s3:.*\.json$/),
      '--compression': 'zstd',
      '--table_format': 'PARQUET',
      '--TempDir': 's3://${Lake}/scratch/',
      '--enable-auto-scaling': 'true',
      '--extra-py-files': expect.stringMatching(/^s3:.*\.zip$/),
      '--custom-logGroup-prefix': '/aws-glue/jobs/studio-process-events',
    });
  });

  it('logs where logs are forgotten', () => {
    const groups = ofType(lake, 'AWS::Logs::LogGroup').map(({ Properties }) => Properties.LogGroupName as unknown);
    expect(groups).toEqual(
      expect.arrayContaining([
        '/aws-glue/jobs/studio-process-events/error',
        '/aws-glue/jobs/studio-process-events/output',
      ]),
    );
  });

  it('reads raw objects, and writes its own folders and its manifest', () => {
    const s3 = permissions(lake, 'ProcessEvents').filter((line) => line.startsWith('s3:'));
    const writes = s3.filter((line) => /^s3:(Put|Delete)/.test(line)).map((line) => line.replace('${Lake.Arn}', ''));
    expect(writes.toSorted()).toEqual([
      's3:DeleteObject ${Lake}/player_days/*',
      's3:DeleteObject ${Lake}/player_revenue/*',
      's3:DeleteObject ${Lake}/scratch/*',
      's3:DeleteObject ${Lake}/typed/*',
      's3:PutObject ${Lake}/player_days/*',
      's3:PutObject ${Lake}/player_revenue/*',
      's3:PutObject ${Lake}/scratch/*',
      's3:PutObject ${Lake}/state/process-events.json',
      's3:PutObject ${Lake}/typed/*',
    ]);
    expect(s3).toContain('s3:GetObject ${Lake}/raw/*');
    // Its script and its plan, by name.
    expect(s3.filter((line) => /^s3:GetObject .*\.(py|json)$/.test(line) && !line.includes('${Lake}'))).toHaveLength(2);
  });

  it('may call in the catalog what its script calls, for its three tables, and change no table', () => {
    const glue = permissions(lake, 'ProcessEvents').filter((line) => line.startsWith('glue:'));
    expect(new Set(glue.map((line) => line.slice('glue:'.length, line.indexOf(' '))))).toEqual(calledInGlue());
    const tables = new Set(glue.map((line) => / \S+:table\/\S+\/(\S+)$/.exec(line)?.[1]).filter(Boolean));
    expect([...tables].toSorted()).toEqual(['events', 'player_days', 'player_revenue']);
    expect(glue.filter((line) => /^glue:(Create|Update|Delete)Table /.test(line))).toEqual([]);
  });
});

describe('the jobs of the account tables', () => {
  const tables = { players: 'Players', studios: 'Studios', games: 'Games', player_games: 'PlayerGames' } as const;

  it.each(Object.entries(tables))('keep %s alone, from account events', (table, id) => {
    const name = `process-${table.replaceAll('_', '-')}`;
    expect(argumentsOf(name)).toEqual({
      '--bucket': '${Lake}',
      '--database': '${Database}',
      '--events_table': 'events',
      '--events_prefix': 'typed',
      '--application_id': '_accounts',
      '--table': table,
      '--state_key': 'state/accounts.json',
      '--plan': expect.stringMatching(/^s3:.*\.json$/),
      '--extra-py-files': expect.stringMatching(/^s3:.*\.zip$/),
      '--compression': 'zstd',
      '--table_format': 'PARQUET',
      '--enable-auto-scaling': 'true',
      '--custom-logGroup-prefix': `/aws-glue/jobs/studio-${name}`,
    });
    const may = permissions(lake, `Process${id}`).filter((line) => !/cdk-hnb659fds-assets/.test(line));
    expect(new Set(may.filter((line) => /^s3:(Get|Put|Delete)Object/.test(line)))).toEqual(
      new Set([
        `s3:DeleteObject \${Lake}/${table}/*`,
        `s3:GetObject \${Lake}/${table}/*`,
        `s3:PutObject \${Lake}/${table}/*`,
        's3:GetObject ${Lake}/state/accounts.json',
        's3:PutObject ${Lake}/state/accounts.json',
        's3:GetObject ${Lake}/typed/application_id=_accounts/*',
      ]),
    );
    const changes = may.filter((line) => /^glue:(Batch|Create|Update|Delete).*:table/.test(line));
    expect(new Set(changes.map((line) => line.split('/').at(-1)))).toEqual(new Set([table]));
    expect(may.filter((line) => /^(kms|dynamodb):/.test(line))).toEqual([]);
  });

  it('leave decryption to one job, which writes no name outside of the restricted bucket', () => {
    expect(argumentsOf('process-player-names')).toMatchObject({
      '--bucket': '${Lake}',
      '--restricted_bucket': '${Restricted}',
      '--player_keys_table': '${PlayerKeys}',
      '--pii_key_id': '${PersonalData}',
      '--table': 'player_names',
      '--state_key': 'state/player-names.json',
    });
    const may = permissions(lake, 'ProcessPlayerNames').filter((line) => !/cdk-hnb659fds-assets/.test(line));
    expect(may.filter((line) => /^(kms|dynamodb|s3:(Get|Put|Delete)Object)/.test(line)).toSorted()).toEqual([
      'dynamodb:BatchGetItem ${PlayerKeys}',
      'kms:Decrypt ${PersonalData}',
      's3:DeleteObject ${Restricted}/player_names/*',
      's3:GetObject ${Lake}/state/player-names.json',
      's3:GetObject ${Lake}/typed/application_id=_accounts/*',
      's3:GetObject ${Restricted}/player_names/*',
      's3:PutObject ${Lake}/state/player-names.json',
      's3:PutObject ${Restricted}/player_names/*',
    ]);
    const others = ofType(lake, 'AWS::IAM::Policy').filter(
      ({ stack, logicalId }) => stack === 'dataLake' && !logicalId.startsWith('ProcessPlayerNames'),
    );
    expect(others.filter((policy) => /kms:Decrypt/.test(JSON.stringify(policy)))).toEqual([]);
  });
});

const crawler = (pipeline: Synthesized) => only(pipeline, 'AWS::Glue::Crawler').Properties;

describe('the crawler', () => {
  it('looks at what no schema describes, and at nothing else', () => {
    const { S3Targets } = crawler(lake).Targets as { S3Targets: readonly { Path: unknown; Exclusions: string[] }[] };
    expect(S3Targets.map(({ Path }) => textOf(Path))).toEqual([
      's3://${Lake}/custom/',
      's3://${Lake}/firehose-errors/',
    ]);
    for (const { Exclusions } of S3Targets) expect(Exclusions).toEqual(['**/_*', '**/.*']);
  });

  it('makes a table of each folder, logs what has changed of one it knows, and adds new partitions', () => {
    expect(crawler(lake)).toMatchObject({
      SchemaChangePolicy: { UpdateBehavior: 'LOG', DeleteBehavior: 'LOG' },
      RecrawlPolicy: { RecrawlBehavior: 'CRAWL_NEW_FOLDERS_ONLY' },
    });
    expect(JSON.parse(crawler(lake).Configuration as string)).toMatchObject({
      Version: 1,
      Grouping: { TableLevelConfiguration: 3 },
    });
  });

  it('may touch the tables it made, and none of ours has a name like theirs', () => {
    const prefix = crawler(lake).TablePrefix as string;
    const glue = permissions(lake, 'Crawler').filter((line) => line.includes(':table/'));
    expect(new Set(glue.map((line) => line.split('/').at(-1)))).toEqual(new Set([`${prefix}*`]));
    const ours = [eventsTable, ...playerTables.map(({ name }) => name), ...rawEventViews.map(({ name }) => name)];
    expect([...ours, eventViewName(prefix)].filter((name) => name.startsWith(prefix))).toEqual([]);
  });

  it('reads the two folders and writes nothing', () => {
    expect(permissions(lake, 'Crawler').filter((line) => line.startsWith('s3:'))).toEqual([
      's3:GetBucketLocation ${Lake}',
      's3:ListBucket ${Lake}',
      's3:GetObject ${Lake}/custom/*',
      's3:GetObject ${Lake}/firehose-errors/*',
    ]);
  });
});

describe('the schedule', () => {
  it('invokes, in UTC and as configured, a function that looks first', () => {
    const { ScheduleExpression, ScheduleExpressionTimezone, FlexibleTimeWindow, Target } = only(
      lake,
      'AWS::Scheduler::Schedule',
    ).Properties;
    expect([ScheduleExpression, ScheduleExpressionTimezone]).toEqual(['cron(0 6 * * ? *)', 'UTC']);
    expect(FlexibleTimeWindow).toEqual({ Mode: 'OFF' });
    expect(textOf(Target.Arn)).toMatch(/^\$\{ScheduleStartWorkflow\w+\.Arn\}$/);
    expect(permissions(lake, 'ScheduleRole')).toEqual([`lambda:InvokeFunction ${textOf(Target.Arn)}`]);
  });

  it('has a function that may list the lake, read the manifest, start the workflow and tell of its own failure', () => {
    const [workflow, topic] = ['AWS::Glue::Workflow', 'AWS::SNS::Topic'].map((type) => only(lake, type).logicalId);
    expect(permissions(lake, 'ScheduleStartWorkflow').toSorted()).toEqual([
      `glue:StartWorkflowRun arn:\${AWS::Partition}:glue:\${AWS::Region}:\${AWS::AccountId}:workflow/\${${workflow}}`,
      's3:GetObject ${Lake}/state/process-events.json',
      's3:ListBucket ${Lake}',
      `sns:Publish \${${topic}}`,
    ]);
    const starter = ofType(lake, 'AWS::Lambda::Function').find(({ logicalId }) => logicalId.startsWith('Schedule'))!;
    const told = Object.entries(starter.Properties.Environment.Variables as Record<string, unknown>);
    expect(Object.fromEntries(told.map(([name, value]) => [name, textOf(value)]))).toEqual({
      WORKFLOW_NAME: `\${${workflow}}`,
      LAKE_BUCKET: '${Lake}',
      RAW_EVENTS_PREFIX: 'raw',
      MANIFEST_KEY: 'state/process-events.json',
    });
  });
});

const rules = (pipeline: Synthesized) => ofType(pipeline, 'AWS::Events::Rule').map(({ Properties }) => Properties);

describe('who hears of failures', () => {
  it('is told when the job, the crawler or the look for work fails', () => {
    const topic = { Ref: only(lake, 'AWS::SNS::Topic').logicalId };
    expect(rules(lake).map(({ EventPattern }) => EventPattern.detail)).toEqual([
      { jobName: jobNames.map((name) => ({ Ref: job(lake, name).logicalId })), state: ['FAILED', 'TIMEOUT', 'ERROR'] },
      { crawlerName: [{ Ref: only(lake, 'AWS::Glue::Crawler').logicalId }], state: ['Failed'] },
    ]);
    for (const { Targets } of rules(lake)) expect(Targets.map(({ Arn }: { Arn: unknown }) => Arn)).toEqual([topic]);
    expect(only(lake, 'AWS::Lambda::EventInvokeConfig').Properties.DestinationConfig).toEqual({
      OnFailure: { Destination: topic },
    });
  });

  it('reads which run failed, and why, whatever signs the error is written in', () => {
    const [ended, crawl] = rules(lake).map(({ Targets }) => Targets[0].InputTransformer.InputTemplate as string);
    expect(ended).toBe(
      '{"job":<detail-jobName>,"run":<detail-jobRunId>,"state":<detail-state>,"error":<detail-message>}',
    );
    expect(crawl).toBe('{"crawler":<detail-crawlerName>,"state":<detail-state>,"error":<detail-errorMessage>}');
  });

  it('is EMAIL_ADDRESS, where one is given', () => {
    expect(only(lake, 'AWS::SNS::Subscription').Properties).toMatchObject({
      Protocol: 'email',
      Endpoint: 'owner@example.com',
    });
  });

  it('gets it over TLS, from alarms of this account, EventBridge and the function alone', () => {
    const [{ PolicyDocument }] = ofType(lake, 'AWS::SNS::TopicPolicy').map(({ Properties }) => Properties);
    expect(PolicyDocument.Statement).toEqual([
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      expect.objectContaining({
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      }),
      expect.objectContaining({ Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' } }),
    ]);
  });
});
