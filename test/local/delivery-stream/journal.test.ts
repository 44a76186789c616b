import { spawn } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openJournal, type Journal } from '../../../local/delivery-stream/journal.ts';
import { aDataDir } from '../../support/a-data-dir.ts';
import { aLog, type RecordedLog } from '../../support/a-log.ts';

const root = aDataDir();
let folder = '';
let number = 0;
let log: RecordedLog;

beforeEach(() => {
  folder = join(root, String(number++));
  log = aLog();
});

const reopen = (delivered = 0, segmentBytes?: number) => openJournal({ folder, delivered, log, segmentBytes });
const append = (journal: Journal, ...texts: string[]) =>
  journal.append(
    texts.map((text) => Buffer.from(text)),
    1000,
  );
const segments = () =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.journal'))
    .toSorted();
const errors = () => log.entries.filter(({ level }) => level === 'error');

async function readAll(journal: Journal, from = 0): Promise<[number, string][]> {
  const reader = journal.read(from);
  const read: [number, string][] = [];
  for (let record = await reader.next(); record; record = await reader.next()) {
    read.push([record.sequence, record.data.toString()]);
  }
  await reader.close();
  return read;
}

describe('journal', () => {
  it('gives back in order what was acknowledged, also after it was opened again', async () => {
    const journal = await reopen();
    expect(await append(journal, 'a')).toBe(0);
    expect(await append(journal, 'b', 'c')).toBe(1);
    expect(await append(journal, '')).toBe(3);
    expect(await readAll(journal)).toEqual([
      [0, 'a'],
      [1, 'b'],
      [2, 'c'],
      [3, ''],
    ]);
    await journal.close();

    const again = await reopen();
    expect(await append(again, 'd')).toBe(4);
    expect(await readAll(again, 2)).toEqual([
      [2, 'c'],
      [3, ''],
      [4, 'd'],
    ]);
    await again.close();
  });

  it('lets a reader go on with what comes later', async () => {
    const journal = await reopen(0, 100);
    const reader = journal.read(0);
    expect(await reader.next()).toBeUndefined();
    for (let i = 0; i < 20; i++) {
      await append(journal, `record ${i}`);
      expect((await reader.next())?.data.toString()).toBe(`record ${i}`);
      expect(await reader.next()).toBeUndefined();
    }
    expect(segments().length).toBeGreaterThan(3);
    await reader.close();
    await journal.close();
  });

  it('shares one flush among puts that come at the same time', async () => {
    const journal = await reopen();
    const sequences = await Promise.all(Array.from({ length: 500 }, (_, i) => append(journal, String(i))));
    expect(sequences).toEqual(Array.from({ length: 500 }, (_, i) => i));
    // One frame of 28 bytes and 12 bytes a record: a frame for each put would take 14,000 bytes more.
    const bytes = statSync(join(folder, segments()[0]!)).size;
    expect(bytes).toBeLessThan(500 * 12 + 1390 + 10 * 28);
    await journal.close();
  });

  it('removes segments once they are delivered, and goes on counting from there', async () => {
    const journal = await reopen(0, 50);
    for (let i = 0; i < 10; i++) await append(journal, `record ${i}`);
    await journal.release(5);
    expect((await readAll(journal, 5)).map(([sequence]) => sequence)).toEqual([5, 6, 7, 8, 9]);
    await journal.close();
    await journal.release(10);
    expect(segments()).toEqual([]);

    const again = await reopen(10);
    expect(await append(again, 'next')).toBe(10);
    await again.close();
  });

  it('passes over a write that was cut off at any byte', async () => {
    const journal = await reopen();
    await append(journal, 'kept');
    const path = join(folder, segments()[0]!);
    const kept = statSync(path).size;
    await append(journal, 'cut', 'off');
    await journal.close();
    const whole = readFileSync(path);

    for (let size = kept; size < whole.length; size++) {
      writeFileSync(path, whole.subarray(0, size));
      const again = await reopen();
      expect(await readAll(again)).toEqual([[0, 'kept']]);
      await again.close();
    }
    expect(errors()).toEqual([]);
  });

  it.each([
    ['zeros', Buffer.alloc(5000)],
    ['noise', Buffer.from('x'.repeat(5000))],
  ])('passes over %s at the end and writes on', async (_, tail) => {
    const journal = await reopen();
    await append(journal, 'a');
    await journal.close();
    appendFileSync(join(folder, segments()[0]!), tail);

    const again = await reopen();
    await append(again, 'b');
    await again.close();
    const last = await reopen();
    expect(await readAll(last)).toEqual([
      [0, 'a'],
      [1, 'b'],
    ]);
    expect(errors()).toEqual([]);
    await last.close();
  });

  it('says so when acknowledged records are damaged, keeps the file and delivers the rest', async () => {
    const journal = await reopen();
    for (const text of ['one', 'two', 'three']) await append(journal, text);
    await journal.close();
    const path = join(folder, segments()[0]!);
    const bytes = readFileSync(path);
    bytes[bytes.indexOf('two')]! ^= 1;
    writeFileSync(path, bytes);

    const again = await reopen();
    expect(await readAll(again)).toEqual([
      [0, 'one'],
      [2, 'three'],
    ]);
    expect(errors()).toHaveLength(1);
    expect(readFileSync(join(folder, 'damaged', segments()[0]!))).toEqual(bytes);
    await again.close();
  });

  it('notices when acknowledged records are missing before a later segment', async () => {
    const journal = await reopen(0, 10);
    for (const text of ['one', 'two', 'three']) await append(journal, text);
    await journal.close();
    truncateSync(join(folder, segments()[1]!), 5);

    const again = await reopen();
    expect((await readAll(again)).map(([, text]) => text)).toEqual(['one', 'three']);
    expect(errors()).toHaveLength(1);
    await again.close();
  });

  it('does not take a payload that looks like a frame for one', async () => {
    const journal = await reopen(0, 1);
    await append(journal, 'first');
    const frameOfAnotherSegment = readFileSync(join(folder, segments()[0]!));
    await journal.append([frameOfAnotherSegment, Buffer.from('cut off')], 0);
    await journal.close();
    const path = join(folder, segments()[1]!);
    truncateSync(path, statSync(path).size - 1);

    const again = await reopen();
    expect(await readAll(again)).toEqual([[0, 'first']]);
    expect(errors()).toEqual([]);
    await again.close();
  });

  it('refuses puts while the folder cannot be written and takes them again later', async () => {
    const journal = await reopen(0, 1);
    await append(journal, 'a');
    rmSync(folder, { recursive: true });
    await expect(append(journal, 'b')).rejects.toMatchObject({ code: 'InternalFailure', status: 500 });
    expect(journal.problem()).toMatch(/cannot be written/);
    await journal.probe();
    expect(journal.problem()).toMatch(/cannot be written/);

    mkdirSync(folder);
    await journal.probe();
    expect(journal.problem()).toBeUndefined();
    await append(journal, 'c');
    expect((await readAll(journal, 1)).map(([, text]) => text)).toEqual(['c']);
    await journal.close();
    await expect(append(journal, 'd')).rejects.toMatchObject({ code: 'ServiceUnavailableException' });
  });

  it('holds every acknowledged record after kill -9', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'test/support/kill-journal.ts', folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    await new Promise<void>((resolve) => {
      child.on('close', () => resolve());
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (output.length > 400_000) child.kill('SIGKILL');
      });
    });
    const acknowledged = output
      .slice(0, output.lastIndexOf('\n'))
      .split('\n')
      .map((line) => [Number(line.split(' ')[0]), line.slice(line.indexOf(' ') + 1)] as [number, string]);

    const journal = await reopen();
    const kept = new Map(await readAll(journal));
    expect(acknowledged.length).toBeGreaterThan(500);
    expect(acknowledged.filter(([sequence, text]) => kept.get(sequence) !== text)).toEqual([]);
    expect(errors()).toEqual([]);
    await journal.close();
  });
});
