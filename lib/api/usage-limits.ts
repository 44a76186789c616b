import type { TokenClass } from '../../business-logic/shared/token-classes.ts';
import type { TokenLimits } from '../../config/token-limits.ts';

/** What one application may send with tokens of a class. */
export interface UsageLimit {
  /** Requests a second. */
  readonly rateLimit: number;
  /** Requests at once. */
  readonly burstLimit: number;
}

/** The limits of both classes as usage plans take them. */
export const usageLimits = (config: TokenLimits): Readonly<Record<TokenClass, UsageLimit>> => ({
  client: { rateLimit: config.CLIENT_RATE_LIMIT, burstLimit: config.CLIENT_BURST_LIMIT },
  server: { rateLimit: config.SERVER_RATE_LIMIT, burstLimit: config.SERVER_BURST_LIMIT },
});
