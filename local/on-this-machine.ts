import type { GatewayRequest, GatewayResponse } from './gateway/gateway-request.ts';
import type { LocalDistributions } from './distributions.ts';

/** What the console reads of its deployment. */
const CONFIG_PATH = '/console/config.json';

/**
 * The pages of the template's distributions, of which the console learns one thing more: that this is the local runtime,
 * whose own routes (`/_local/`) it may use.
 */
export function onThisMachine(distributions: Pick<LocalDistributions, 'handle'>): {
  handle(request: GatewayRequest): Promise<GatewayResponse | undefined>;
} {
  return {
    async handle(request) {
      // An answer of 304 could not be added to.
      if (request.path !== CONFIG_PATH) return distributions.handle(request);
      const answer = await distributions.handle({ ...request, rawHeaders: [] });
      if (answer?.status !== 200) return answer;
      const { etag: _, ...headers } = answer.headers;
      const config = JSON.parse(String(answer.body)) as object;
      return { ...answer, headers, body: JSON.stringify({ ...config, isLaptop: true }) };
    },
  };
}
