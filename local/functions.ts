import { availableParallelism } from 'node:os';
import { FunctionWorker } from './functions/function-worker.ts';
import type { Payload } from './functions/function-worker.ts';
import { isBetterCopied } from './functions/plain-json.mjs';
import { actorOf } from './policy/actor.ts';
import type { Judge } from './policy/actor.ts';
import { serviceLog } from './policy/service-log.ts';
import { AwsError } from './runtime.ts';
import type { Clock, Credentials, FunctionDefinition, Functions, InvokeResult, LocalLog } from './runtime.ts';

/** Bytes of JSON that Lambda takes as a synchronous request. */
const MAX_REQUEST_BYTES = 6_291_556;

export interface FunctionsOptions {
  readonly region: string;
  readonly awsUrl: string;
  readonly clock: Clock;
  readonly credentials: Pick<Credentials, 'forRole'> & Judge;
  readonly log: LocalLog;
  /** Execution environments of one function at a time; further invocations wait. */
  readonly maxConcurrency?: number;
}

/** Runs the assembly's own bundles in worker threads, which stay warm between invocations. */
export function createFunctions(options: FunctionsOptions): Functions {
  const pools = new Map<string, Pool>();

  return {
    register: (definition) => void pools.set(definition.arn, new Pool(definition, options)),
    async invoke(arn, payload) {
      const pool = pools.get(arn);
      if (!pool) throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, 404);
      if (isBetterCopied(payload, MAX_REQUEST_BYTES)) return pool.invoke({ value: payload });
      const text = JSON.stringify(payload);
      const bytes = Buffer.byteLength(text);
      if (bytes > MAX_REQUEST_BYTES) {
        return {
          ok: false,
          reason: 'TooLarge',
          errorType: 'RequestEntityTooLargeException',
          errorMessage: `Request must be smaller than ${MAX_REQUEST_BYTES} bytes for the InvokeFunction operation`,
        };
      }
      return pool.invoke({ text });
    },
    has: (arn) => pools.has(arn),
    roleOf: (arn) => pools.get(arn)?.roleArn,
    isPermitted: (functionArn, principal, sourceArn) =>
      options.credentials.isAllowed({ kind: 'service', arn: principal }, 'lambda:InvokeFunction', functionArn, {
        'aws:SourceArn': sourceArn,
        'aws:SourceAccount': sourceArn.split(':')[4] ?? '',
      }),
    async stop() {
      await Promise.all([...pools.values()].map((pool) => pool.stop()));
    },
  };
}

/** The execution environments of one function. */
class Pool {
  private readonly definition: FunctionDefinition;
  private readonly options: FunctionsOptions;
  private readonly idle: FunctionWorker[] = [];
  private readonly all = new Set<FunctionWorker>();
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  constructor(definition: FunctionDefinition, options: FunctionsOptions) {
    this.definition = definition;
    this.options = options;
  }

  get roleArn(): string {
    return this.definition.roleArn;
  }

  async invoke(payload: Payload): Promise<InvokeResult> {
    const limit = this.options.maxConcurrency ?? Math.max(2, Math.min(8, availableParallelism()));
    if (this.running >= limit) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running += 1;
    const worker = this.takeWorker();
    try {
      return await worker.invoke(payload, Math.round((this.options.clock() - Date.now()) / 1000));
    } finally {
      if (worker.dead) this.all.delete(worker);
      else this.idle.push(worker);
      // Whoever waits takes over this place.
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.all].map((worker) => worker.stop()));
  }

  /** The most recently used one that lives: it is the warmest, and the others may be given up. */
  private takeWorker(): FunctionWorker {
    for (let worker = this.idle.pop(); worker; worker = this.idle.pop()) {
      if (!worker.dead) return worker;
      this.all.delete(worker);
    }
    const { region, awsUrl, credentials, log } = this.options;
    const { name, roleArn, logGroupArn } = this.definition;
    const actor = actorOf(credentials, roleArn, { service: 'lambda.amazonaws.com' });
    const write = serviceLog({ actor, log, groupArn: logGroupArn, stream: name, file: name });
    const made = new FunctionWorker(this.definition, { region, awsUrl, key: credentials.forRole(roleArn) }, write);
    this.all.add(made);
    return made;
  }
}
