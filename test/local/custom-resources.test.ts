import { beforeEach, describe, expect, it } from 'vitest';
import { createCustomResources } from '../../local/custom-resources.ts';
import type { InvokeResult, Resource } from '../../local/runtime.ts';
import { aDataDir } from '../support/a-data-dir.ts';
import { aLog } from '../support/a-log.ts';

const setUp = 'arn:aws:lambda:us-east-1:000000000000:function:set-up';
const awsUrl = 'http://127.0.0.1:4566';
const root = aDataDir();
let folders = 0;
let dataDir: string;
let asked: Record<string, unknown>[];

type Respond = (request: Record<string, unknown>) => Record<string, unknown> | InvokeResult | undefined;

/** One start: what a function answers is put to the address it is given; undefined: it answers nothing. */
function aStart(respond: Respond, { hasFunction = true } = {}) {
  const paths = new Map<string, (body: Buffer) => void>();
  const log = aLog();
  const resources = createCustomResources({
    dataDir,
    region: 'us-east-1',
    accountId: '000000000000',
    awsUrl,
    log,
    stateMachines: { recover: async () => undefined },
    awsApi: { open: (path, take) => void (take ? paths.set(path, take) : paths.delete(path)) },
    functions: {
      has: (arn) => hasFunction && arn === setUp,
      async invoke(_, payload) {
        const request = payload as Record<string, unknown>;
        const { RequestType, PhysicalResourceId, ResourceProperties, OldResourceProperties } = request;
        asked.push({ RequestType, PhysicalResourceId, ResourceProperties, OldResourceProperties });
        const answer = respond(request);
        if (answer && 'ok' in answer) return answer as InvokeResult;
        const { StackId, RequestId, LogicalResourceId } = request;
        const text = JSON.stringify({ StackId, RequestId, LogicalResourceId, Status: 'SUCCESS', ...answer });
        if (answer) paths.get(String(request.ResponseURL).slice(awsUrl.length))?.(Buffer.from(text));
        return { ok: true, payload: null };
      },
    },
  });
  return { resources, log, paths };
}

const aResource = (properties: Record<string, unknown> = {}): Resource => ({
  stack: 'game-warehouse',
  logicalId: 'Done',
  type: 'Custom::WarehouseSetup',
  generatedName: 'x',
  properties: { ServiceToken: setUp, Version: 1, ...properties },
});
const created: Respond = () => ({ PhysicalResourceId: 'setup', Data: { Tables: 4 } });
const given = (Version: string) => ({ ServiceToken: setUp, Version });

beforeEach(() => {
  asked = [];
  dataDir = `${root}/${(folders += 1)}`;
});

describe('a custom resource', () => {
  it('is created once, updated when its properties change, and keeps what its function answered', async () => {
    const expected = { ref: 'setup', attributes: { Tables: '4' } };
    const first = aStart(created);
    expect(await first.resources.apply(aResource())).toEqual(expected);
    expect(first.paths.size).toBe(0);
    expect(await aStart(created).resources.apply(aResource())).toEqual(expected);
    expect(asked).toEqual([{ RequestType: 'Create', ResourceProperties: given('1') }]);

    const { resources } = aStart(() => ({ PhysicalResourceId: 'other' }));
    expect(await resources.apply(aResource({ Version: 2 }))).toEqual({ ref: 'other', attributes: {} });
    const update = { RequestType: 'Update', PhysicalResourceId: 'setup', OldResourceProperties: given('1') };
    expect(asked.slice(1)).toEqual([{ ...update, ResourceProperties: given('2') }]);
    // Another id means that it was replaced: the old one goes once all runs.
    await resources.removeOthers();
    expect(asked.slice(2)).toEqual([
      { RequestType: 'Delete', PhysicalResourceId: 'setup', ResourceProperties: given('1') },
    ]);
  });

  it('is deleted when it has left the template, tried again at each start, and forgotten with its function', async () => {
    await aStart(created).resources.apply(aResource());
    const failing = aStart(() => ({ Status: 'FAILED', Reason: 'in use' }));
    await failing.resources.removeOthers();
    expect(failing.log.entries).toMatchObject([
      { level: 'error', fields: { error: expect.stringContaining('in use') } },
    ]);
    const { resources, log } = aStart(created, { hasFunction: false });
    await resources.removeOthers();
    expect(log.entries).toMatchObject([{ level: 'warn', fields: { resource: 'game-warehouse/Done' } }]);
    await aStart(created).resources.removeOthers();
    expect(asked.map(({ RequestType }) => RequestType)).toEqual(['Create', 'Delete']);
  });

  it.each<[string, Respond, RegExp, number]>([
    ['says that it failed', () => ({ Status: 'FAILED', Reason: 'no table' }), /its function says: no table/, 1],
    ['answers nothing in time', () => undefined, /no answer within 0.05 seconds/, 1],
    ['gives no id', () => ({ PhysicalResourceId: '' }), /Invalid PhysicalResourceId/, 1],
    [
      'throws, each time it is tried',
      () => ({ ok: false, reason: 'Unhandled', errorType: 'Error', errorMessage: 'boom' }),
      /its function failed: Error: boom/,
      3,
    ],
  ])('fails where its function %s, and is created again at the next start', async (_, respond, reason, times) => {
    const resource = aResource({ ServiceTimeout: 0.05 });
    await expect(aStart(respond).resources.apply(resource)).rejects.toThrow(reason);
    expect(asked).toHaveLength(times);
    await aStart(created).resources.apply(resource);
    expect(asked.at(-1)).toMatchObject({ RequestType: 'Create' });
  });

  it('takes no answer to another request, and has functions for its only providers', async () => {
    const stale = aStart(() => ({ RequestId: 'of another time', PhysicalResourceId: 'x' }));
    await expect(stale.resources.apply(aResource())).rejects.toThrow('RequestId is not the one of the request');
    const topic = aResource({ ServiceToken: 'arn:aws:sns:us-east-1:000000000000:topic' });
    await expect(aStart(created).resources.apply(topic)).rejects.toThrow('has no stand-in');
    const ofTheCdk = { ...aResource(), type: 'Custom::S3BucketNotifications' };
    await expect(aStart(created).resources.apply(ofTheCdk)).rejects.toThrow('https alone');
  });
});
