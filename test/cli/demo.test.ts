import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emptyDemoFolder } from '../../cli/demo-folder.ts';
import { demoReports, pickRows } from '../../cli/demo-reports.ts';
import { preferPort } from '../../cli/prefer-port.ts';
import { comparableReports } from '../../generator/compare-truth.ts';
import { startFakeApi } from '../support/fake-api.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'demo-'));

describe('emptyDemoFolder', () => {
  it('removes what an earlier demo left, and is content with nothing', async () => {
    const old = folder();
    writeFileSync(join(old, 'credentials.json'), '{}');
    mkdirSync(join(old, 's3'));
    await emptyDemoFolder(old);
    expect(existsSync(old)).toBe(false);
    await expect(emptyDemoFolder(old)).resolves.toBeUndefined();
  });

  it('leaves a folder alone that holds something else', async () => {
    const other = folder();
    writeFileSync(join(other, 'thesis.txt'), 'years of work');
    await expect(emptyDemoFolder(other)).rejects.toThrow(/something else/);
    expect(existsSync(join(other, 'thesis.txt'))).toBe(true);
  });

  it('leaves a folder alone that a pipeline runs from', async () => {
    const used = folder();
    const api = await startFakeApi(() => ({ status: 200 }));
    writeFileSync(join(used, 'endpoints.json'), JSON.stringify({ apiUrl: `${api.url}/live` }));
    writeFileSync(join(used, 'credentials.json'), '{}');
    await expect(emptyDemoFolder(used)).rejects.toThrow(/runs from/);
    expect(existsSync(used)).toBe(true);
    await api.close();
    await emptyDemoFolder(used);
    expect(existsSync(used)).toBe(false);
  });
});

describe('demoReports', () => {
  it('are at least three of those that the truth can judge', () => {
    const names = demoReports(new Date()).map((report) => report.name);
    expect(names.length).toBeGreaterThanOrEqual(3);
    expect(names.filter((name) => !comparableReports.includes(name))).toEqual([]);
  });

  it('show games by name and only the rows that fit', () => {
    const [report] = demoReports(new Date('2026-11-20T10:00:00Z'));
    const rows = [
      ['id-1', '2026-11-19', '4'],
      ['id-2', '2026-10-01', '4'],
      [undefined, '2026-11-20', '1'],
    ];
    const result = { columns: ['application_id', 'event_date', 'dau'], rows, scannedBytes: 0, milliseconds: 0 };
    expect(pickRows(result, report!, new Map([['id-1', 'Moss']]))).toEqual({
      columns: ['game', 'event_date', 'dau'],
      rows: [
        ['Moss', '2026-11-19', '4'],
        [undefined, '2026-11-20', '1'],
      ],
    });
  });
});

describe('preferPort', () => {
  it('takes a free port and leaves a used one to the system', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await preferPort(port)).toBe(0);
    await new Promise((resolve) => server.close(resolve));
    expect(await preferPort(port)).toBe(port);
  });
});
