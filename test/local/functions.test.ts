import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFunctions } from '../../local/functions.ts';
import type { FunctionDefinition, Functions } from '../../local/runtime.ts';
import { aJudge } from '../support/a-judge.ts';

let folder: string;
let functions: Functions;
let output = '';
let ahead = 0;
const judge = aJudge();

beforeAll(async () => {
  const Service = 'lambda.amazonaws.com';
  const trust = { Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' } as const;
  judge.defineTrust('role-1', { Statement: trust }, 'role-1');
  judge.defineRole('role-1', [{ Effect: 'Allow', Action: 'logs:*', Resource: '*' }], 'role-1');
  folder = await mkdtemp(join(tmpdir(), 'functions-'));
  functions = createFunctions({
    region: 'us-east-1',
    awsUrl: 'http://127.0.0.1:4566',
    clock: () => Date.now() + ahead,
    credentials: { ...judge, forRole: (arn) => ({ accessKeyId: `key-of-${arn}`, secretAccessKey: 'secret' }) },
    log: { info: none, warn: none, error: none, functionOutput: (_name, text) => void (output += text) },
    maxConcurrency: 2,
  });
});

afterAll(async () => {
  await functions.stop();
  await rm(folder, { recursive: true });
});

const none = (): void => undefined;

/** Registers a bundle under its own name; gives back how to invoke it. */
async function define(name: string, code: string, settings: Partial<FunctionDefinition> & { file?: string } = {}) {
  const { file = 'index.mjs', ...more } = settings;
  const codePath = join(folder, name);
  await mkdir(codePath, { recursive: true });
  await writeFile(join(codePath, file), code);
  const arn = `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
  functions.register({
    name,
    arn,
    codePath,
    handler: 'index.handler',
    timeoutSeconds: 5,
    memoryMegabytes: 128,
    environment: {},
    roleArn: 'role-1',
    logGroupArn: 'arn:aws:logs:us-east-1:000000000000:log-group:functions',
    ...more,
  });
  return (payload: unknown = {}) => functions.invoke(arn, payload);
}

describe('a function', () => {
  it('sees the environment of the template and of Lambda, and nothing of this process', async () => {
    process.env['LEAKED_FROM_THE_PROCESS'] = 'yes';
    const invoke = await define('environment', 'export const handler = async () => process.env;', {
      environment: { TABLE: 'games' },
    });
    const result = await invoke();
    expect(result).toMatchObject({
      ok: true,
      payload: {
        TABLE: 'games',
        AWS_REGION: 'us-east-1',
        AWS_LAMBDA_FUNCTION_NAME: 'environment',
        AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
        AWS_ACCESS_KEY_ID: 'key-of-role-1',
        AWS_SECRET_ACCESS_KEY: 'secret',
      },
    });
    expect(result).not.toHaveProperty('payload.LEAKED_FROM_THE_PROCESS');
    delete process.env['LEAKED_FROM_THE_PROCESS'];
  });

  it('stays warm between invocations', async () => {
    const invoke = await define('warm', 'let n = 0; export const handler = async () => ++n;');
    expect([await invoke(), await invoke()]).toEqual([
      { ok: true, payload: 1 },
      { ok: true, payload: 2 },
    ]);
  });

  it('runs one invocation at a time in each of its environments, and no more of those than allowed', async () => {
    const invoke = await define(
      'busy',
      `let inside = 0;
       export const handler = async () => {
         inside += 1;
         await new Promise((done) => setTimeout(done, 30));
         const seen = inside;
         inside -= 1;
         return { seen, environment: Number(import.meta.url.length), thread: (await import('node:worker_threads')).threadId };
       };`,
    );
    const results = await Promise.all(Array.from({ length: 6 }, () => invoke()));
    const payloads = results.map((result) =>
      result.ok ? (result.payload as { seen: number; thread: number }) : undefined,
    );
    expect(payloads.map((payload) => payload?.seen)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(new Set(payloads.map((payload) => payload?.thread)).size).toBe(2);
  });

  it('may be CommonJS and call back', async () => {
    const invoke = await define(
      'common',
      'exports.handler = (event, context, done) => done(null, context.functionName);',
      {
        file: 'index.js',
      },
    );
    expect(await invoke()).toEqual({ ok: true, payload: 'common' });
  });

  it('answers JSON, as Lambda does', async () => {
    const invoke = await define(
      'json',
      'export const handler = async (event) => ({ event, at: new Date(0), no: undefined });',
    );
    expect(await invoke({ a: undefined, b: [1] })).toEqual({
      ok: true,
      payload: { event: { b: [1] }, at: '1970-01-01T00:00:00.000Z' },
    });
  });

  it('has the clock of the runtime', async () => {
    const invoke = await define(
      'clock',
      'export const handler = async () => [Date.now(), new Date().getTime(), new Date(7).getTime()];',
    );
    ahead = 86_400_000;
    const result = await invoke();
    ahead = 0;
    const [now = 0, made = 0, fixed = 0] = (result as { payload: number[] }).payload;
    expect(Math.abs(now - Date.now() - 86_400_000)).toBeLessThan(5_000);
    expect(Math.abs(made - now)).toBeLessThan(5_000);
    expect(fixed).toBe(7);
  });
});

describe('a function that fails', () => {
  it('tells its error, and lives on', async () => {
    const invoke = await define(
      'throws',
      `class NoTable extends Error { name = 'NoTable' }
       export const handler = async (event) => { if (event.fail) throw new NoTable('gone'); return 'fine'; };`,
    );
    expect(await invoke({ fail: true })).toEqual({
      ok: false,
      reason: 'Unhandled',
      errorType: 'NoTable',
      errorMessage: 'gone',
    });
    expect(await invoke()).toEqual({ ok: true, payload: 'fine' });
    expect(output).toContain('ERROR NoTable: gone');
  });

  it('does not write the payload that a SyntaxError quotes into its log', async () => {
    const invoke = await define('parses', 'export const handler = async (event) => JSON.parse(event.text);');
    expect(await invoke({ text: 'secret-payload' })).toMatchObject({ ok: false, errorType: 'SyntaxError' });
    expect(output).not.toContain('secret-payload');
  });

  it.each([
    ['never answers', 'export const handler = () => new Promise(() => {});'],
    ['blocks its thread', 'export const handler = async () => { for (;;); };'],
  ])('is stopped after its timeout if it %s', async (what, code) => {
    const invoke = await define(`slow-${what.replaceAll(' ', '-')}`, code, { timeoutSeconds: 0.2 });
    expect(await invoke()).toMatchObject({ ok: false, reason: 'TimedOut', errorType: 'Sandbox.Timedout' });
  });

  it.each([
    ['is not there', 'export const other = 1;', 'Runtime.HandlerNotFound'],
    ['does not load', 'throw new Error("no start");', 'Error'],
  ])('because its handler %s', async (what, code, errorType) => {
    const invoke = await define(`init-${what.replaceAll(' ', '-')}`, code);
    expect(await invoke()).toMatchObject({ ok: false, reason: 'Unhandled', errorType });
  });

  it('because it ends its process is replaced', async () => {
    const invoke = await define(
      'exits',
      'export const handler = async (event) => { if (event.exit) process.exit(3); return 1; };',
    );
    expect(await invoke({ exit: true })).toMatchObject({ ok: false, errorType: 'Runtime.ExitError' });
    expect(await invoke()).toEqual({ ok: true, payload: 1 });
  });

  it('because request or response exceed 6 MB', async () => {
    const invoke = await define('large', "export const handler = async ({ size }) => 'x'.repeat(size);");
    expect(await invoke({ size: 6_291_554 })).toMatchObject({ ok: true });
    expect(await invoke({ size: 6_291_555 })).toMatchObject({ ok: false, errorType: 'Function.ResponseSizeTooLarge' });
    expect(await invoke('x'.repeat(6_291_555))).toMatchObject({ ok: false, reason: 'TooLarge' });
  });
});

it('invokes nothing that was not registered', async () => {
  await expect(functions.invoke('arn:nothing', {})).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
});

it('permits a service for the sources it was permitted for', () => {
  const Statement = {
    Effect: 'Allow',
    Principal: { Service: 'apigateway.amazonaws.com' },
    Action: 'lambda:InvokeFunction',
    Resource: 'arn:f',
    Condition: { ArnLike: { 'aws:SourceArn': 'arn:api/*/GET/games*' } },
  } as const;
  judge.definePolicy('arn:f', { Statement }, 'a permission');
  expect(functions.isPermitted('arn:f', 'apigateway.amazonaws.com', 'arn:api/live/GET/games/1')).toBe(true);
  expect(functions.isPermitted('arn:f', 'apigateway.amazonaws.com', 'arn:api/live/PUT/games/1')).toBe(false);
  expect(functions.isPermitted('arn:f', 's3.amazonaws.com', 'arn:api/live/GET/games/1')).toBe(false);
});
