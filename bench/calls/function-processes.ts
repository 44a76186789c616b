import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { functionVariables } from '../functions/function-variables.ts';
import type { AssemblyFunction } from '../functions/functions-of.ts';
import { type FunctionProcess, functionProcess } from './function-process.ts';

const bareRequests = fileURLToPath(new URL('bare-requests.mjs', import.meta.url));

/** The functions of a bench, each started when it is first wanted. */
export class FunctionProcesses {
  readonly #functions: readonly AssemblyFunction[];
  readonly #awsUrl: string;
  readonly #started = new Map<string, FunctionProcess>();

  constructor(functions: readonly AssemblyFunction[], awsUrl: string) {
    this.#functions = functions;
    this.#awsUrl = awsUrl;
  }

  /** @throws Error where no function has this name */
  get(wanted: string): FunctionProcess {
    const found = this.#functions.find(({ name }) => name === wanted);
    if (found) return this.#start(wanted, join(found.folder, 'index.mjs'), found.variables);
    const names = this.#functions.map(({ name }) => name).join(', ');
    throw new Error(`there is no function ${wanted}; there are ${names}`);
  }

  /** What sends the requests that are its event, and nothing else. */
  bare(): FunctionProcess {
    return this.#start('bare requests', bareRequests, {});
  }

  stop(): void {
    for (const one of this.#started.values()) one.stop();
  }

  #start(name: string, entry: string, variables: AssemblyFunction['variables']): FunctionProcess {
    const known = this.#started.get(name);
    if (known) return known;
    const started = functionProcess(name, entry, functionVariables(variables, this.#awsUrl));
    this.#started.set(name, started);
    return started;
  }
}
