import { describe, expect, it } from 'vitest';
import { batchesOf, keysPerStatement, loadBatch } from '../../../business-logic/warehouse-load/load-batch.ts';
import { aLoad, fileOf } from './a-load.ts';

const [a, b, c, poison] = ['a', 'b', 'c', 'poison'].map((name) => fileOf(name)) as [string, string, string, string];

describe('a load', () => {
  it('does nothing while nothing waits, or another run has the turn', async () => {
    const { world, notify, run } = aLoad();
    world.isAway = true;
    expect(await run()).toEqual(['begin']);
    notify(a);
    world.isBusy = true;
    expect(await run()).toEqual(['begin']);
    expect(world.waiting).toHaveLength(1);
  });

  it('loads what waits in one batch, each file once, and leaves nothing behind', async () => {
    const { world, notify, run } = aLoad();
    notify(c, a, b, a);
    expect(await run()).toEqual(['begin', 'load', 'check', 'settle', 'finish']);
    expect([...world.batches.values()]).toEqual([
      [
        "COPY 's3://lake/state/warehouse-load/run-1/0.manifest' 'arn:aws:iam::111122223333:role/reader'",
        `INSERT VALUES ('${a}'), ('${b}'), ('${c}')`,
      ],
    ]);
    expect([world.hidden.size, world.objects.size, world.deadLetters.length]).toEqual([0, 0, 0]);
  });

  it('halves a batch that fails until the poison stands alone, and loads all else', async () => {
    const { world, notify, run } = aLoad();
    world.poison.set(poison, 'ERROR: no Parquet');
    notify(a, b, c, poison);
    await run();
    expect([...world.loaded].toSorted()).toEqual([a, b, c]);
    expect(world.deadLetters).toMatchObject([{ file: poison, error: 'ERROR: no Parquet' }]);
    expect(world.hidden.size).toBe(0);
    // What stands there can be moved back into the queue.
    expect(world.deadLetters[0]).toMatchObject({ detail: { bucket: { name: 'lake' }, object: { key: poison } } });
  });

  it('stops after ten files that failed if it could load none: then it is hardly the files', async () => {
    const { world, notify, run } = aLoad();
    const files = Array.from({ length: 20 }, (_, index) => fileOf(`file-${index}`));
    for (const file of files) world.poison.set(file, 'ERROR: Access Denied');
    notify(...files);
    await expect(run()).rejects.toThrow('10 files failed one after the other and none was loaded');
    expect([world.deadLetters.length, world.hidden.size]).toEqual([10, 10]);
  });

  it('leaves out what somebody else has committed meanwhile', async () => {
    const { world, notify, step } = aLoad();
    notify(a, b);
    await step('begin');
    await step('load');
    world.loaded.add(a);
    expect([await step('check'), await step('split')]).toEqual(['failed', 'load']);
    await step('load');
    expect([await step('check'), await step('settle')]).toEqual(['finished', 'finish']);
    expect([...world.batches.values()].at(-1)).toContain(`INSERT VALUES ('${b}')`);
    expect(world.hidden.size).toBe(0);
  });

  it('sends a batch again that met another transaction, and halves it only after five times', async () => {
    const { world, notify, run } = aLoad();
    world.poison.set(a, 'ERROR: 1023 DETAIL: Serializable isolation violation on table');
    notify(a, b);
    await run();
    const batches = [...world.batches.values()].map((statements) => statements[1]);
    expect(batches.slice(0, 6)).toEqual(Array.from({ length: 6 }, () => `INSERT VALUES ('${a}'), ('${b}')`));
    expect([...world.loaded]).toEqual([b]);
  });

  it('takes nothing from the queue before the warehouse answers', async () => {
    const { world, notify, run } = aLoad();
    notify(a);
    world.isAway = true;
    await expect(run()).rejects.toThrow('away');
    expect([world.waiting.length, world.hidden.size, world.objects.size]).toEqual([1, 0, 0]);
  });

  it.each(['load', 'check', 'settle'])('is taken over by the next run when it dies before %s', async (dying) => {
    const { world, notify, step, run } = aLoad();
    notify(a);
    for (const action of ['begin', 'load', 'check', 'settle']) {
      if (action === dying) break;
      await step(action);
    }
    notify(b);
    await run('run-2');
    expect([...world.loaded].toSorted()).toEqual([a, b]);
    expect([world.hidden.size, world.objects.size, world.deadLetters.length]).toEqual([0, 0, 0]);
  });

  it('goes on with what it holds when its first step is done twice', async () => {
    const { world, notify, step, run } = aLoad();
    notify(a);
    await step('begin');
    await run();
    expect([...world.loaded]).toEqual([a]);
    expect(world.hidden.size).toBe(0);
  });

  it('begins again while the queue has more than one run takes', async () => {
    const { world, notify, run } = aLoad({ maxFiles: 2 });
    notify(a, b, c);
    expect((await run()).filter((action) => action === 'load')).toHaveLength(2);
    expect(world.loaded.size).toBe(3);
  });

  it('gives up messages that tell of no raw object, and passes over hidden files', async () => {
    const { world, notify, run } = aLoad();
    notify(fileOf('_temporary'), 'state/other.json');
    world.waiting.push({ body: 'hello', receipt: 'r' });
    await run();
    expect(world.deadLetters).toMatchObject([
      { error: 'state/other.json is no object of a day of raw_events' },
      { error: 'the message is no event of an object that was written', message: 'hello' },
    ]);
    expect(world.hidden.size).toBe(0);
  });

  it('waits for its own deployment when files have columns that it does not stage', async () => {
    const { world, notify, run } = aLoad();
    world.columns = [...world.columns, 'new_column'];
    notify(a);
    await expect(run()).rejects.toThrow('columns that are not staged yet: new_column');
    expect(world.waiting).toHaveLength(1);
  });
});

describe('the boundary', () => {
  const loadOne = async (change: Partial<ReturnType<typeof aLoad>['world']>) => {
    const { world, notify, run } = aLoad();
    Object.assign(world, change);
    notify(a);
    await run();
    return world.ran;
  };

  it('moves when the events job has taken all that is loaded', async () => {
    expect(await loadOne({ boundary: '2026-10-21', taken: [a] })).toEqual([
      "PURGE '2026-10-22'",
      "FORGET '2024-11-21'",
    ]);
  });

  it.each([
    ['it is where it belongs', { boundary: '2026-10-22', taken: [a] }],
    ['the job has not run', { boundary: '2026-10-21', taken: undefined }],
    ['a file is missing, and it is a day late at most', { boundary: '2026-10-21', taken: [] }],
    [
      'a file of days ago is missing',
      { boundary: '2026-10-19', taken: [a], loaded: new Set([fileOf('x', '2026-11-18')]) },
    ],
  ])('stays while %s', async (_, change) => {
    expect(await loadOne(change)).toEqual([]);
  });

  it('does not wait for ever for files that never cease', async () => {
    expect(await loadOne({ boundary: '2026-10-20', taken: [] })).toContain("PURGE '2026-10-22'");
  });
});

describe('batchesOf', () => {
  it('names no more files in one transaction than forty statements can', () => {
    const others = Array.from({ length: 14 }, () => 'STEP');
    const load = { statements: ['INSERT VALUES ${FILES}', 'SELECT ${FILES}', ...others] };
    const keys = Array.from({ length: 10_000 }, (_, index) => fileOf(`${'x'.repeat(100)}-${index}`));
    const batches = batchesOf(load, keys);
    expect(batches.flat()).toEqual(keys);
    const counts = batches.map((files) => loadBatch(load, { roleArn: '', manifest: '', files }).length);
    expect(counts).toEqual([40, expect.toSatisfy((count: number) => count < 40)]);
  });

  it('makes one batch of what one can name, and none of nothing', () => {
    expect(batchesOf({ statements: ['INSERT VALUES ${FILES}'] }, [a, b])).toEqual([[a, b]]);
    expect(batchesOf({ statements: ['INSERT VALUES ${FILES}'] }, [])).toEqual([]);
  });

  it('are loaded one after the other', async () => {
    const statements = [...Array.from({ length: 39 }, () => 'STEP'), 'INSERT VALUES ${FILES}'];
    const { world, notify, run } = aLoad({ load: { statements } });
    const files = Array.from({ length: 800 }, (_, index) => fileOf(`${'x'.repeat(100)}-${index}`));
    notify(...files);
    expect((await run()).filter((action) => action === 'load')).toHaveLength(2);
    expect([world.loaded.size, world.hidden.size]).toEqual([800, 0]);
  });
});

describe('keysPerStatement', () => {
  it('says no more keys in one statement than the Data API takes', () => {
    const keys = Array.from({ length: 2_000 }, (_, index) => fileOf(`${'x'.repeat(100)}-${index}`));
    const portions = keysPerStatement(keys);
    expect(portions.flat()).toEqual(keys);
    expect(portions.length).toBe(4);
    expect(keysPerStatement([])).toEqual([]);
  });
});
