/**
 * Function of an integration's or an authorizer's URI,
 * `arn:aws:apigateway:<region>:lambda:path/2015-03-31/functions/<function ARN>/invocations`.
 */
export function functionArnOf(uri: string): string {
  const arn = /:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/.exec(uri)?.[1];
  if (arn === undefined) throw new Error(`${uri} names no Lambda function`);
  return arn;
}

export function isFunctionUri(uri: string): boolean {
  return /:lambda:path\//.test(uri);
}

export type ServiceCall =
  { readonly service: string; readonly action: string } | { readonly service: string; readonly path: string };

/** Service and action (or path) of `arn:aws:apigateway:<region>:<service>:action/<Action>` or `…:path/<path>`. */
export function serviceCallOf(uri: string): ServiceCall {
  const [, service, kind, rest] = /^arn:[^:]+:apigateway:[^:]*:([^:]+):(action|path)\/(.*)$/.exec(uri) ?? [];
  if (service === undefined || rest === undefined) throw new Error(`${uri} names no AWS service`);
  return kind === 'action' ? { service, action: rest } : { service, path: `/${rest}` };
}
