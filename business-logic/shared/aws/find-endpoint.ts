type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Where a service is reached, found as the SDKs do (`https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html`):
 * `AWS_ENDPOINT_URL_<SERVICE>`, then `AWS_ENDPOINT_URL`, then the region's own.
 * @param service prefix of the service's host names, e.g. `dynamodb`
 * @param variable what the service is called in the variable's name, e.g. `SECRETS_MANAGER`
 */
export function findEndpoint(env: Variables, service: string, variable: string, region: string): URL {
  const given = env[`AWS_ENDPOINT_URL_${variable}`] || env['AWS_ENDPOINT_URL'];
  return new URL(given || `https://${service}.${region}.${dnsSuffix(region)}`);
}

/** Regions of China have a suffix of their own. */
const dnsSuffix = (region: string): string => (region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com');
