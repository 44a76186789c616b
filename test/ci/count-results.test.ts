import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countResults, describeFailures } from '../../.ci/count-results.mjs';

const report = (passed: number, failed: number, pending = 0, todo = 0): string =>
  JSON.stringify({
    success: failed === 0,
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: pending,
    numTodoTests: todo,
  });

describe('countResults', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'playlake-count-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('adds up the reports of a folder and those below it', () => {
    writeFileSync(join(folder, 'a.json'), report(3, 1, 2));
    mkdirSync(join(folder, 'engines'));
    writeFileSync(join(folder, 'engines/b.json'), report(4, 0, 0, 1));

    expect(countResults(folder)).toEqual({ passed: 7, failed: 1, skipped: 3 });
  });

  it('counts a run that failed before any test as one failure', () => {
    writeFileSync(join(folder, 'a.json'), JSON.stringify({ ...JSON.parse(report(2, 0)), success: false }));

    expect(countResults(folder)).toEqual({ passed: 2, failed: 1, skipped: 0 });
  });

  it('finds nothing in an empty folder', () => {
    expect(countResults(folder)).toEqual({ passed: 0, failed: 0, skipped: 0 });
  });
});

describe('describeFailures', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'playlake-failures-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (testResults: object[]): void =>
    writeFileSync(join(folder, 'a.json'), JSON.stringify({ ...JSON.parse(report(1, 1)), testResults }));

  it('names each failed test with its file and the beginning of its message', () => {
    write([
      {
        name: join(process.cwd(), 'test/a.test.ts'),
        status: 'failed',
        message: '',
        assertionResults: [
          { fullName: 'adds up', status: 'passed', failureMessages: [] },
          {
            fullName: 'takes away',
            status: 'failed',
            failureMessages: [`\u001b[31mexpected 1\u001b[39m to be 2${'\nat a line'.repeat(60)}`],
          },
        ],
      },
    ]);

    const [failure, ...others] = describeFailures(folder);
    expect(others).toEqual([]);
    expect(failure).toMatch(/^test\/a\.test\.ts: takes away\n {4}expected 1 to be 2\n {4}at a line\n/);
    expect(failure).toMatch(/\n {4}… 21 more lines$/);
  });

  it('names a file whose tests could not be loaded', () => {
    write([
      {
        name: join(process.cwd(), 'test/b.test.ts'),
        status: 'failed',
        message: 'Cannot find module x',
        assertionResults: [],
      },
    ]);

    expect(describeFailures(folder)).toEqual(['test/b.test.ts\n    Cannot find module x']);
  });

  it('finds nothing in reports without test results', () => {
    writeFileSync(join(folder, 'a.json'), report(1, 0));

    expect(describeFailures(folder)).toEqual([]);
  });
});
