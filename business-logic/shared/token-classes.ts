/**
 * Where a game's token is kept: in every copy of the game, or on the game's own servers. The class says how much may be
 * sent with it, never what: events of either count as role `game`.
 */
export const tokenClasses = ['client', 'server'] as const;

export type TokenClass = (typeof tokenClasses)[number];

/** Whether a text names a class. */
export const isTokenClass = (text: string | undefined): text is TokenClass =>
  tokenClasses.some((tokenClass) => tokenClass === text);

/** The class of a stored token; those that were made before there were classes are in clients. */
export const tokenClassOf = (stored: string | undefined): TokenClass => (isTokenClass(stored) ? stored : 'client');
