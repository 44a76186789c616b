/** The limits of one application, by the class of its tokens. */
export type TokenLimits = Readonly<Record<(typeof tokenLimits)[number]['key'], number>>;

/** Each limit, with the stage's that it is a share of and may not exceed. The shares of both classes leave others some. */
export const tokenLimits = [
  { key: 'CLIENT_RATE_LIMIT', of: 'API_RATE_LIMIT', share: 0.4 },
  { key: 'CLIENT_BURST_LIMIT', of: 'API_BURST_LIMIT', share: 0.4 },
  { key: 'SERVER_RATE_LIMIT', of: 'API_RATE_LIMIT', share: 0.5 },
  { key: 'SERVER_BURST_LIMIT', of: 'API_BURST_LIMIT', share: 0.5 },
] as const;

interface StageLimits {
  readonly API_RATE_LIMIT: number;
  readonly API_BURST_LIMIT: number;
}

/** Fills in the limits that are left out: shares of the stage's. */
export function withTokenLimits<Settings extends StageLimits & Partial<TokenLimits>>(
  settings: Settings,
): Settings & TokenLimits {
  const filled = tokenLimits.map(({ key, of, share }): [string, number] => [
    key,
    settings[key] ?? Math.max(1, Math.floor(settings[of] * share)),
  ]);
  return { ...settings, ...(Object.fromEntries(filled) as unknown as TokenLimits) };
}
