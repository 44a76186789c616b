import type { CfnResource } from 'aws-cdk-lib';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnWorkgroup } from 'aws-cdk-lib/aws-redshiftserverless';
import { describe, expect, it } from 'vitest';
import { InvalidConfig, parseConfig } from '../../../config/load.ts';
import { createPipeline, type Pipeline } from '../../../lib/pipeline.ts';
import { readEventCatalogue } from '../../../lib/schemas/read-event-catalogue.ts';
import { brokenRules } from '../../support/broken-rules.ts';
import { nameOf, type Mode } from './mode-rows.ts';

const flags = [false, true];

const combinations: readonly Mode[] = (['DIRECT_BATCH', 'KINESIS_DATA_STREAMS'] as const).flatMap((INGEST_MODE) =>
  (['DATA_LAKE', 'REDSHIFT'] as const).flatMap((DATA_STACK) =>
    flags.flatMap((ENABLE_APACHE_ICEBERG_SUPPORT) =>
      flags.flatMap((S3_BACKUP_MODE) =>
        flags.map((DEV_MODE) => ({ INGEST_MODE, DATA_STACK, ENABLE_APACHE_ICEBERG_SUPPORT, S3_BACKUP_MODE, DEV_MODE })),
      ),
    ),
  ),
);

const stackNames = ({ DATA_STACK }: Mode): readonly string[] =>
  [
    'storage',
    'dataLake',
    'ingestion',
    ...(DATA_STACK === 'REDSHIFT' ? ['warehouse'] : []),
    'api',
    'console',
    'operations',
  ].toSorted();

const events = readEventCatalogue();

/** Why a configuration is refused, if it is. */
function refusals(settings: object): readonly string[] {
  try {
    parseConfig({ WORKLOAD_NAME: 'test', ...settings }, 'a test');
    return [];
  } catch (error) {
    if (error instanceof InvalidConfig) return error.problems;
    throw error;
  }
}

/** The stacks that settings make, their names, and the security rules that these break without saying why. */
function stacksOf(settings: object) {
  let stacks: Partial<Pipeline> = {};
  const config = parseConfig({ WORKLOAD_NAME: 'test', ...settings }, 'a test');
  const broken = brokenRules((app) => (stacks = createPipeline(app, config, events)), { validate: false });
  return { stacks, names: Object.keys(stacks).toSorted(), broken };
}

/** Resources of one kind in the warehouse's stack. */
function resourcesOf<Kind extends CfnResource>({ warehouse }: Partial<Pipeline>, kind: new (...all: never[]) => Kind) {
  return (warehouse?.node.findAll() ?? []).flatMap((one) => (one instanceof kind ? [one] : []));
}

const becauseOfIceberg = expect.stringMatching(
  /^ENABLE_APACHE_ICEBERG_SUPPORT: true given; cannot be combined with DATA_STACK REDSHIFT: the warehouse loads/,
);

/** Every combination of the settings that switch modes, and why it is refused, if it is. */
const table = combinations.map((mode) => ({
  name: nameOf(mode),
  mode,
  reasons: mode.DATA_STACK === 'REDSHIFT' && mode.ENABLE_APACHE_ICEBERG_SUPPORT ? [becauseOfIceberg] : [],
}));

const made = table.filter(({ reasons }) => reasons.length === 0);
const refused = table.filter(({ reasons }) => reasons.length > 0);

describe.each(made)('$name', ({ mode }) => {
  it('is made of its stacks, which keep the security rules', () => {
    expect(stacksOf(mode)).toMatchObject({ names: stackNames(mode), broken: [] });
  });
});

describe.each(refused)('$name', ({ mode, reasons }) => {
  it('is refused with its reason', () => {
    expect(refusals(mode)).toEqual(reasons);
  });
});

describe('the live view of a warehouse', () => {
  it.each([
    ['DIRECT_BATCH', 'DATA_LAKE', [/INGEST_MODE DIRECT_BATCH/, /needs DATA_STACK REDSHIFT/]],
    ['DIRECT_BATCH', 'REDSHIFT', [/INGEST_MODE DIRECT_BATCH: Redshift streams from Kinesis/]],
    ['KINESIS_DATA_STREAMS', 'DATA_LAKE', [/needs DATA_STACK REDSHIFT: there is no warehouse/]],
  ])('is refused in %s, %s', (INGEST_MODE, DATA_STACK, reasons) => {
    expect(refusals({ INGEST_MODE, DATA_STACK, LIVE_WAREHOUSE_VIEW: true })).toEqual(
      reasons.map((reason) => expect.stringMatching(reason)),
    );
  });

  it('is made beside a warehouse and a stream, and keeps the security rules', () => {
    const mode = { INGEST_MODE: 'KINESIS_DATA_STREAMS', DATA_STACK: 'REDSHIFT', LIVE_WAREHOUSE_VIEW: true };
    const { stacks, broken } = stacksOf(mode);
    expect(broken).toEqual([]);

    // The stream's name has capitals: Redshift would look for another.
    expect(resourcesOf(stacks, CfnWorkgroup).map(({ configParameters }) => configParameters)).toEqual([
      [{ parameterKey: 'enable_case_sensitive_identifier', parameterValue: 'true' }],
    ]);
    // A loader that knows a new column would give up files while the tables lack it.
    const loader = resourcesOf(stacks, CfnFunction).find(({ node }) => node.path.includes('/Loader/'));
    const waitsFor = loader?.obtainDependencies().map((one) => (one as CfnResource).cfnResourceType);
    expect(waitsFor).toContain('Custom::WarehouseSetup');
  });
});
