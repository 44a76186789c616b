import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll, describe, expect, it } from 'vitest';
import { createPipeline } from '../../lib/pipeline.ts';
import { readContext } from '../../lib/synthesize.ts';
import { aConfig } from '../support/a-config.ts';

const outdir = mkdtempSync(join(tmpdir(), 'checks-'));
afterAll(() => rmSync(outdir, { recursive: true }));

interface Report {
  readonly pluginReports: readonly { readonly violations: readonly { readonly ruleName: string }[] }[];
}

const makeApp = (): App => new App({ context: readContext(), outdir, analyticsReporting: false });

/** Names of the rules that an app breaks without saying why: AWS's security rules and CloudFormation's own check. */
function brokenRules(app: App): readonly string[] {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  try {
    app.synth();
  } catch (error) {
    if (!String(error).includes('ValidationFailed')) throw error;
  }
  const report = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')) as Report;
  return report.pluginReports.flatMap(({ violations }) => violations.map(({ ruleName }) => ruleName));
}

// CloudFormation's check loads a large WebAssembly module once.
describe('the security checks', { timeout: 60_000 }, () => {
  it('find a careless bucket', () => {
    const app = makeApp();
    const bucket = new CfnBucket(new Stack(app, 'Careless'), 'Bucket', { accessControl: 'PublicRead' });
    expect(bucket.logicalId).toBeDefined();
    expect(brokenRules(app)).toEqual(expect.arrayContaining(['AwsSolutions-S1', 'AwsSolutions-S10', 'W3045']));
  });

  it.each([
    ['a throw-away environment with an Iceberg table', { ENABLE_APACHE_ICEBERG_SUPPORT: true }],
    [
      'one that keeps everything',
      {
        DEV_MODE: false,
        S3_BACKUP_MODE: true,
        CORS_ORIGINS: ['https://a.io', 'https://b.io'],
        EMAIL_ADDRESS: 'owner@example.com',
      },
    ],
  ])('find nothing in %s that is not acknowledged', (_, settings) => {
    const app = makeApp();
    createPipeline(app, aConfig(settings));
    expect(brokenRules(app)).toEqual([]);
  });

  it('are acknowledged with a reason each', () => {
    const { api, dataLake, ingestion } = createPipeline(makeApp(), aConfig({ ENABLE_APACHE_ICEBERG_SUPPORT: true }));
    const acknowledged = [api, dataLake, ingestion]
      .flatMap((stack) => stack.node.findAll())
      .flatMap(({ node }) => node.metadata)
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries(data as Record<string, string>))
      .filter(([rule]) => rule.includes('AwsSolutions'));
    expect(acknowledged.length).toBeGreaterThan(12);
    expect(acknowledged.filter(([, reason]) => reason.length < 30)).toEqual([]);
  });
});
