import { accountsApplicationId } from '../shared/reserved-applications.ts';
import type { Application, FindApplication } from './find-application.ts';

/** The reserved application has no row in the table. */
const accounts: Application = { application_id: accountsApplicationId, application_name: 'Accounts' };

/** The applications that a batch names, each looked up once. */
export class KnownApplications {
  readonly #find: FindApplication;
  readonly #known = new Map<string, Application | undefined>([[accountsApplicationId, accounts]]);
  readonly #asked = new Map<string, Promise<void>>();

  constructor(find: FindApplication) {
    this.#find = find;
  }

  /** Whether it is known whether the application is registered. Where it is not, that is asked for, until `arrived`. */
  isKnown(id: string | undefined): boolean {
    if (id === undefined || this.#known.has(id)) return true;
    if (this.#asked.has(id)) return false;
    const found = this.#find(id);
    if (!(found instanceof Promise)) {
      this.#known.set(id, found);
      return true;
    }
    const arriving = found.then((application) => void this.#known.set(id, application));
    // Whoever waits hears of a failure; the process must not end before.
    arriving.catch(() => {});
    this.#asked.set(id, arriving);
    return false;
  }

  /** Resolves when all that was asked for is known. @throws what a lookup failed with */
  async arrived(): Promise<void> {
    await Promise.all(this.#asked.values());
  }

  /** A known application; undefined for one that is not registered. */
  get(id: string | undefined): Application | undefined {
    return id === undefined ? undefined : this.#known.get(id);
  }
}
