import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countResults } from '../../.ci/count-results.mjs';

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
