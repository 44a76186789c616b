// Runs inside a worker thread: loads one function's bundle and answers one invocation after the other, as the Lambda
// runtime does. Plain JavaScript, since a worker gets no TypeScript loader: it runs what the assembly holds.
import { existsSync, readFileSync } from 'node:fs';
import Module from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { isBetterCopied } from './plain-json.mjs';

/** Bytes of JSON that Lambda takes as a response. */
const MAX_RESPONSE_BYTES = 6_291_556;

let secondsAhead = 0;
const RealDate = Date;
globalThis.Date = class Date extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + secondsAhead * 1000);
    else super(...parts);
  }
  static now() {
    return RealDate.now() + secondsAhead * 1000;
  }
};

const handler = await loadHandler().catch((error) => {
  parentPort.postMessage({ kind: 'init failed', ...describe(error) });
});

if (handler) {
  parentPort.on('message', async (message) => {
    secondsAhead = message.secondsAhead;
    parentPort.postMessage(await answer(message).catch((error) => ({ kind: 'failed', ...describe(error) })));
  });
  parentPort.postMessage({ kind: 'ready' });
}

async function loadHandler() {
  const { codePath, handler: name } = workerData;
  const dot = name.lastIndexOf('.');
  const [file, exported] = [name.slice(0, dot), name.slice(dot + 1)];
  const path = ['.mjs', '.js', '.cjs'].map((extension) => join(codePath, file + extension)).find(existsSync);
  if (!path) throw named('Runtime.ImportModuleError', `Cannot find module '${file}' in the bundle`);

  const loaded = isCommonJs(path) ? loadCommonJs(path) : await import(pathToFileURL(path).href);
  const found = loaded[exported] ?? loaded.default?.[exported];
  if (typeof found !== 'function') throw named('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
  return found;
}

/** Only a package.json beside the bundle counts, as in /var/task; one of a folder above is not deployed. */
function isCommonJs(path) {
  if (!path.endsWith('.js')) return path.endsWith('.cjs');
  const packagePath = join(workerData.codePath, 'package.json');
  return !existsSync(packagePath) || JSON.parse(readFileSync(packagePath, 'utf8')).type !== 'module';
}

function loadCommonJs(path) {
  const module = new Module(path);
  module.filename = path;
  module.paths = Module._nodeModulePaths(workerData.codePath);
  module._compile(readFileSync(path, 'utf8'), path);
  return module.exports;
}

async function answer({ payload, context, deadline }) {
  const returned = await call('value' in payload ? payload.value : JSON.parse(payload.text), {
    ...context,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - RealDate.now()),
  });
  if (isBetterCopied(returned, MAX_RESPONSE_BYTES)) return { kind: 'answered', payload: { value: returned } };
  const text = JSON.stringify(returned ?? null) ?? 'null';
  if (Buffer.byteLength(text) > MAX_RESPONSE_BYTES) return { kind: 'too large' };
  return { kind: 'answered', payload: { text } };
}

/** Both styles of handler: one that returns a promise, one that calls back. */
function call(event, context) {
  return new Promise((resolve, reject) => {
    const callback = (error, result) => (error ? reject(error) : resolve(result));
    const returned = handler(event, context, callback);
    if (typeof returned?.then === 'function') returned.then(resolve, reject);
    else if (handler.length < 3) resolve(returned);
  });
}

function named(name, message) {
  return Object.assign(new Error(message), { name });
}

function describe(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  const trace = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { errorType: error.name, errorMessage: error.message, trace };
}
