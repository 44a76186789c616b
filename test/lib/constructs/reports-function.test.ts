import { readdirSync, readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../../business-logic/api-reports/report.ts';
import { ReportsFunction } from '../../../lib/constructs/reports-function.ts';
import { reportSource } from '../../../lib/constructs/report-sources.ts';
import { aConfig } from '../../support/a-config.ts';
import { textOf } from '../../support/synthesized.ts';

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: { readonly StringLike: { readonly 's3:prefix': string | readonly string[] } };
}

interface Synthesized {
  readonly variables: Readonly<Record<string, unknown>>;
  /** What the role may do, one line for each action and resource; its log aside. */
  readonly permissions: readonly string[];
  /** Prefixes that it may list, by bucket. */
  readonly listed: readonly string[];
  readonly reports: readonly Report[];
}

const config = aConfig({ RAW_EVENTS_TABLE: 'everything', RAW_EVENTS_PREFIX: 'raw', PROCESSED_EVENTS_PREFIX: 'typed' });
const outdir = mkdtempSync(join(tmpdir(), 'reports-'));
let studio: Synthesized;
let publisher: Synthesized;

beforeAll(() => {
  const app = new App({ outdir, builtinCloudFormationValidation: false });
  const home = new Stack(app, 'Home');
  const shared = {
    config,
    database: new CfnDatabase(home, 'Database', { catalogId: '111122223333', databaseInput: { name: 'lake' } }),
    lake: new Bucket(home, 'Lake'),
    restricted: new Bucket(home, 'Restricted'),
    workGroup: new CfnWorkGroup(home, 'Everyone', { name: 'everyone' }),
    restrictedWorkGroup: new CfnWorkGroup(home, 'Names', { name: 'names' }),
    workflow: 'flow',
    resultLinkSecret: new Secret(home, 'Links'),
  };
  const [forStudios, forPublisher] = [new Stack(app, 'Studio'), new Stack(app, 'Publisher')];
  const made = [
    new ReportsFunction(forStudios, 'Reports', { ...shared, audience: 'studio' }),
    new ReportsFunction(forPublisher, 'Reports', { ...shared, audience: 'publisher' }),
  ].map((one) => readTemplate(Template.fromStack(Stack.of(one))));
  [studio, publisher] = made as [Synthesized, Synthesized];
});

afterAll(() => rmSync(outdir, { recursive: true }));

/** The one reports.json of the one bundle. */
function bundledReports(): readonly Report[] {
  const files = readdirSync(outdir, { recursive: true, encoding: 'utf8' });
  const found = files.filter((name) => name.endsWith('reports.json'));
  if (found.length !== 1) throw new Error(`there are ${found.length} bundles; one is shared`);
  return JSON.parse(readFileSync(join(outdir, found[0]!), 'utf8')) as readonly Report[];
}

function readTemplate(template: Template): Synthesized {
  const [lambda] = Object.values(template.findResources('AWS::Lambda::Function'));
  const variables = lambda!.Properties.Environment.Variables as Record<string, unknown>;
  const statements = Object.values(template.findResources('AWS::IAM::Policy'))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as readonly Statement[])
    .filter(({ Action }) => !String(Action).startsWith('logs:'));
  return {
    variables,
    permissions: statements.flatMap(({ Action, Resource }) =>
      [Action].flat().flatMap((action) => [Resource].flat().map((resource) => `${action} ${shortName(resource)}`)),
    ),
    listed: statements.flatMap(({ Resource, Condition }) =>
      [Condition?.StringLike['s3:prefix'] ?? []].flat().map((prefix) => `${shortName(Resource)}/${prefix}`),
    ),
    reports: bundledReports().filter(({ audience }) => audience === variables['REPORT_AUDIENCE']),
  };
}

/** `${Lake}/events/*`, `table/${Database}/games`: without the parts that all ARNs have. */
const shortName = (resource: unknown): string => textOf(resource).replace(/^arn:.*AWS::AccountId\}:/, '');

const of = ({ permissions }: Synthesized, action: string): readonly string[] =>
  permissions.filter((line) => line.startsWith(`${action} `)).map((line) => line.slice(action.length + 1));

describe('the function for studios', () => {
  it('may do nothing at all with names, with their bucket, or with the workgroup of its results', () => {
    expect(studio.permissions.filter((line) => /Restricted|player_names|Names/.test(line))).toEqual([]);
    expect(JSON.stringify(studio.variables)).not.toContain('Names');
    expect(studio.variables).not.toHaveProperty('RESTRICTED_WORK_GROUP');
    expect(publisher.permissions.filter((line) => /Restricted|player_names|Names/.test(line))).not.toEqual([]);
  });

  it('reads the tables of its reports', () => {
    expect(of(studio, 'glue:GetTable').filter((name) => name.startsWith('table/'))).toEqual(
      [
        'events',
        'everything',
        'games',
        'player_days',
        'player_games',
        'player_revenue',
        'players',
        'rejected_events',
        'replayed_events',
      ].map((table) => `table/\${Database}/${table}`),
    );
  });
});

describe.each([
  ['studios', () => studio],
  ['the publisher', () => publisher],
])('the function for %s', (_who, get) => {
  it('writes results and nothing else, anywhere', () => {
    const { permissions } = get();
    const services = new Set(permissions.map((line) => line.split(':')[0]));
    expect([...services].toSorted()).toEqual(['athena', 'glue', 's3', 'secretsmanager']);
    const reads = /^(athena:(BatchGet|Get|List|StartQuery)|glue:(BatchGet|Get)|s3:(Get|List)|secretsmanager:Get)/;
    const writes = permissions.filter((line) => !reads.test(line));
    expect(writes).not.toEqual([]);
    expect(
      writes.filter((line) => !/^s3:(AbortMultipartUpload|PutObject) \S+(athena-)?results\/\*$/.test(line)),
    ).toEqual([]);
  });

  it('names every resource: stars stand for objects of a folder alone', () => {
    const { permissions } = get();
    expect(permissions.filter((line) => line.includes('*') && !/^s3:\w+ \S+\/[\w-]+\/\*$/.test(line))).toEqual([]);
    expect(permissions.filter((line) => /ListQueryExecutions|GetQueryExecutions/.test(line))).toEqual([]);
  });

  it('lists folders that it reads, and no others', () => {
    const read = of(get(), 's3:GetObject').filter((place) => !place.endsWith('results/*'));
    expect(get().listed.toSorted()).toEqual(read.toSorted());
    expect(read.length).toBeGreaterThan(3);
  });

  it('has its reports beside it: of its audience, with what a caller may give', () => {
    const { reports } = get();
    expect(reports.length).toBeGreaterThan(6);
    for (const { name, columns, sha256 } of reports) {
      expect([name, sha256, columns.every((column) => column.name !== '')]).toEqual([
        name,
        expect.stringMatching(/^[0-9a-f]{64}$/),
        true,
      ]);
    }
  });
});

describe('the reports of studios', () => {
  it('bind the studio of the token, each of them', () => {
    expect(studio.reports.filter(({ parameters }) => !parameters.some(({ bound }) => bound))).toEqual([]);
    expect(
      studio.reports.flatMap(({ parameters }) =>
        parameters.filter(({ name, bound }) => name === 'studio_id' && !bound),
      ),
    ).toEqual([]);
    expect(studio.reports.some(({ isRestricted }) => isRestricted)).toBe(false);
    expect(publisher.reports.some(({ isRestricted }) => isRestricted)).toBe(true);
  });

  it('say which of them read what arrives at any moment', () => {
    expect(studio.reports.filter(({ readsRaw }) => readsRaw).map(({ name }) => name)).toEqual([
      'studio-data-quality',
      'studio-rejected-share',
    ]);
  });
});

describe('what lies behind a relation', () => {
  it.each([
    ['games', { tables: ['games'], folder: 'games', bucket: 'lake' }],
    ['player_revenue', { tables: ['player_revenue'], folder: 'player_revenue', bucket: 'lake' }],
    ['player_names', { tables: ['player_names'], folder: 'player_names', bucket: 'restricted' }],
    ['events', { tables: ['events'], folder: 'typed', bucket: 'lake' }],
    ['event_login', { tables: ['event_login', 'events'], folder: 'typed', bucket: 'lake' }],
    ['everything', { tables: ['everything'], folder: 'raw', bucket: 'lake' }],
    ['rejected_events', { tables: ['rejected_events', 'everything'], folder: 'raw', bucket: 'lake' }],
    ['replayed_events', { tables: ['replayed_events', 'everything'], folder: 'raw', bucket: 'lake' }],
  ])('%s', (relation, expected) => {
    expect(reportSource(relation, config)).toEqual(expected);
  });

  it('must be known', () => {
    expect(() => reportSource('dragons', config)).toThrow(/dragons/);
  });
});
