import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// dt-sql-parser ships ESM that only a bundler resolves; vitest has to transform it itself.
const inline = ['dt-sql-parser', 'antlr4-c3', 'antlr4ng'];

// Where .ci/run adds up what ran: every vitest that it starts leaves a report of its own there.
const results = process.env['PLAYLAKE_TEST_RESULTS'];

/**
 * Tests of single parts that take seconds all the same, or start processes: whole CDK apps, every case of a job and of the
 * reports, streams that wait, generated lives, measurements.
 */
const thorough = [
  'test/bench/calls.test.ts',
  'test/bench/run/bench-program.test.ts',
  'test/cli/cost.test.ts',
  'test/cli/infrastructure-programs.test.ts',
  'test/generator/event-stream.test.ts',
  'test/generator/generate.test.ts',
  'test/lib/synthesize.test.ts',
  'test/local/delivery-streams.test.ts',
  'test/local/glue/process-accounts.test.ts',
  'test/local/glue/process-events.test.ts',
  'test/queries/queries.test.ts',
];

/** What takes longest begins first, or one worker would be left with it alone. In this order. */
const longest = [
  'test/pipeline/truth.test.ts',
  'test/pipeline/readme.test.ts',
  'test/pipeline/journal.test.ts',
  'test/queries/queries.test.ts',
  'test/pipeline/isolation.test.ts',
  'test/local/glue/process-events.test.ts',
  'test/pipeline/commands.test.ts',
  'test/engines/trino/trino.test.ts',
  'test/engines/spark/iceberg.test.ts',
  'test/engines/spark/process-events.test.ts',
  'test/engines/modes/starts.test.ts',
  'test/engines/modes/synthesis.test.ts',
  'test/engines/trino-iceberg/trino-iceberg.test.ts',
];

const placeOf = ({ moduleId }: TestSpecification): number => {
  const place = longest.findIndex((name) => moduleId.endsWith(name));
  return place === -1 ? longest.length : place;
};

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // vitest's method, not an array's.
    // oxlint-disable-next-line unicorn/no-array-sort
    const usual = await super.sort(files);
    return usual.toSorted((left, right) => placeOf(left) - placeOf(right));
  }
}

/**
 * Four projects: `unit` is fast and starts nothing; `pipeline` starts the local runtime, or takes long otherwise; `docs` reads
 * the documentation; `engines` needs what test/engines/run.ts fetches.
 */
export default defineConfig({
  test: {
    server: { deps: { inline } },
    // One second, the default, is less than a busy machine may take.
    expect: { poll: { timeout: 15_000 } },
    sequence: { sequencer: LongestFirst },
    // Of every project, before its own.
    globalSetup: ['test/support/temporary-files.ts'],
    reporters: results
      ? ['default', ['json', { outputFile: join(results, `vitest-${process.pid}.json`) }]]
      : ['default'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/pipeline/**', 'test/engines/**', 'test/docs/**', ...thorough],
          testTimeout: 60_000,
          // The default leaves one core of two idle.
          maxWorkers: 2,
          // Half of the time would go into loading the same modules for each file; no test here changes them.
          isolate: false,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'pipeline',
          include: ['test/pipeline/**/*.test.ts', ...thorough],
          globalSetup: ['test/pipeline/global-setup.ts'],
          // Says that SDK releases of 2027 want Node 22; ours is pinned, and it would say so once for every process.
          env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
          // Each would load the whole runtime anew; pipelines share nothing but modules.
          isolate: false,
          // Behind the unit tests: projects with other numbers of workers cannot run side by side.
          sequence: { groupOrder: 1 },
        },
      },
      // Some of them start commands, which takes its time on a busy machine.
      {
        extends: true,
        test: { name: 'docs', include: ['test/docs/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000 },
      },
      {
        extends: true,
        test: {
          name: 'engines',
          include: ['test/engines/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          // An engine waits for the laptop and the laptop for it: three suites at once keep two cores busy.
          maxWorkers: 3,
          // As above.
          isolate: false,
        },
      },
    ],
  },
});
