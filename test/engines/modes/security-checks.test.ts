import { App, Stack, Validations } from 'aws-cdk-lib';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import type { PipelineConfig } from '../../../config/schema.ts';
import { createPipeline } from '../../../lib/pipeline.ts';
import { readContext } from '../../../lib/synthesize.ts';
import { aConfig } from '../../support/a-config.ts';
import { brokenRules } from '../../support/broken-rules.ts';

const careless = (app: App) => new CfnBucket(new Stack(app, 'Careless'), 'Bucket', { accessControl: 'PublicRead' });

// CloudFormation's check loads a large WebAssembly module once.
describe('the security checks', { timeout: 60_000 }, () => {
  it('find a careless bucket', () => {
    expect(brokenRules(careless)).toEqual(expect.arrayContaining(['AwsSolutions-S1', 'AwsSolutions-S10', 'W3045']));
  });

  it.each([
    ['a throw-away environment with an Iceberg table', { ENABLE_APACHE_ICEBERG_SUPPORT: true }],
    [
      'one that keeps everything, streams it and has a warehouse',
      {
        INGEST_MODE: 'KINESIS_DATA_STREAMS',
        DATA_STACK: 'REDSHIFT',
        LIVE_WAREHOUSE_VIEW: true,
        DEV_MODE: false,
        S3_BACKUP_MODE: true,
        CORS_ORIGINS: ['https://a.io', 'https://b.io'],
        EMAIL_ADDRESS: 'owner@example.com',
      },
    ],
  ] as const satisfies readonly (readonly [string, Partial<PipelineConfig>])[])(
    'find nothing in %s that is not acknowledged',
    (_, settings) => {
      expect(brokenRules((app) => createPipeline(app, aConfig(settings)))).toEqual([]);
    },
  );

  it('are acknowledged with a reason each', () => {
    const app = new App({ context: readContext() });
    const { api, dataLake, ingestion } = createPipeline(app, aConfig({ ENABLE_APACHE_ICEBERG_SUPPORT: true }));
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
