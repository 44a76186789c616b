import type { APIGatewayProxyEvent } from 'aws-lambda';

/** What a page may read of an answer besides its body; links and cost are those of reports. */
const exposedHeaders = 'Retry-After,Location,Link,X-Report-Cost,x-amzn-RequestId,x-amzn-ErrorType';

/** The headers that let a page of an allowed origin read an answer: for a list of origins, the one that asked. */
export function corsHeaders(
  requestHeaders: APIGatewayProxyEvent['headers'] | null,
  allowed: readonly string[],
): Record<string, string> {
  const exposed = { 'Access-Control-Expose-Headers': exposedHeaders };
  const [only] = allowed;
  if (allowed.length === 1 && only !== undefined) return { 'Access-Control-Allow-Origin': only, ...exposed };
  const [, origin] = Object.entries(requestHeaders ?? {}).find(([name]) => name.toLowerCase() === 'origin') ?? [];
  const isAllowed = origin !== undefined && allowed.includes(origin);
  return { ...(isAllowed && { 'Access-Control-Allow-Origin': origin }), Vary: 'Origin', ...exposed };
}
