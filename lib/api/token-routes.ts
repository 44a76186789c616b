/** The functions behind the routes of tokens. */
export type TokenFunction = 'accounts' | 'studioReports' | 'publisherReports';

interface TokenRoute {
  readonly method: 'GET' | 'POST';
  readonly answeredBy: TokenFunction;
}

/** Routes that take the token of a studio or of the publisher, by path. Which role may call which, the authorizer says. */
export const tokenRoutes: Readonly<Record<string, TokenRoute>> = {
  '/player-ingest': { method: 'POST', answeredBy: 'accounts' },
  '/studio-ingest': { method: 'POST', answeredBy: 'accounts' },
  '/studio/unregistrations': { method: 'POST', answeredBy: 'accounts' },
  '/studio': { method: 'GET', answeredBy: 'studioReports' },
  '/studio/results/{resultId}': { method: 'GET', answeredBy: 'studioReports' },
  '/rg-owner': { method: 'GET', answeredBy: 'publisherReports' },
  '/rg-owner/results/{resultId}': { method: 'GET', answeredBy: 'publisherReports' },
};

/** What a function's permission names for its routes: `GET/studio/results/*`. */
export const callsOf = (name: TokenFunction): readonly string[] =>
  Object.entries(tokenRoutes)
    .filter(([, { answeredBy }]) => answeredBy === name)
    .map(([path, { method }]) => method + path.replaceAll(/\{\w+\}/g, '*'));
