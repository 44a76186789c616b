import type { PipelineConfig } from '../../config/schema.ts';
import type { TokenClass } from '../../business-logic/shared/token-classes.ts';

/** What one application may send with tokens of a class. */
export interface UsageLimit {
  /** Requests a second. */
  readonly rateLimit: number;
  /** Requests at once. */
  readonly burstLimit: number;
}

/** Parts of the stage's limits where nothing is set: together less than the whole, so that one game leaves others some. */
const standardShares = { client: 0.4, server: 0.5 };

const share = (of: number, tokenClass: TokenClass): number => Math.max(1, Math.floor(of * standardShares[tokenClass]));

/** The limits of both classes. */
export function usageLimits(config: PipelineConfig): Readonly<Record<TokenClass, UsageLimit>> {
  const { API_RATE_LIMIT: rate, API_BURST_LIMIT: burst } = config;
  return {
    client: {
      rateLimit: config.CLIENT_RATE_LIMIT ?? share(rate, 'client'),
      burstLimit: config.CLIENT_BURST_LIMIT ?? share(burst, 'client'),
    },
    server: {
      rateLimit: config.SERVER_RATE_LIMIT ?? share(rate, 'server'),
      burstLimit: config.SERVER_BURST_LIMIT ?? share(burst, 'server'),
    },
  };
}
