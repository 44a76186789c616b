import { describe, expect, it } from 'vitest';
import { consoleObjects, putConsole, type ConsoleObject } from '../../../business-logic/console-files/put-console.ts';

const day = 86_400_000;
const request = {
  RequestType: 'Create',
  ResponseURL: 'https://example.com/answer',
  StackId: 'stack',
  RequestId: 'request',
  LogicalResourceId: 'Done',
  ResourceProperties: { Workload: 'playlake-dev', Stage: 'live', Version: 'abc' },
};

function aConsole({ old = {}, fails = false }: { old?: Readonly<Record<string, number>>; fails?: boolean } = {}) {
  const objects = new Map<string, { readonly putAt: number; readonly object?: ConsoleObject }>(
    Object.entries(old).map(([key, days]) => [key, { putAt: -days * day }]),
  );
  const answers: (string | undefined)[] = [];
  const handle = putConsole({
    files: () => ({ 'index.html': '<h1>', 'assets/index-1.js': 'run()' }),
    store: {
      put: async (object) => {
        if (fails) throw new Error('Access Denied');
        objects.set(object.key, { putAt: 0, object });
      },
      list: async () => [...objects].map(([key, { putAt }]) => ({ key, putAt })),
      delete: async (keys) => keys.forEach((key) => objects.delete(key)),
    },
    answer: async (_request, error) => void answers.push(error),
    now: () => 0,
    logger: { info: () => undefined, error: () => undefined },
  });
  return { handle, objects, answers };
}

describe("the console's files", () => {
  it('lie in the bucket after a deployment, the page under each of its names and the page last', async () => {
    const { handle, objects, answers } = aConsole();
    await handle(request);
    expect([...objects.keys()]).toEqual([
      'console/assets/index-1.js',
      'console/config.json',
      'console',
      'console/',
      'console/index.html',
    ]);
    expect(JSON.parse(objects.get('console/config.json')!.object!.body)).toEqual({
      workload: 'playlake-dev',
      stage: 'live',
    });
    expect(answers).toEqual([undefined]);
  });

  it('of an earlier build stay for a week, for pages that are open', async () => {
    const { handle, objects } = aConsole({
      old: { 'console/assets/old.js': 8, 'console/assets/recent.js': 6, 'console/assets/index-1.js': 30 },
    });
    await handle({ ...request, RequestType: 'Update' });
    expect([...objects.keys()].filter((key) => key.endsWith('.js'))).toEqual([
      'console/assets/recent.js',
      'console/assets/index-1.js',
    ]);
  });

  it('go with the stack, whose bucket could not be deleted otherwise', async () => {
    const { handle, objects, answers } = aConsole({ old: { console: 1, 'console/assets/old.js': 1 } });
    await handle({ ...request, RequestType: 'Delete', PhysicalResourceId: 'console-files' });
    expect([objects.size, answers]).toEqual([0, [undefined]]);
  });

  it('that cannot be put fail the deployment, which would wait otherwise', async () => {
    const { handle, answers } = aConsole({ fails: true });
    await handle(request);
    expect(answers).toEqual(["the console's files: Access Denied"]);
  });

  it('have types and say how long they are good: for ever where their name changes with them', () => {
    const objects = consoleObjects({ 'index.html': '', 'assets/a-1.css': '', 'assets/icon-1.svg': '' });
    expect(objects.map(({ key, contentType, cacheControl }) => [key, contentType, cacheControl])).toEqual([
      ['console', 'text/html; charset=utf-8', 'no-cache'],
      ['console/', 'text/html; charset=utf-8', 'no-cache'],
      ['console/index.html', 'text/html; charset=utf-8', 'no-cache'],
      ['console/assets/a-1.css', 'text/css; charset=utf-8', 'public, max-age=31536000, immutable'],
      ['console/assets/icon-1.svg', 'image/svg+xml', 'public, max-age=31536000, immutable'],
    ]);
    expect(() => consoleObjects({ 'a.exe': '' })).toThrow('a.exe is of no known type');
  });
});
