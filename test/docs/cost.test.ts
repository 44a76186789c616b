import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { withWorkedLoads } from '../../cli/cost-page.ts';
import { accessLog } from '../../lib/api/access-log.ts';
import { deployed } from '../../lib/cost/deployed.ts';
import { measured } from '../../lib/cost/measured.ts';
import { loadDefinition } from '../../lib/constructs/warehouse/load-definition.ts';
import { renderPacked } from '../lib/api/render.ts';
import { synthesizeConfig, type Synthesized } from '../support/synthesized.ts';
import { pages, plain, tableBelow } from './read-docs.ts';

it('docs/cost.md shows its loads as npm run cost prints them', () => {
  const page = readFileSync('docs/cost.md', 'utf8');
  expect(page === withWorkedLoads(page), 'run npm run cost -- --page').toBe(true);
});

const ofType = ({ resources }: Synthesized, type: string) => resources.filter(({ Type }) => Type === type);

const memoryOf = (pipeline: Synthesized, name: string): unknown =>
  ofType(pipeline, 'AWS::Lambda::Function').find(({ logicalId }) => logicalId.startsWith(name))?.Properties.MemorySize;

/** An alarm is billed for each metric that it looks at; what it computes of them is free. */
const alarmMetrics = (pipeline: Synthesized): number =>
  ofType(pipeline, 'AWS::CloudWatch::Alarm').reduce((sum, { Properties }) => {
    const { Metrics } = Properties as { readonly Metrics?: readonly { readonly MetricStat?: unknown }[] };
    return sum + (Metrics?.filter(({ MetricStat }) => MetricStat).length ?? 1);
  }, 0);

describe('what bills are made of', () => {
  let simple: Synthesized;
  let everything: Synthesized;
  beforeAll(() => {
    simple = synthesizeConfig();
    everything = synthesizeConfig({ INGEST_MODE: 'KINESIS_DATA_STREAMS', DATA_STACK: 'REDSHIFT' });
  });

  it('is as many metrics under alarms as there are', () => {
    const { always, kinesis, redshift } = deployed.alarmMetrics;
    expect([alarmMetrics(simple), alarmMetrics(everything)]).toEqual([always, always + kinesis + redshift]);
  });

  it('is as much memory as functions have', () => {
    expect([memoryOf(everything, 'Transform'), memoryOf(everything, 'Authorizer')]).toEqual([
      deployed.memory.transform,
      deployed.memory.authorizer,
    ]);
    expect([memoryOf(everything, 'LoadLoader'), memoryOf(everything, 'ScheduleStartWorkflow')]).toEqual([
      deployed.memory.other,
      deployed.memory.other,
    ]);
  });

  it('is as many jobs as the workflow starts, each with two workers of one DPU', () => {
    const jobs = ofType(simple, 'AWS::Glue::Job').map(({ Properties }) => Properties);
    // That of the events, and the one that nothing starts but npm run forget.
    expect(jobs).toHaveLength(deployed.accountJobs + 2);
    for (const job of jobs) expect(job).toMatchObject({ WorkerType: 'G.1X', NumberOfWorkers: deployed.jobDpus });
  });

  it('is as many keys, secrets and dashboards as there are', () => {
    expect(ofType(everything, 'AWS::KMS::Key')).toHaveLength(deployed.kmsKeys);
    expect(ofType(everything, 'AWS::SecretsManager::Secret')).toHaveLength(deployed.secrets.always);
    expect(ofType(everything, 'AWS::CloudWatch::Dashboard')).toHaveLength(deployed.dashboards);
  });

  it('is as many bytes as the template puts around events', () => {
    const uuid = '00000000-0000-4000-8000-000000000000';
    const body = '{"events":[]}';
    const headers = { 'CloudFront-Viewer-Country': 'DE' };
    const { text } = renderPacked('firehose', { body, headers, stageVariables: { deliveryStream: 'a' } });
    const { Record } = JSON.parse(text) as { readonly Record: { readonly Data: string } };
    const rendered = Buffer.from(Record.Data, 'base64').toString();
    // What the test's template stamps, in the lengths that AWS and the admin API give.
    const real = rendered
      .replace('"game-a"', `"${uuid}"`)
      .replace('"key-1"', '"KEYIDKEYIDKEYIDKEYID"')
      .replace('"request-1"', `"${uuid}"`)
      .replace('"game"', '"client"');
    expect(real).toHaveLength(measured.envelopeBytes.packed);
    expect(`,"application_id":"${uuid}"`.length).toBe(measured.envelopeBytes.single);
  });

  it('is as many bytes as a line of the access log has', () => {
    const values: Readonly<Record<string, string>> = {
      '$context.requestId': '00000000-0000-4000-8000-000000000000',
      '$context.requestTime': '21/Nov/2026:16:47:35 +0000',
      '$context.httpMethod': 'POST',
      '$context.path': '/live/applications/00000000-0000-4000-8000-000000000000/events',
      '$context.authorizer.principalId': 'KEYIDKEYIDKEYIDKEYID',
    };
    const line = accessLog.replaceAll(/\$context(?:\.\w+)+/g, (name) => values[name] ?? '200');
    expect(Math.abs(line.length / measured.accessLogBytes - 1)).toBeLessThan(0.05);
  });

  it('is what reports read on average by docs/reports.md', () => {
    const [page] = pages(['docs/reports.md']);
    const rows = tableBelow(page!, '## Bytes read').filter((cells) => cells.length === 8);
    const kilobytes = rows.map((cells) => Number(plain(cells[5]!).replaceAll(',', '')));
    expect(kilobytes).toHaveLength(26);
    const mean = kilobytes.reduce((sum, one) => sum + one) / kilobytes.length;
    expect(measured.reportBytesPerEvent).toBeCloseTo((mean * 1_000) / 2_000_000, 1);
  });

  it('is as many states as a load passes', () => {
    const { States } = loadDefinition('') as {
      readonly States: Readonly<Record<string, { readonly Seconds?: number }>>;
    };
    expect(States['Wait']?.Seconds).toBe(deployed.lookSeconds);
    // A load that loads passes all, but for the two that halve what cannot be loaded; and three again at each look.
    const looks = ['Wait', 'Check', 'Checked'];
    const passed = Object.keys(States).filter((name) => ![...looks, 'Split', 'HasSplit'].includes(name));
    expect([passed.length, looks.length]).toEqual([deployed.loadStates.loads, deployed.loadStates.perLook]);
    const empty = ['Begin', 'Begun', 'Done'];
    expect(passed).toEqual(expect.arrayContaining(empty));
    expect(empty).toHaveLength(deployed.loadStates.empty);
  });
});
