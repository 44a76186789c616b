import type { Properties } from '../runtime.ts';

type Headers = Readonly<Record<string, string>>;

/**
 * The headers that a response headers policy of CloudFront adds, in lower case. Throws on parts that have no stand-in.
 */
export function headersOf({ ResponseHeadersPolicyConfig }: Properties): Headers {
  const config = (ResponseHeadersPolicyConfig ?? {}) as Properties;
  const { SecurityHeadersConfig, CustomHeadersConfig, Name: _name, Comment: _comment, ...others } = config;
  const [other] = Object.keys(others);
  if (other !== undefined) throw new Error(`${other} of a response headers policy has no stand-in`);
  return { ...securityHeaders((SecurityHeadersConfig ?? {}) as Properties), ...customHeaders(CustomHeadersConfig) };
}

function securityHeaders(config: Properties): Headers {
  const written = Object.entries(config).map(([part, settings]) => {
    const write = writers[part];
    if (!write) throw new Error(`${part} of a response headers policy has no stand-in`);
    return write(settings as Properties);
  });
  return Object.fromEntries(written);
}

const writers: Readonly<Record<string, (settings: Properties) => readonly [string, string]>> = {
  ContentSecurityPolicy: (settings) => ['content-security-policy', String(settings.ContentSecurityPolicy)],
  ContentTypeOptions: () => ['x-content-type-options', 'nosniff'],
  FrameOptions: (settings) => ['x-frame-options', String(settings.FrameOption)],
  ReferrerPolicy: (settings) => ['referrer-policy', String(settings.ReferrerPolicy)],
  StrictTransportSecurity: (settings) => [
    'strict-transport-security',
    [
      `max-age=${String(settings.AccessControlMaxAgeSec)}`,
      ...(String(settings.IncludeSubdomains) === 'true' ? ['includeSubDomains'] : []),
      ...(String(settings.Preload) === 'true' ? ['preload'] : []),
    ].join('; '),
  ],
};

function customHeaders(config: unknown): Headers {
  const { Items = [] } = (config ?? {}) as {
    readonly Items?: readonly { readonly Header: string; readonly Value: string }[];
  };
  return Object.fromEntries(Items.map(({ Header, Value }) => [Header.toLowerCase(), Value]));
}
