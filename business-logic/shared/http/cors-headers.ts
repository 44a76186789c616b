import type { APIGatewayProxyEvent } from 'aws-lambda';

/** The headers that let a page of an allowed origin read an answer: for a list of origins, the one that asked. */
export function corsHeaders(
  requestHeaders: APIGatewayProxyEvent['headers'] | null,
  allowed: readonly string[],
): Record<string, string> {
  const exposed = { 'Access-Control-Expose-Headers': 'Retry-After,x-amzn-RequestId,x-amzn-ErrorType' };
  const [only] = allowed;
  if (allowed.length === 1 && only !== undefined) return { 'Access-Control-Allow-Origin': only, ...exposed };
  const [, origin] = Object.entries(requestHeaders ?? {}).find(([name]) => name.toLowerCase() === 'origin') ?? [];
  const isAllowed = origin !== undefined && allowed.includes(origin);
  return { ...(isAllowed && { 'Access-Control-Allow-Origin': origin }), Vary: 'Origin', ...exposed };
}
