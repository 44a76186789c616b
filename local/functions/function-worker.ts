import { randomUUID } from 'node:crypto';
import { devNull } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { AccessKey, FunctionDefinition, InvokeResult } from '../runtime.ts';

/** Seconds Lambda gives a bundle to load. */
const INIT_SECONDS = 10;

/** Where a function runs and as whom. */
export interface FunctionEnvironment {
  readonly region: string;
  readonly awsUrl: string;
  readonly key: AccessKey;
}

/** What an invocation is given and what it answers: as JSON, or copied where that comes to the same. */
export type Payload = { readonly text: string } | { readonly value: unknown };

/** What the bootstrap posts. */
type Message =
  | { readonly kind: 'ready' | 'too large' }
  | { readonly kind: 'answered'; readonly payload: Payload }
  | {
      readonly kind: 'failed' | 'init failed';
      readonly errorType: string;
      readonly errorMessage: string;
      readonly trace: readonly string[];
    };

/** One execution environment: a thread with the function's bundle, its variables and one invocation at a time. */
export class FunctionWorker {
  private readonly definition: FunctionDefinition;
  private readonly output: (text: string) => void;
  private readonly worker: Worker;
  private readonly loaded: Promise<Message>;
  private settle: ((message: Message) => void) | undefined;
  /** Set once the thread has ended; such a worker takes no more invocations. */
  dead = false;

  constructor(definition: FunctionDefinition, environment: FunctionEnvironment, output: (text: string) => void) {
    this.definition = definition;
    this.output = output;
    this.worker = new Worker(new URL('./bootstrap.mjs', import.meta.url), {
      workerData: { codePath: definition.codePath, handler: definition.handler },
      env: lambdaVariables(definition, environment),
      // The bundle runs as it is: none of the loaders that run the rest of this process.
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: definition.memoryMegabytes },
    });
    this.worker.stdout.setEncoding('utf8').on('data', output);
    this.worker.stderr.setEncoding('utf8').on('data', output);
    this.worker.on('message', (message: Message) => this.settle?.(message));
    this.worker.on('error', (error: NodeJS.ErrnoException) => this.end(crash(error)));
    this.worker.on('exit', (code) => {
      this.end({ kind: 'failed', errorType: 'Runtime.ExitError', errorMessage: `exit status ${code}`, trace: [] });
    });
    this.loaded = this.nextMessage();
    this.worker.unref();
  }

  /** `secondsAhead`: how far the runtime's clock runs ahead of this machine's. */
  async invoke(payload: Payload, secondsAhead: number): Promise<InvokeResult> {
    const init = await within(INIT_SECONDS, this.loaded);
    if (init === undefined) return this.timedOut(INIT_SECONDS, 'Init');
    if (init.kind !== 'ready') return this.result(init);

    const { timeoutSeconds } = this.definition;
    const reply = this.nextMessage();
    this.worker.postMessage({
      payload,
      secondsAhead,
      deadline: Date.now() + timeoutSeconds * 1000,
      context: lambdaContext(this.definition),
    });
    const message = await within(timeoutSeconds, reply);
    return message === undefined ? this.timedOut(timeoutSeconds, 'Task') : this.result(message);
  }

  async stop(): Promise<void> {
    this.dead = true;
    await this.worker.terminate();
  }

  private nextMessage(): Promise<Message> {
    return new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  private end(message: Message): void {
    this.dead = true;
    this.settle?.(message);
  }

  private result(message: Message): InvokeResult {
    switch (message.kind) {
      case 'answered':
        return { ok: true, payload: valueOf(message.payload) };
      case 'too large':
        return {
          ok: false,
          reason: 'TooLarge',
          errorType: 'Function.ResponseSizeTooLarge',
          errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
        };
      case 'failed':
      case 'init failed': {
        if (message.kind === 'init failed') void this.stop();
        const { errorType, errorMessage, trace } = message;
        // A SyntaxError quotes what could not be parsed, which may be somebody's data.
        const shown = errorType === 'SyntaxError' ? '(message withheld)' : errorMessage;
        this.output(`ERROR ${errorType}: ${shown}\n${trace.map((line) => `${line}\n`).join('')}`);
        return { ok: false, reason: 'Unhandled', errorType, errorMessage };
      }
      case 'ready':
        throw new Error('a function worker reported twice that it is ready');
    }
  }

  private timedOut(seconds: number, what: 'Init' | 'Task'): InvokeResult {
    void this.stop();
    const errorMessage = `${what} timed out after ${seconds.toFixed(2)} seconds`;
    this.output(`ERROR ${errorMessage}\n`);
    return { ok: false, reason: 'TimedOut', errorType: 'Sandbox.Timedout', errorMessage };
  }
}

function valueOf(payload: Payload): unknown {
  return 'value' in payload ? payload.value : (JSON.parse(payload.text) as unknown);
}

/** The variables a function sees: the template's and those that Lambda sets, nothing of this process. */
function lambdaVariables(definition: FunctionDefinition, environment: FunctionEnvironment): NodeJS.ProcessEnv {
  return {
    AWS_REGION: environment.region,
    AWS_DEFAULT_REGION: environment.region,
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMegabytes),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    LAMBDA_TASK_ROOT: definition.codePath,
    _HANDLER: definition.handler,
    TZ: ':UTC',
    ...definition.environment,
    AWS_ENDPOINT_URL: environment.awsUrl,
    AWS_ACCESS_KEY_ID: environment.key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: environment.key.secretAccessKey,
    // The SDK would otherwise read the profiles of whoever runs this machine.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
  };
}

function lambdaContext(definition: FunctionDefinition): Record<string, unknown> {
  return {
    functionName: definition.name,
    functionVersion: '$LATEST',
    invokedFunctionArn: definition.arn,
    memoryLimitInMB: String(definition.memoryMegabytes),
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${definition.name}`,
    logStreamName: 'local',
  };
}

function crash(error: NodeJS.ErrnoException): Message {
  const outOfMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  return {
    kind: 'failed',
    errorType: outOfMemory ? 'Runtime.OutOfMemory' : error.name,
    errorMessage: error.message,
    trace: (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)),
  };
}

/** Undefined if the time is up first. */
async function within<T>(seconds: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, seconds * 1000, undefined);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
