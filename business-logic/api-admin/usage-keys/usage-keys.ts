import type { TokenClass } from '../../shared/token-classes.ts';

/** The API keys by which the gateway tells applications apart when it limits them: one for each class (decision 0033). */
export interface UsageKeys {
  /**
   * Sees to it that an application has its key of a class, and gives back the key's value. Undefined where the account
   * may have no more keys: such a token shares the stage's limit.
   * @throws Throttled when keys are made too fast, Unavailable when the key is about to come
   */
  ensure(applicationId: string, tokenClass: TokenClass): Promise<string | undefined>;
  /** Deletes an application's keys; those that are not there count as deleted. */
  deleteAll(applicationId: string): Promise<void>;
}
